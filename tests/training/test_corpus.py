from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from charrnn.errors import TextError
from charrnn.vocabulary import DOCUMENT, Vocabulary
from charrnn_training.corpus import (
    Shard,
    count_characters,
    find_files,
    read_documents,
    read_text,
    split_documents,
    write_shard,
)

PROSE = "It was a bright cold day in April, and the clocks were striking thirteen. " * 40


def test_files_are_found_in_depth_and_once(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.md", "a.txt", "deep/c.txt", "image.png"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    found = find_files([tmp_path, tmp_path / "a.txt"])
    assert [file.name for file in found] == ["a.txt", "b.md", "c.txt"]


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    with pytest.raises(TextError, match=r"nowhere does not exist\. Name a text file or a folder"):
        find_files([tmp_path / "nowhere"])


def test_a_folder_without_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(TextError, match=r"No text files .* Name a file or folder with prose"):
        find_files([tmp_path])


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\x7fELF\0\0\0", "is not text"), (b"caf\xe9 au lait", r"is not UTF-8 text \(byte 3 is 0xe9\)")],
)
def test_what_is_not_text_is_refused_by_name(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "bad.txt"
    file.write_bytes(content)
    with pytest.raises(TextError, match=rf"bad\.txt {message}"):
        read_text(file)


def test_line_ends_and_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "dos.txt"
    file.write_bytes("\ufeffone\r\ntwo\rthree".encode())
    assert read_text(file) == "one\ntwo\nthree"


def test_two_blank_lines_part_documents(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\n\nstill one\n\n\ntwo\n\n\n\n\n", encoding="utf-8")
    assert list(read_documents([tmp_path])) == ["one\n\nstill one", "two"]


@pytest.mark.parametrize("count", [1, 3, 200])
def test_a_split_loses_and_repeats_nothing(count: int) -> None:
    documents = [f"Document {n}.\n" + f"{PROSE}\n" * 6 + "The end." for n in range(count)]
    training = list(split_documents(iter(documents), count, held_out=False))
    held_out = list(split_documents(iter(documents), count, held_out=True))
    size = sum(map(len, documents))
    assert held_out
    assert 0.01 * size < sum(map(len, held_out)) < 0.12 * size
    if count == 200:
        assert sorted(training + held_out) == sorted(documents)
    else:
        for whole, first, last in zip(documents, training, held_out, strict=True):
            assert whole.startswith(first)
            assert whole.endswith(last)
            assert len(first) + len(last) in range(len(whole) - 2, len(whole) + 1)


def test_a_shard_holds_each_document_after_its_mark(tmp_path: Path) -> None:
    documents = [PROSE, "It was."]
    vocabulary = Vocabulary.of(count_characters(iter(documents)))
    write_shard(tmp_path, iter(documents), vocabulary)
    shard = Shard.open(tmp_path)
    assert len(shard) == len(PROSE) + len("It was.") + 2
    for document, start, stop in zip(documents, shard.starts, shard.starts[1:], strict=False):
        assert shard.ids[start] == DOCUMENT
        assert vocabulary.decode(np.asarray(shard.ids[start + 1 : stop])) == document


@pytest.mark.parametrize("documents", [[], ["Too short."]])
def test_next_to_no_text_is_refused(tmp_path: Path, documents: list[str]) -> None:
    with pytest.raises(TextError, match=r"training needs at least 1000"):
        write_shard(tmp_path, iter(documents), Vocabulary.of("abc"))
