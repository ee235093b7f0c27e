"""What is read for a suggestion: text before the cursor, bounded, and the same for long while the writer types."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position, PositionEncodingKind

from charrnn.excerpt import FURTHEST, NEAREST, ROW, Excerpt
from charrnn.excerpt import excerpt as excerpt_of_lines
from charrnn.prefix_cache import Context
from charrnn_lsp.documents import Document


def excerpt(document: Document, position: Position) -> Excerpt:
    return excerpt_of_lines(document.lines, *document.place(position))


def prose(characters: int) -> str:
    """Lines of made-up words."""
    rng, text = random.Random(1), ""
    while len(text) < characters:
        text += "".join(rng.choices("abcde ", k=rng.randrange(1, 90))) + "\n"
    return text[:characters]


def end_of(text: str) -> Position:
    return Position(text.count("\n"), len(text) - text.rfind("\n") - 1)


@pytest.mark.parametrize("size", [0, 1, 100, NEAREST - 1, NEAREST, NEAREST + 1, FURTHEST])
def test_a_short_document_is_read_from_its_start(size: int) -> None:
    text = prose(size)
    assert excerpt(Document.of(text), end_of(text)).before == Context(text, from_start=True)


@given(st.integers(FURTHEST + 1, 6000))
def test_of_a_long_one_a_part_of_bounded_size_is_read(size: int) -> None:
    text = PROSE[:size]
    before = excerpt(Document.of(text), end_of(text)).before
    assert NEAREST <= len(before.text) <= FURTHEST
    assert text.endswith(before.text)
    assert not before.from_start


PROSE = prose(6000)


def test_the_beginning_stays_while_the_cursor_moves_on() -> None:
    beginnings = [
        size - len(excerpt(Document.of(PROSE[:size]), end_of(PROSE[:size])).before.text) for size in range(3000, 6000)
    ]
    assert beginnings == sorted(beginnings)
    # On average a window lives for hundreds of characters: reading a new one costs a step or two for each of them.
    assert len(set(beginnings)) <= 25


def test_what_is_read_depends_on_the_text_alone() -> None:
    text = PROSE[:5000]
    elsewhere = "".join(f"{n}\n" for n in range(9999)) + text
    assert excerpt(Document.of(elsewhere), end_of(elsewhere)).before == excerpt(Document.of(text), end_of(text)).before


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_are_one_character(end: str) -> None:
    document = Document.of(f"one{end}{end}two three{end}four")
    found = excerpt(document, Position(2, 3))
    assert found.before == Context("one\n\ntwo", from_start=True)
    assert found.after == " three"


def test_only_the_cursors_line_is_after() -> None:
    assert excerpt(Document.of("one\ntwo\nthree"), Position(1, 3)).after == ""


def test_separators_that_are_no_line_ends_stay() -> None:
    assert excerpt(Document.of("one\u2028two"), Position(0, 4)).before.text == "one\u2028"


def test_the_position_is_in_the_clients_units() -> None:
    text = "a\U0001f600b\u00e9cd"
    found = [
        excerpt(Document.of(text, encoding=encoding), Position(0, units)).before.text
        for encoding, units in zip(PositionEncodingKind, (8, 5, 4), strict=True)
    ]
    assert found == ["a\U0001f600b\u00e9"] * 3


@pytest.mark.parametrize("offset", [10_000_000, 5_000_000, ROW, 1, 0])
def test_a_line_of_ten_megabytes_is_read_in_part(offset: int) -> None:
    before = excerpt(Document.of("word " * 2_000_000), Position(0, offset)).before
    assert len(before.text) == offset if offset <= FURTHEST else NEAREST <= len(before.text) <= FURTHEST
    assert before.from_start is (offset <= FURTHEST)


def test_typing_in_a_long_line_keeps_the_beginning() -> None:
    line = PROSE.replace("\n", " ")
    beginnings = {
        offset - len(excerpt(Document.of(line), Position(0, offset)).before.text) for offset in range(3100, 4000)
    }
    assert len(beginnings) <= 3


def test_of_a_long_line_after_the_cursor_only_the_beginning_is_kept() -> None:
    assert excerpt(Document.of("word " * 2_000_000), Position(0, 5)).after == ("word " * FURTHEST)[:FURTHEST]
    for end in ("\n", "\r\n"):
        assert excerpt(Document.of("x" * FURTHEST + end + "next"), Position(0, 1)).after == "x" * (FURTHEST - 1)
