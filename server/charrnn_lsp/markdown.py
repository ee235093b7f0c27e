"""Regions of Markdown in its usual dialects."""

from __future__ import annotations

import re
from collections.abc import Sequence

from charrnn_lsp.html import unclosed_tag
from charrnn_lsp.regions import HEAD, PROSE, Block, Kind

# In lines: what is never closed must not silence all that follows.
UNCLOSED_FRONT_MATTER = 20
LONGEST_COMMENT = 200
LONGEST_CODE_SPAN = 80  # characters, where it is not closed
PARAGRAPH = Block(blank=False)
GAP = Block(blank=True)

_FENCE = re.compile(r"\s*(?:>\s?)*(?:[-*+]\s+|\d{1,9}[.)]\s+)?(`{3,}(?=[^`]*\Z)|~{3,})")
_LIST = re.compile(r"\s*(?:>\s?)*(?:[-*+]|\d{1,9}[.)])(?:\s|\Z)")
_INDENTED = re.compile(r"(?: {4}| {0,3}\t)")
# Possessive, here and below (`*+`): without it a line of blanks or signs would be tried in millions of ways.
_DELIMITER_ROW = re.compile(r"\s*+\|?\s*+:?-++:?\s*+(?:\|\s*+:?-++:?\s*+)++\|?\s*+\Z|\s*+\|\s*+:?-{2,}+:?\s*+\|\s*+\Z")
_KEY = re.compile(r"[\w\"'-][\w \"'-]*\s*[:=]|#|\Z|---\s*\Z")
_TICKS = re.compile(r"`+")
_LINK_TARGET = re.compile(r"\]\([^()\s]*\Z|\A\s{0,3}\[[^\]]+\]:\s*\S*\Z|<[a-z][a-z0-9+.-]+:[^<>\s]*\Z")
# As in Pandoc: no space inside the signs, and no digit after the second, which then is of another price.
_MATH = re.compile(r"(?<![\\$\w])(\$\$?)(?=[^\s$])[^$]*?(?<![\s\\])\1(?![\d$])|\\\((?:(?!\\[()]).)*+\\\)")
_OPEN_MATH = re.compile(
    r"(?:(?<![\\$\w])\$(?=[A-Za-z\\({])(?:\S*|[^$\\^_={}+*/<>]*+[\\^_={}+*/<>][^$]*+)|\\\((?:(?!\\[()]).)*+)\Z"
)


class Markdown:
    """Markdown."""

    def first(self, lines: Sequence[str]) -> Block:
        """See `Syntax`."""
        mark = lines[0].rstrip()
        if mark not in ("---", "+++") or not _KEY.match("".join(lines[1:2])):
            return PROSE
        closed = any(_closes_front_matter(line, mark) for line in lines[1:HEAD])
        return Block("frontMatter", mark) if closed or len(lines) < UNCLOSED_FRONT_MATTER else PROSE

    def after(self, block: Block, line: str) -> Block:
        """See `Syntax`."""
        text = line.strip()
        if block.kind:
            return PROSE if _ends(block, text) else block.older()
        if line[:1].isalpha() and not block.in_list and "|" not in line and "<!--" not in line:
            return PARAGRAPH  # most lines
        if not text:
            return Block(blank=True, in_list=True) if block.in_list else GAP
        if fence := _FENCE.match(line):
            return Block("code", fence[1], in_list=block.in_list)
        if closer := _opened(text):
            return Block("markup" if closer == "-->" else "math", closer)
        indented = bool(_INDENTED.match(line))
        in_list = bool(_LIST.match(line)) or (block.in_list and (indented or line[0] == " " or not block.blank))
        in_table = bool(_DELIMITER_ROW.match(line)) or (block.in_table and "|" in line)
        return Block(blank=indented and block.blank and not in_list, in_list=in_list, in_table=in_table)

    def at(self, block: Block, before: str, after: str, following: str) -> Kind | None:
        """See `Syntax`."""
        if block.kind in ("markup", "math") and block.closer in before and block.lines:
            before, block = before.rpartition(block.closer)[2], PROSE._replace(blank=False)
        if block.kind == "math" and not before.strip() and not after.strip():
            return None  # an empty line ends it
        if block.kind:
            return block.kind
        line = before + after
        if _FENCE.match(line) or (_INDENTED.match(before) and block.blank and not block.in_list):
            return "code"
        if _opened(before.strip()):
            return "markup" if _opened(before.strip()) == "-->" else "math"
        if _in_row(block, line, following):
            return "tables"
        return _inline(before, after)


def _ends(block: Block, text: str) -> bool:
    match block.kind:
        case "code":
            mark = text.lstrip("> ")
            return mark.startswith(block.closer) and not mark.strip(block.closer[0])
        case "frontMatter":
            return block.lines > 0 and (_closes_front_matter(text, block.closer) or block.lines > HEAD)
        case "math":
            return block.closer in text or not text
        case _:
            return block.closer in text or block.lines > LONGEST_COMMENT


def _closes_front_matter(line: str, mark: str) -> bool:
    return line.rstrip() in (mark, "...")


def _opened(text: str) -> str:
    """What ends the block that a line opens and leaves open."""
    if text.startswith("$$") and "$$" not in text[2:] and (text == "$$" or re.search(r"[\\^_={}]", text)):
        return "$$"
    if text.startswith("\\[") and "\\]" not in text:
        return "\\]"
    before, mark, comment = text.rpartition("<!--")
    return "-->" if mark and "-->" not in comment and before.count("`") % 2 == 0 else ""


def _in_row(block: Block, line: str, following: str) -> bool:
    """Whether this is a row of a table. One bar at the beginning of a line is verse (a line block), not a table."""
    if _DELIMITER_ROW.match(line):
        return True
    bars = line.count("|") - line.count("\\|")
    begins = line.lstrip().startswith("|") and bars > 1
    return bars > 0 and (block.in_table or begins or bool(_DELIMITER_ROW.match(following.rstrip())))


def _inline(before: str, after: str) -> Kind | None:
    if _in_code_span(before, after):
        return "code"
    if _LINK_TARGET.search(before):
        return "urls"
    place = len(before)
    line = before + after
    if any(found.start() < place < found.end() for found in _MATH.finditer(line)) or _OPEN_MATH.search(before):
        return "math"
    return "markup" if unclosed_tag(before) else None


def _in_code_span(before: str, after: str) -> bool:
    opened, place = "", 0
    for ticks in _TICKS.finditer(before):
        if opened == ticks[0]:
            opened = ""
        elif not opened and not before[: ticks.start()][-1:].isalnum() and before[: ticks.start()][-1:] != "\\":
            opened, place = ticks[0], ticks.end()
    return bool(opened) and (opened in after or len(before) - place < LONGEST_CODE_SPAN)
