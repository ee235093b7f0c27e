from __future__ import annotations

from pathlib import Path

import pytest

from charrnn_training import boilerplate
from charrnn_training.boilerplate import letters_share, named_as_no_prose, split_documents, without_head

LICENCE = "*** START OF THE PROJECT GUTENBERG EBOOK A TALE ***\n"
END = "*** END OF THE PROJECT GUTENBERG EBOOK A TALE ***\nSection 1. General Terms of Use"


@pytest.mark.parametrize(
    "head", ["---\ntitle: A tale\ntags: [x]\n---\n", "+++\ntitle = 'A tale'\n+++\n", f"The Project\n\n{LICENCE}", ""]
)
def test_front_matter_and_licences_before_a_text_are_left_out(head: str) -> None:
    assert without_head(head + "It was late.\n---\nAnd dark.") == "It was late.\n---\nAnd dark."


def test_a_story_that_begins_with_a_line_between_scenes_is_whole() -> None:
    story = "---\nIt was late, and the road was dark.\n\nShe slept.\n---\nMorning came."
    assert without_head(story) == story


@pytest.mark.parametrize("size", [7, 1000])
def test_documents_are_what_stands_between_two_blank_lines(size: int) -> None:
    text = "one\n\nstill one\n\n\ntwo\n\n\n\n\nthree\n"
    pieces = [text[n : n + size] for n in range(0, len(text), size)]
    assert list(split_documents(pieces)) == ["one\n\nstill one", "two", "three"]


def test_a_book_of_project_gutenberg_is_only_the_book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boilerplate, "HEAD", 200)
    text = f"The Project Gutenberg eBook\n\n\n{LICENCE}\n\nChapter 1\n\nIt was late.\n\n\nChapter 2\n\n{END}\n\n\nmore"
    pieces = [text[n : n + 50] for n in range(0, len(text), 50)]
    assert list(split_documents(pieces)) == ["Chapter 1\n\nIt was late.", "Chapter 2\n\n".strip()]


def test_what_never_pauses_is_cut_at_a_line_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boilerplate, "LONGEST_DOCUMENT", 1000)
    monkeypatch.setattr(boilerplate, "HEAD", 100)
    lines = [f"This is line {n}." for n in range(500)]
    documents = list(split_documents("\n".join(lines)[n : n + 300] for n in range(0, 9000, 300)))
    assert len(documents) > 5
    assert max(map(len, documents)) <= 1300
    assert "\n".join(documents) == "\n".join(lines)


@pytest.mark.parametrize("name", ["LICENSE.txt", "licence.md", "requirements-dev.txt", "robots.txt", "CMakeLists.txt"])
def test_some_names_are_of_no_prose(name: str) -> None:
    assert named_as_no_prose(Path(name))


@pytest.mark.parametrize("name", ["letters.txt", "license-to-kill.docx", "words and deeds.txt", "My notice board.md"])
def test_other_names_are(name: str) -> None:
    assert not named_as_no_prose(Path(name))


def test_prose_is_mostly_letters_and_data_is_not() -> None:
    assert letters_share("It was late, and dark.") > 0.85
    assert letters_share("吾輩は猫である。") > 0.85
    assert letters_share("ஒரு காலத்தில் ஒரு கிராமத்தில் ஒரு விவசாயி வாழ்ந்து வந்தார்.") > 0.85
    assert letters_share("တစ်ခါတုန်းက ရွာတစ်ရွာမှာ လယ်သမားကြီး တစ်ယောက် ရှိခဲ့တယ်။") > 0.85
    assert letters_share("12.5; 13.7; 14.1\n") < 0.1
    assert letters_share("") == 1
