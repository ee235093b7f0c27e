"""The part of a document that a suggestion is made from: some text before the cursor, and what follows on its line."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from charrnn.prefix_cache import Context

# Characters before the cursor that are read at least, where there are as many. Against reading 1,800, the bundled
# model predicts the next 64 worse by 0.005 to 0.02 bits per character after 128, by 0.002 to 0.007 after 256, and by
# less than 0.001 from 384 on (held-out texts of two kinds). What is farther is the memory's business.
NEAREST = 384
FURTHEST = 2 * NEAREST
ROW = NEAREST  # a longer line is taken as rows of so many characters


@dataclass(frozen=True)
class Excerpt:
    r"""Text around the cursor, line ends as `\n`."""

    before: Context
    after: str = ""  # the rest of the cursor's line, as far as `FURTHEST`


def excerpt(lines: Sequence[str], number: int, offset: int) -> Excerpt:
    """What is read for a suggestion at `offset` in line `number`: the document up to there, or its last part.

    `lines` have their line ends. A part begins at the row between `NEAREST` and `FURTHEST` whose text has the smallest
    checksum. So it depends on the text alone, and while the cursor moves on the beginning stays the same for long: the
    prefix cache goes on hitting.
    """
    after = content(lines[number][offset : offset + FURTHEST])
    rows: list[str] = []
    size = 0
    beginnings: list[tuple[int, int]] = []
    for row in _rows_before(lines, number, offset):
        rows.append(row)
        size += len(row)
        if size > FURTHEST:
            used = min(beginnings)[1]
            return Excerpt(Context("".join(reversed(rows[:used])), from_start=False), after)
        if size >= NEAREST:
            beginnings.append((zlib.crc32(row.encode("utf-8", "surrogatepass")), len(rows)))
    return Excerpt(Context("".join(reversed(rows)), from_start=True), after)


def content(line: str) -> str:
    """A line without its line end."""
    return line.rstrip("\r\n")


def _rows_before(lines: Sequence[str], number: int, offset: int) -> Iterator[str]:
    """The rows of text before a place, the nearest first. A row is a line, or a piece of a long one."""
    line = lines[number]
    stop = offset
    while True:
        for start in range((stop - 1) // ROW * ROW, -1, -ROW):
            yield line[start : min(start + ROW, stop)]
        if number == 0:
            return
        number -= 1
        line = content(lines[number]) + "\n"
        stop = len(line)
