from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from charrnn.artifact import LARGEST_CONFIG
from charrnn.errors import TextError
from charrnn_training.reading import Account, Source, find_files, read_corpus
from charrnn_training.spool import Spool

PROSE = "It was late, and the road was dark. "


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    with closing(Spool(tmp_path / "spool")) as spooled:
        yield spooled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = tmp_path / "texts"
    (texts / "deep" / "deeper").mkdir(parents=True)
    (texts / ".git").mkdir()
    (texts / "node_modules").mkdir()
    files = (
        "b.md",
        "a.txt",
        "deep/c.html",
        "deep/deeper/d.tex",
        "image.png",
        "notes.pdf",
        ".hidden.txt",
        "~$word.docx",
    )
    for name in (*files, ".git/e.txt", "node_modules/f.md", "LICENSE.txt"):
        (texts / name).write_text(PROSE + name, encoding="utf-8")
    return texts


def test_files_are_found_in_depth_and_once(folder: Path) -> None:
    found = find_files([folder, folder / "a.txt"])
    assert [file.name for file in found] == ["a.txt", "b.md", "c.html", "d.tex"]


def test_patterns_are_understood(folder: Path) -> None:
    assert [file.name for file in find_files([folder / "**" / "*.[ht]*"])] == [
        "LICENSE.txt",
        "a.txt",
        "c.html",
        "d.tex",
    ]
    assert [file.name for file in find_files([folder / "deep*"])] == ["c.html", "d.tex"]


def test_every_file_that_is_skipped_is_named_with_its_reason(folder: Path, spool: Spool) -> None:
    (folder / "data.txt").write_text("12.5 13.7\n" * 50, encoding="utf-8")
    (folder / "empty.txt").write_text("\n\n", encoding="utf-8")
    (folder / "broken.docx").write_bytes(b"PK nothing")
    (folder / "image.txt").write_bytes(b"\x89PNG\0\0\0\0" * 40)
    account = read_corpus([folder], spool)
    reasons = {Path(one.file).name: one.reason for one in account.skipped}
    assert reasons == {
        "notes.pdf": "PDF says where letters stand, not what was written; export the text as .docx, .odt or .txt",
        "LICENSE.txt": "by its name, it is no prose of yours",
        "data.txt": "it looks like data: only 0% of its characters are letters",
        "empty.txt": "there is no text in it",
        "broken.docx": "it is damaged, or is something else under that name",
        "image.txt": "it is not text (it contains NUL bytes). Leave it out, or save it as plain text",
    }
    assert [source.file for source in account.sources] == ["texts/a.txt", "texts/b.md", "deep/c.html", "deeper/d.tex"]
    assert account.event(0).files == 4


def test_the_same_text_in_two_files_counts_once(folder: Path, spool: Spool) -> None:
    (folder / "copy.txt").write_text((folder / "a.txt").read_text(encoding="utf-8") + "\n", encoding="utf-8")
    read_corpus([folder], spool)
    assert spool.duplicates == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("nowhere.txt", None, r"nowhere\.txt does not exist\. Name a text file, a folder"),
        ("a.pdf", b"%PDF", r"a\.pdf is in a format that is not read: PDF says"),
        ("a.txt", b"\x7fELF\0\0\0", r"a\.txt is not text"),
        ("a.docx", b"nothing", r"a\.docx cannot be read: it is damaged"),
    ],
)
def test_a_file_that_is_named_must_be_readable(
    name: str, content: bytes | None, message: str, tmp_path: Path, spool: Spool
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(TextError, match=message):
        read_corpus([tmp_path / name], spool)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="every file is readable for this user")
def test_a_file_without_permission_is_named(folder: Path, spool: Spool) -> None:
    (folder / "a.txt").chmod(0)
    account = read_corpus([folder], spool)
    assert "Permission denied" in account.skipped[0].reason


def test_a_folder_without_text_says_what_is_read_and_what_was_skipped(tmp_path: Path, spool: Spool) -> None:
    (tmp_path / "thesis.pdf").write_bytes(b"%PDF")
    with pytest.raises(TextError, match=r"No text to train on .*\.docx \.odt \.epub\)\.\n  skipped .*thesis\.pdf: PDF"):
        read_corpus([tmp_path], spool)


def test_mixed_encodings_are_worth_a_note(tmp_path: Path, spool: Spool) -> None:
    (tmp_path / "mixed.txt").write_bytes("Grüße. ".encode() * 20 + b"caf\xe9")
    account = read_corpus([tmp_path / "mixed.txt"], spool)
    (note,) = account.event(0).notes
    assert "mixed.txt mixes encodings: 1 bytes" in note


def test_the_record_of_very_many_files_stays_small() -> None:
    account = Account([Source(f"folder/file number {n}.txt", n, "0" * 64) for n in range(20_000)])
    described = account.described()
    assert len(json.dumps(described, indent=1)) < LARGEST_CONFIG / 8
    assert sum(one["characters"] for one in described) == sum(range(20_000))
    assert described[-1]["file"].startswith("and 19,800 smaller files")


def test_a_document_that_is_a_folder_is_not_looked_into(folder: Path, spool: Spool) -> None:
    (folder / "Novel.scriv" / "Files").mkdir(parents=True)
    (folder / "Novel.scriv" / "Files" / "synopsis.txt").write_text(PROSE, encoding="utf-8")
    account = read_corpus([folder], spool)
    assert (str(folder / "Novel.scriv"), "compile it to .docx or .md") in [(s.file, s.reason) for s in account.skipped]
    assert not any("synopsis" in source.file for source in account.sources)
    with pytest.raises(TextError, match=r"Novel\.scriv is in a format that is not read: compile it"):
        read_corpus([folder / "Novel.scriv"], spool)


def test_a_link_to_a_folder_is_named_and_not_followed(folder: Path, spool: Spool, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "far.txt").write_text(PROSE + "far", encoding="utf-8")
    try:
        (folder / "link").symlink_to(tmp_path / "elsewhere")
    except OSError:
        pytest.skip("links need a privilege here")
    account = read_corpus([folder], spool)
    assert (str(folder / "link"), "it is a link to a folder; name that folder, too, to have it read") in [
        (s.file, s.reason) for s in account.skipped
    ]
    assert "elsewhere/far.txt" in [s.file for s in read_corpus([folder, tmp_path / "elsewhere"], spool).sources]
    assert "link/far.txt" in [s.file for s in read_corpus([folder / "link"], spool).sources]


def test_accents_are_one_character_however_they_were_typed(folder: Path, spool: Spool) -> None:
    (folder / "composed.txt").write_text("Caf\u00e9 au lait.", encoding="utf-8")
    (folder / "decomposed.txt").write_text("Cafe\u0301 au lait.", encoding="utf-8")
    read_corpus([folder], spool)
    assert spool.duplicates == 1
    assert "\u0301" not in spool.counts


@pytest.mark.parametrize("name", ["x" * 300, "a/" + "x" * 300 + "/*.txt"])
def test_a_name_that_no_file_can_have_is_named(name: str, spool: Spool) -> None:
    with pytest.raises(TextError, match="does not exist"):
        read_corpus([Path(name)], spool)


def test_mail_is_named_and_not_read(folder: Path, spool: Spool) -> None:
    (folder / "Inbox.mbox").write_text("From me\nContent-Transfer-Encoding: base64\n\nSGVsbG8=\n", encoding="utf-8")
    assert "mail is more than its text" in read_corpus([folder], spool).skipped[0].reason
    with pytest.raises(TextError, match=r"Inbox\.mbox is in a format that is not read"):
        read_corpus([folder / "Inbox.mbox"], spool)
