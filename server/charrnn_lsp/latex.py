"""Regions of LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence

from charrnn_lsp.regions import PROSE, Block, Kind

_CODE = ("verbatim", "Verbatim", "lstlisting", "minted", "alltt", "filecontents", "comment", "tikzpicture", "algorithm")
_MATH = ("equation", "align", "alignat", "gather", "multline", "flalign", "eqnarray", "math", "displaymath", "array")
_TABLES = ("tabular", "tabularx", "tabulary", "longtable", "tabbing")
ENVIRONMENTS: dict[str, Kind] = {
    **dict.fromkeys(_CODE, "code"),
    **dict.fromkeys(_MATH, "math"),
    **dict.fromkeys(_TABLES, "tables"),
}
DOCUMENT = r"\begin{document}"

_OPENING = re.compile(r"\\begin\{(" + "|".join(ENVIRONMENTS) + r")(\*?)\}|(\\\[)|(\\\()|(?<!\\)(\$\$?)")
_CLOSERS = {r"\[": r"\]", r"\(": r"\)"}
_COMMENT = re.compile(r"(?<!\\)(?:\\\\)*%")
_COMMAND = re.compile(r"\\[a-zA-Z@]*\*?(?:\[[^\]]*\])*(?:\[[^\]]*)?\Z")
_ADDRESS = re.compile(r"\\(?:url|href|path)\{[^{}]*\Z")
_NAME = re.compile(
    r"\\(?:label|\w*+(?<=ref)|(?=\w*cite)\w*+|input|include\w*|usepackage|documentclass|begin|end|bibliography\w*|gls\w*|"
    r"[vh]space|setlength|setcounter|newcommand|renewcommand|pagestyle|thispagestyle|index|graphicspath|verb)"
    r"\*?(?:\[[^\]]*\])*\{[^{}]*\Z"
)


class Latex:
    """LaTeX: silent in the preamble, in code, tables and mathematics, in comments, and in commands and their names."""

    def first(self, lines: Sequence[str]) -> Block:
        """See `Syntax`."""
        return PROSE

    def after(self, block: Block, line: str) -> Block:
        """See `Syntax`."""
        if not block.kind and "\\" not in line and "$" not in line:
            return PROSE  # most lines
        if block.kind == "code" and block.closer not in line:
            return block.older()
        line = _without_comment(line)
        if block.kind != "frontMatter" and line.lstrip().startswith(r"\documentclass"):
            block = Block("frontMatter", DOCUMENT)
        if block.kind:
            before, closed, line = line.partition(block.closer)
            if not closed:
                # TeX itself takes an empty line within mathematics for a mistake.
                lapses = block.kind == "math" and not before.strip()
                return PROSE if lapses else block.older()
        return _opened(line)

    def at(self, block: Block, before: str, after: str, following: str) -> Kind | None:
        """See `Syntax`."""
        code = block.kind == "code" and block.closer not in before
        if not code and _COMMENT.search(before):
            return "markup"
        state = self.after(block, before or "x")  # an empty line, before anything is written, ends nothing yet
        if state.kind:
            return state.kind
        if _ADDRESS.search(before):
            return "urls"
        return "markup" if _COMMAND.search(before) or _NAME.search(before) else None


def _without_comment(line: str) -> str:
    comment = _COMMENT.search(line)
    return line[: comment.start()] if comment else line


def _opened(line: str) -> Block:
    """The block that a line leaves open."""
    place = 0
    while found := _OPENING.search(line, place):
        name = found[1]
        closer = rf"\end{{{name}{found[2]}}}" if name else _CLOSERS.get(found[0], found[0])
        place = line.find(closer, found.end()) + len(closer)
        if place < len(closer):  # not found
            return Block(ENVIRONMENTS[name] if name else "math", closer)
    return PROSE
