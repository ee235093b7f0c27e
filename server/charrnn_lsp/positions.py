"""Columns: a client counts in UTF-8 bytes, UTF-16 units or code points; `offset` is always code points."""

from __future__ import annotations

import re

from lsprotocol.types import PositionEncodingKind

_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CODECS = {PositionEncodingKind.Utf8: ("utf-8", 1), PositionEncodingKind.Utf16: ("utf-16-le", 2)}


def offset_of(line: str, units: int, encoding: PositionEncodingKind) -> int:
    """The offset in `line` of a column in the client's units; inside a character it is that character's start."""
    if line.isascii() or encoding not in _CODECS:
        return min(max(units, 0), len(line))
    codec, width = _CODECS[encoding]
    # A code point has at least one unit, so no more than `units` code points are looked at.
    # A lone surrogate cannot be decoded again; U+FFFD has as many units.
    characters = _LONE_SURROGATE.sub("\ufffd", line[: max(units, 0)])
    encoded = characters.encode(codec)[: max(units, 0) * width]
    return len(encoded.decode(codec, "ignore"))


def units_of(line: str, offset: int, encoding: PositionEncodingKind) -> int:
    """The column in the client's units of an offset in `line`."""
    if line.isascii() or encoding not in _CODECS:
        return offset
    codec, width = _CODECS[encoding]
    return len(line[:offset].encode(codec, "surrogatepass")) // width
