"""Regions of reStructuredText."""

from __future__ import annotations

import re
from collections.abc import Sequence

from charrnn_lsp.regions import PROSE, Block, Kind

# Directives whose content is prose.
_PROSE = (
    *("note", "warning", "tip", "hint", "important", "caution", "attention", "danger", "error", "admonition", "topic"),
    *("epigraph", "pull-quote", "sidebar", "figure", "image", "seealso", "versionadded", "deprecated"),
)

_DIRECTIVE = re.compile(r"\s*\.\.\s+(?:\|[^|]*\|\s+)?([\w:-]+?)::")
_EXPLICIT = re.compile(r"\s*\.\.(?:\s|\Z)")
_ROW = re.compile(r"\s*(?:\+[-=+]+\+?\s*\Z|\|.*\||={2,}(?:\s+={2,})+\s*\Z)")
_ROLE = re.compile(r":[\w:+.-]+:`[^`]*\Z")
_TARGET = re.compile(r"`[^`<]*<[^<>`]*\Z")


class RestructuredText:
    """reStructuredText: silent in literal blocks, directives that hold none, comments, tables, literals and roles."""

    def first(self, lines: Sequence[str]) -> Block:
        """See `Syntax`."""
        return PROSE

    def after(self, block: Block, line: str) -> Block:
        """See `Syntax`."""
        if not line.strip() or (block.kind and _indentation(line) > int(block.closer)):
            return block
        return _opened(line)

    def at(self, block: Block, before: str, after: str, following: str) -> Kind | None:
        """See `Syntax`."""
        line = before + after
        if block.kind and (_indentation(line) > int(block.closer)):
            return block.kind
        if _EXPLICIT.match(before):
            return "markup"
        if _ROW.match(line):
            return "tables"
        if before.count("``") % 2 or ("`" in before and _ROLE.search(before)):
            return "code"
        return "urls" if _TARGET.search(before) else None


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def _opened(line: str) -> Block:
    """The block whose lines are those further indented than this one."""
    depth = str(_indentation(line))
    if directive := _DIRECTIVE.match(line):
        if directive[1] in _PROSE:
            return PROSE
        return Block("math" if directive[1] == "math" else "tables" if "table" in directive[1] else "code", depth)
    if _EXPLICIT.match(line):
        return Block("markup", depth)
    return Block("code", depth) if line.rstrip().endswith("::") else PROSE
