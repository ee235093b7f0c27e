"""A page follows its document and its memory as the server would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.artifact import Artifact
from charrnn.memory import Memory
from charrnn.page import Page
from charrnn.vocabulary import Vocabulary

TEXTS = st.text(alphabet="ab \n\r", max_size=12)


@given(TEXTS, TEXTS, st.lists(TEXTS, max_size=6))
def test_the_lines_are_those_of_the_text(before: str, after: str, written: list[str]) -> None:
    page = Page(None, before, after)
    for text in written:
        page.write(text)
    whole = before + "".join(written)
    assert "".join(page.lines) == whole + after
    assert "".join(page.lines[: page.number]) + page.lines[page.number][: page.offset] == whole
    assert all(line.endswith("\n") for line in page.lines[:-1])


def test_writing_is_learned_as_opening_is() -> None:
    vocabulary = Vocabulary.of("\nabcdefghij ")
    written, opened = Memory(vocabulary), Memory(vocabulary)
    page = Page(written)
    for letter in "abc def\nghi abc def":
        page.write(letter)
    Page(opened, "abc def\nghi abc def")
    assert len(written) == len(opened)


@pytest.mark.parametrize("after", ["", " and more"])
def test_a_closed_page_is_forgotten(tiny: Artifact, after: str) -> None:
    memory = Memory(tiny.vocabulary)
    page = Page(memory, "It was", after)
    page.write(" a day")
    page.close()
    assert len(memory) == 0
