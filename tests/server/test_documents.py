"""Documents that are edited in place, against a plain string that is edited as the specification says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol.types import (
    Position,
    PositionEncodingKind,
    Range,
    TextDocumentContentChangeEvent,
    TextDocumentContentChangePartial,
    TextDocumentContentChangeWholeDocument,
)

from charrnn_lsp.documents import KEPT, KEPT_CHARACTERS, Document, content, split_lines
from charrnn_lsp.positions import units_of

UTF8, UTF16, UTF32 = PositionEncodingKind.Utf8, PositionEncodingKind.Utf16, PositionEncodingKind.Utf32
TEXTS = st.text(st.sampled_from("ab\n\r\u2028\x0c\x85\u00e9\u65e5\U0001f600"), max_size=12) | st.sampled_from(
    ["", "\r\n", "\r", "\n", "one\r\ntwo\r\n", "one\rtwo\nthree\r\n", "no end", "\u2028\u2029"]
)


def reference_lines(text: str) -> list[str]:
    """The contents of the lines of a text, by the specification: \\n, \\r\\n and \\r end a line, nothing else does."""
    return re.split(r"\r\n|\n|\r", text)


def reference_offset(text: str, line: int, offset: int) -> int:
    """Where in the text a place of `reference_lines` is."""
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]
    return starts[line] + offset


@given(TEXTS)
def test_lines_are_those_of_the_specification(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert [content(line) for line in lines] == reference_lines(text)


Edit = tuple[tuple[float, float], tuple[float, float], str]
PLACES = st.tuples(st.floats(0, 1), st.floats(0, 1))


@settings(max_examples=300)
@given(TEXTS, st.lists(st.tuples(PLACES, PLACES, TEXTS), max_size=8), st.sampled_from([UTF8, UTF16, UTF32]))
def test_edits_in_place_are_edits_of_the_whole(text: str, edits: list[Edit], encoding: PositionEncodingKind) -> None:
    document, mirror = Document.of(text, encoding=encoding), text
    for one, other, inserted in edits:
        (start, first), (end, last) = sorted(_place(mirror, share, encoding) for share in (one, other))
        mirror = mirror[:start] + inserted + mirror[end:]
        document.change(TextDocumentContentChangePartial(Range(Position(*first), Position(*last)), inserted))
        assert document.text == mirror
        assert document.lines == split_lines(mirror)


def _place(text: str, share: tuple[float, float], encoding: PositionEncodingKind) -> tuple[int, tuple[int, int]]:
    """A place in the text: its offset, and its position in the client's units."""
    lines = reference_lines(text)
    line = round(share[0] * (len(lines) - 1))
    offset = round(share[1] * len(lines[line]))
    return reference_offset(text, line, offset), (line, units_of(lines[line], offset, encoding))


def test_a_change_without_a_range_is_the_whole_document() -> None:
    document = Document.of("old\ntext")
    document.change(TextDocumentContentChangeWholeDocument("new\r\n"))
    assert document.lines == ["new\r\n", ""]


@pytest.mark.parametrize(
    ("position", "place"),
    [((0, 99), (0, 3)), ((1, 99), (1, 3)), ((2, 0), (2, 0)), ((2, 99), (2, 0)), ((99, 5), (2, 0)), ((0, 0), (0, 0))],
)
def test_a_position_beyond_an_end_is_that_end(position: tuple[int, int], place: tuple[int, int]) -> None:
    assert Document.of("one\r\ntwo\n").place(Position(*position)) == place


def test_a_reversed_range_is_put_right() -> None:
    document = Document.of("abcd")
    document.change(TextDocumentContentChangePartial(Range(Position(0, 3), Position(0, 1)), "x"))
    assert document.text == "axd"


def test_an_edit_leaves_the_other_lines_alone() -> None:
    document = Document.of("line\n" * 1000)
    before = document.lines[:]
    document.change(TextDocumentContentChangePartial(Range(Position(500, 1), Position(500, 1)), "x"))
    assert [n for n, (old, new) in enumerate(zip(before, document.lines, strict=True)) if old is not new] == [500]


@pytest.mark.parametrize("end", ["", "\r", "\n"])
def test_a_line_of_ten_megabytes(end: str) -> None:
    document = Document.of("x" * 10_000_000 + end)
    document.change(TextDocumentContentChangePartial(Range(Position(0, 9_999_999), Position(0, 10_000_000)), "yz"))
    assert document.lines[0][-4:].rstrip("\r\n").endswith("yz")
    assert len(document.text) == 10_000_001 + len(end)


def insertion(place: tuple[int, int], text: str) -> list[TextDocumentContentChangeEvent]:
    return [TextDocumentContentChangePartial(Range(Position(*place), Position(*place)), text)]


def deletion(line: int, first: int, last: int) -> list[TextDocumentContentChangeEvent]:
    return [TextDocumentContentChangePartial(Range(Position(line, first), Position(line, last)), "")]


def test_a_notification_that_comes_late_is_put_in_its_place() -> None:
    """Two backspaces and two letters, as Helix sends them when it is busy."""
    document = Document.of("It was the first ti", version=19)
    document.update(20, insertion((0, 19), "x"))
    document.update(22, deletion(0, 18, 19))
    document.update(21, deletion(0, 19, 20))
    document.update(23, insertion((0, 18), "o"))
    assert document.text == "It was the first to"
    assert document.version == 23


def test_a_client_that_counts_in_its_own_way_is_taken_as_it_comes() -> None:
    document = Document.of("")
    for version in (0, 7, 7, 0, -1, 0, 8):
        document.update(version, insertion((0, 0), str(abs(version))))
    assert document.text == "8010770"


def test_what_can_be_taken_back_has_a_limit() -> None:
    document = Document.of("")
    for version in range(1, 100):
        document.update(version, insertion((0, 0), "x" * 1000))
        assert sum(applied.size for applied in document._applied) <= KEPT_CHARACTERS
    for version in range(100, 200):
        document.update(version, insertion((1, 0), "\n"))
        assert len(document._applied) <= KEPT
    document.update(200, insertion((0, 0), "y" * 1_000_000))
    assert not document._applied


@settings(max_examples=200)
@given(TEXTS, st.lists(st.tuples(PLACES, PLACES, TEXTS), min_size=2, max_size=7), st.data())
def test_in_whatever_order_the_newest_come_the_text_is_the_same(
    text: str, edits: list[Edit], data: st.DataObject
) -> None:
    mirror, notifications = text, []
    for version, (one, other, inserted) in enumerate(edits, 1):
        (start, first), (end, last) = sorted(_place(mirror, share, UTF16) for share in (one, other))
        mirror = mirror[:start] + inserted + mirror[end:]
        event = TextDocumentContentChangePartial(Range(Position(*first), Position(*last)), inserted)
        notifications.append((version, [event]))
    document = Document.of(text)
    lines = list(document.lines)
    for version, events in data.draw(st.permutations(notifications)):
        for change in document.update(version, events):
            lines[change.first : change.first + change.removed] = change.lines
    assert document.text == mirror
    assert lines == document.lines
    assert document.version == len(edits)
