from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from charrnn_training.splitting import HELD_OUT, MOST, by_document, split
from charrnn_training.spool import Spool


def essay(seed: int, paragraphs: int) -> str:
    rng = random.Random(seed)
    words = [f"word{n}" for n in range(200)]
    return "\n".join(" ".join(rng.choices(words, k=40)) + "." for _ in range(paragraphs))


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    with closing(Spool(tmp_path / "spool")) as spooled:
        yield spooled


def test_many_documents_are_held_out_whole(spool: Spool) -> None:
    documents = [essay(n, 5 + n % 7) for n in range(200)]
    for document in documents:
        spool.add(document)
    parts = {part: list(texts) for part, texts in split(spool).items()}
    assert sorted(text for texts in parts.values() for text in texts) == sorted(documents)
    for part in ("validation", "test"):
        assert 0.6 * HELD_OUT < sum(map(len, parts[part])) / spool.characters < MOST * HELD_OUT


@pytest.mark.parametrize("documents", [[essay(1, 400)], [essay(n, 60) for n in range(4)], [essay(1, 900), essay(2, 3)]])
def test_of_few_documents_blocks_from_all_over_them_are_held_out(documents: list[str], spool: Spool) -> None:
    for document in documents:
        spool.add(document)
    parts = {part: list(texts) for part, texts in split(spool).items()}
    whole = "\n".join(documents)
    assert sum(len(text) for texts in parts.values() for text in texts) >= 0.99 * len(whole)
    for part, texts in parts.items():
        assert all(text in whole for text in texts), part
    lines = [line for texts in parts.values() for text in texts for line in text.split("\n")]
    assert sorted(lines) == sorted(whole.split("\n"))  # nothing is lost, nothing stands in two parts, lines stay whole
    for part in ("validation", "test"):
        assert len(parts[part]) >= 2
        assert 0.5 * HELD_OUT < sum(map(len, parts[part])) / len(whole) < 2.5 * HELD_OUT


def test_what_is_held_out_depends_on_the_text_alone(tmp_path: Path) -> None:
    documents = [essay(n, 5) for n in range(100)]
    found = []
    for order in (documents, documents[::-1]):
        with closing(Spool(tmp_path / "spool")) as spool:
            for document in order:
                spool.add(document)
            found.append({part: sorted(texts) for part, texts in split(spool).items()})
    assert found[0] == found[1]


def test_one_document_that_is_most_of_the_text_is_not_held_out_whole() -> None:
    assert by_document([1000, 10, 10], [1, 2, 3]) is None
    assert by_document([], []) is None


def test_a_text_without_line_ends_is_cut_between_words(spool: Spool) -> None:
    spool.add(essay(1, 300).replace("\n", " "))
    texts = [text for texts in split(spool).values() for text in texts]
    assert all(text.startswith("word") for text in texts)


def test_a_small_text_leaves_something_in_each_part(spool: Spool) -> None:
    spool.add(essay(1, 8))
    assert all(list(texts) for texts in split(spool).values())
