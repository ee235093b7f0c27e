"""Regions of HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence

from charrnn_lsp.regions import PROSE, Block, Kind

LONGEST_TAG = 50  # lines

# In prose, `<` is a sign of mathematics or a heart: a tag has the name of one, or is one word so far.
_NAMES = (
    "a|abbr|article|aside|audio|b|blockquote|body|br|button|canvas|caption|center|cite|code|dd|del|details|dfn|div|dl|"
    "dt|em|embed|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|"
    "link|main|mark|meta|nav|object|ol|option|p|path|picture|pre|q|s|samp|script|section|select|small|source|span|"
    "strong|style|sub|summary|sup|svg|table|tbody|td|textarea|tfoot|th|thead|time|title|tr|u|ul|var|video"
)
_UNCLOSED = re.compile(rf"<(?:!--(?:(?!-->|<!--).)*+|!\w*|/?[a-zA-Z][\w:-]*|(?:{_NAMES})\s[^<>]*)\Z", re.IGNORECASE)
_ELEMENT = re.compile(r"<(script|style|pre|code|textarea|svg|head|table)\b[^<>]*>", re.IGNORECASE)
_KINDS: dict[str, Kind] = {"head": "frontMatter", "svg": "markup", "table": "tables"}


def unclosed_tag(before: str) -> bool:
    """Whether the cursor is in a tag or comment."""
    return "<" in before and bool(_UNCLOSED.search(before))


class Html:
    """HTML: silent in tags, comments and elements that have no prose."""

    def first(self, lines: Sequence[str]) -> Block:
        """See `Syntax`."""
        return PROSE

    def after(self, block: Block, line: str) -> Block:
        """See `Syntax`."""
        if block.kind:
            if block.closer not in line.lower():
                return PROSE if block.closer == ">" and block.lines > LONGEST_TAG else block.older()
            line = line[line.lower().rindex(block.closer) + len(block.closer) :]
        return _opened(line)

    def at(self, block: Block, before: str, after: str, following: str) -> Kind | None:
        """See `Syntax`."""
        return self.after(block, before).kind


def _opened(line: str) -> Block:
    """The block that a line leaves open."""
    for element in _ELEMENT.finditer(line):
        closer = f"</{element[1].lower()}"
        if closer not in line[element.end() :].lower():
            return Block(_KINDS.get(element[1].lower(), "code"), closer)
    if unclosed_tag(line):
        return Block("markup", "-->" if "<!--" in line else ">")
    return PROSE
