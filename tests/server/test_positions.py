"""Columns in the client's units, against counting them one character at a time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import PositionEncodingKind

from charrnn_lsp.positions import offset_of, units_of

ENCODINGS = list(PositionEncodingKind)
# Not st.text: it would draw evenly from all characters, and hardly ever one of these.
LETTERS = st.sampled_from("a\u00e9\u65e5\U0001f600\u2028\ud83d") | st.characters(exclude_categories=[])
LINES = st.lists(LETTERS, max_size=20).map("".join)


def width(character: str, encoding: PositionEncodingKind) -> int:
    """Units of one character."""
    match encoding:
        case PositionEncodingKind.Utf8:
            return len(character.encode("utf-8", "surrogatepass"))
        case PositionEncodingKind.Utf16:
            return 2 if ord(character) > 0xFFFF else 1
        case _:
            return 1


@given(LINES, st.sampled_from(ENCODINGS))
def test_an_offset_comes_back(line: str, encoding: PositionEncodingKind) -> None:
    for offset in range(len(line) + 1):
        assert offset_of(line, units_of(line, offset, encoding), encoding) == offset


@given(LINES, st.integers(0, 90), st.sampled_from(ENCODINGS))
def test_a_column_is_counted(line: str, units: int, encoding: PositionEncodingKind) -> None:
    counted, offset = 0, 0
    for character in line:
        counted += width(character, encoding)
        if counted > units:
            break
        offset += 1
    assert offset_of(line, units, encoding) == offset


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_beyond_the_end_is_the_end(encoding: PositionEncodingKind) -> None:
    assert [offset_of(line, 10**9, encoding) for line in ("", "abc", "a\U0001f600b")] == [0, 3, 3]
    assert offset_of("abc", -1, encoding) == 0


@pytest.mark.parametrize(
    ("encoding", "inside"), [(PositionEncodingKind.Utf8, (2, 3, 4)), (PositionEncodingKind.Utf16, (2,))]
)
def test_inside_a_character_is_its_start(encoding: PositionEncodingKind, inside: tuple[int, ...]) -> None:
    assert [offset_of("a\U0001f600b", units, encoding) for units in inside] == [1] * len(inside)
