"""Regions of AsciiDoc."""

from __future__ import annotations

import re
from collections.abc import Sequence

from charrnn_lsp.regions import PROSE, Block, Kind

# What encloses a block stands alone on a line, the same before and after it (AsciiDoc, "Delimited blocks").
_FENCE = re.compile(r"(-{4,}|\.{4,}|\+{4,}|/{4,}|```\S*|[|,:!]===)\s*\Z")
_KINDS: dict[str, Kind] = {"-": "code", ".": "code", "`": "code", "+": "markup", "/": "markup"}
_MARKUP = re.compile(
    r"(?::!?[\w-]+!?:(?:\s|\Z)|\[[^\]]*\]?\Z|//(?!/)|(?:image|video|audio|include|toc|ifn?def|endif)::)"
)
_LITERAL = re.compile(r"(?:^|[^`\w])`[^`]*\Z|\+\+[^+]*\Z|(?:stem|latexmath|asciimath):\[[^\]]*\Z")
_CROSS_REFERENCE = re.compile(r"<<[^<>]*\Z|\b(?:link|xref|image|kbd|footnote):[^\s\[]*\Z")


class AsciiDoc:
    """AsciiDoc: silent in listings, literals, passthroughs, comments, tables, attributes and macros."""

    def first(self, lines: Sequence[str]) -> Block:
        """See `Syntax`."""
        return PROSE

    def after(self, block: Block, line: str) -> Block:
        """See `Syntax`."""
        fence = _FENCE.match(line)
        if block.kind:
            return PROSE if line.rstrip() == block.closer else block
        if fence is None:
            return PROSE
        closer = "```" if fence[1].startswith("```") else fence[1]
        return Block(_KINDS.get(closer[0], "tables"), closer)

    def at(self, block: Block, before: str, after: str, following: str) -> Kind | None:
        """See `Syntax`."""
        line = before + after
        if block.kind:
            return block.kind
        if _FENCE.match(line):
            return "markup"
        if _MARKUP.match(before if line.startswith("[") else line):
            return "markup"
        if _LITERAL.search(before):
            return "code"
        return "urls" if _CROSS_REFERENCE.search(before) else None
