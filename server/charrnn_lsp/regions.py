"""Where a writer of prose wants silence: code, front matter, addresses, tables, mathematics, markup.

A document is read line by line into blocks, the state in which each line begins. Blocks are kept, and read again from
the first edited line on, so that a key costs one line however long the document. What is not surely such a region is
prose: silence by mistake is the worse error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

Kind = Literal["code", "frontMatter", "urls", "tables", "math", "markup"]
KINDS: tuple[Kind, ...] = ("code", "frontMatter", "urls", "tables", "math", "markup")

HEAD = 200  # lines that together say in what a document begins
FURTHEST = 800  # lines before the cursor that are read at most; before them it is taken to be prose
LONGEST = 4000  # characters of a line that are looked at

_URL = re.compile(r"(?:\bhttps?://|\bftp://|\bfile://|\bmailto:|\bwww\.)\S*\Z", re.IGNORECASE)


class Block(NamedTuple):
    """In what a line begins."""

    kind: Kind | None = None
    closer: str = ""  # what ends it; each language has its own way to say this
    lines: int = 0  # since it began
    blank: bool = True  # whether the line before is blank, or code by its indentation
    in_list: bool = False
    in_table: bool = False

    def older(self) -> Block:
        """The same after one more line."""
        return self._replace(lines=self.lines + 1)


PROSE = Block()


class Syntax(Protocol):
    """How a language tells prose from the rest."""

    def first(self, lines: Sequence[str]) -> Block:
        """In what the document begins."""

    def after(self, block: Block, line: str) -> Block:
        """In what the line after `line` begins, which began in `block`."""

    def at(self, block: Block, before: str, after: str, following: str) -> Kind | None:
        """The region of a cursor with `before` and `after` on its line and the line `following`; `None` is prose."""


class Regions:
    """The regions of one document."""

    def __init__(self, syntax: Syntax) -> None:
        self._syntax = syntax
        self._base = 0  # the line of the first of
        self._blocks: list[Block] = []

    def edited(self, first: int) -> None:
        """The lines from `first` on have changed; in what the first of them begins depends on those before."""
        del self._blocks[max(0, first - self._base + 1) if first > HEAD else 0 :]

    def at(self, lines: Sequence[str], number: int, offset: int) -> Kind | None:
        """The region of a place; `None` is prose."""
        line = lines[number].rstrip("\r\n")
        before, after = line[max(0, offset - LONGEST) : offset], line[offset : offset + LONGEST]
        following = lines[number + 1][:LONGEST] if number + 1 < len(lines) else ""
        if _URL.search(before):
            return "urls"
        return self._syntax.at(self._block(lines, number), before, after, following)

    def _block(self, lines: Sequence[str], number: int) -> Block:
        known = self._base + len(self._blocks)
        if not self._blocks or not self._base <= number < known + FURTHEST:
            self._base = max(0, number - FURTHEST)
            self._blocks = [PROSE if self._base else self._syntax.first(lines)]
        for place in range(self._base + len(self._blocks) - 1, number):
            self._blocks.append(self._syntax.after(self._blocks[-1], lines[place][:LONGEST].rstrip("\r\n")))
        return self._blocks[number - self._base]


class Plain:
    """Text without markup."""

    def first(self, lines: Sequence[str]) -> Block:
        """See `Syntax`."""
        return PROSE

    def after(self, block: Block, line: str) -> Block:
        """See `Syntax`."""
        return PROSE

    def at(self, block: Block, before: str, after: str, following: str) -> Kind | None:
        """See `Syntax`."""
        return None
