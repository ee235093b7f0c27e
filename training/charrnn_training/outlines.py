"""Org, reStructuredText and AsciiDoc -> prose as it was typed, since that is what an editor will show the model.

Line by line, without what is no prose: code, comments, tables, attributes and the targets of links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from charrnn_training.boilerplate import without_head
from charrnn_training.markup import one_document

Patterns = Sequence[tuple[re.Pattern[str], str]]  # what in a line is replaced, and by what

_ORG_BLOCK = re.compile(r"(?i)\s*(?:#\+begin_(src|example|export|comment|latex)\b|:(properties|logbook):\s*\Z)")
_ORG_LINE = re.compile(r"\s*(?:#(?:\+|\s|\Z)|\||:(?:\s|\Z)|(?:SCHEDULED|DEADLINE|CLOSED):)")
_ORG_WITHIN: Patterns = (
    (re.compile(r"^(\*+ )(?:(?:TODO|DONE) )?(?:\[#\w\] )?"), r"\1"),
    (re.compile(r"^(\*+ .*?)\s+:[\w@:]+:$"), r"\1"),
    (re.compile(r"\[\[[^\[\]]*\]\[([^\[\]]+)\]\]"), r"\1"),
    (re.compile(r" ?\[\[[^\[\]]*\]\]| ?[<\[]\d{4}-\d\d-\d\d[^>\]\n]*[>\]]|\[(?:fn|cite)[:/][^\]]*\]"), ""),
)

# Directives whose content is prose.
_RST_PROSE = re.compile(
    r"\s*\.\. (?:note|warning|tip|hint|important|caution|attention|danger|error|admonition|topic|epigraph|highlights"
    r"|pull-quote|sidebar|seealso)::"
)
_RST_HIDDEN = re.compile(r"\s*\.\.(?:\s|\Z)")
_RST_NOTE = re.compile(r"\s*\.\. \[[^\]]+\] ")
_RST_LINE = re.compile(
    r"\s*(?:([=\-~^\"'`#*+.:_<>])\1{2,}\s*\Z|\+[-=+]{2,}|\||=+(?: +=+)+\s*\Z|:[A-Za-z][^:`]*:(?:\s|\Z)|__ )"
)
_RST_WITHIN: Patterns = (
    (re.compile(r":[\w:+.-]+:`([^`<]+?)(?: *<[^`>]*>)?`"), r"\1"),
    (re.compile(r"`([^`<]+?) *<[^`>]*>`__?"), r"\1"),
    (re.compile(r"(?<!`)`([^`]+)`__?"), r"\1"),
    (re.compile(r" ?\[(?:#\w*|\d+|\*)\]_"), ""),
    (re.compile(r"::$"), ":"),
)

# What encloses a block stands alone on a line, the same before and after it (AsciiDoc, "Delimited blocks").
_ADOC_FENCE = re.compile(r"(-{4,}|\.{4,}|\+{4,}|/{4,}|```\S*|[|,:!]===)\s*\Z")
_ADOC_LINE = re.compile(
    r"(?:[=*_]{4,}\s*\Z|--\s*\Z|<<<\s*\Z|'{3,}\s*\Z|\+\s*\Z|:!?[\w-]+!?:(?:\s|\Z)|\[[^\]]*\]\s*\Z|//"
    r"|(?:image|video|audio|include|toc|ifn?def|endif|stem)::)"
)
_ADOC_WITHIN: Patterns = (
    (re.compile(r"(?:link:|xref:|mailto:|(?=https?://))[^\s\[]+\[([^\],]*)[^\]]*\]"), r"\1"),
    (re.compile(r"<<[^<>,]*,\s*([^<>]*)>>"), r"\1"),
    (re.compile(r" ?<<[^<>]*>>| ?(?:image|kbd|btn|icon):[^\s\[]*\[[^\]]*\]|footnote:\w*\[[^\]]*\]|\[\[[^\]]*\]\]"), ""),
)


def org_prose(source: str) -> str:
    """The prose of an Org file."""
    return _joined(_outside(source.split("\n"), _org_closer, _ORG_LINE), _ORG_WITHIN)


def rst_prose(source: str) -> str:
    """The prose of a reStructuredText file."""
    return _joined(_rst_lines(source.split("\n")), _RST_WITHIN)


def asciidoc_prose(source: str) -> str:
    """The prose of an AsciiDoc file."""
    return _joined(_outside(without_head(source).split("\n"), _asciidoc_closer, _ADOC_LINE), _ADOC_WITHIN)


def _joined(lines: Iterable[str], within: Patterns) -> str:
    kept = []
    for line in lines:
        for pattern, instead in within:
            line = pattern.sub(instead, line)  # noqa: PLW2901
        kept.append(line)
    return one_document("\n".join(kept))


def _outside(lines: Iterable[str], closer_of: Callable[[str], str], left_out: re.Pattern[str]) -> Iterator[str]:
    """The lines outside of blocks, without those left out; `closer_of` says what ends a block that a line begins."""
    closer = ""
    for line in lines:
        if closer:
            closer = "" if line.strip().lower() == closer else closer
        elif not (closer := closer_of(line)) and not left_out.match(line):
            yield line


def _org_closer(line: str) -> str:
    block = _ORG_BLOCK.match(line)
    return "" if block is None else f"#+end_{block[1].lower()}" if block[1] else ":end:"


def _asciidoc_closer(line: str) -> str:
    fence = _ADOC_FENCE.match(line)
    return "" if fence is None else "```" if fence[1].startswith("```") else fence[1]


def _rst_lines(lines: Iterable[str]) -> Iterator[str]:
    left_out: int | None = None  # the indentation of what began a block: what is deeper belongs to it
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if not line.strip():
            yield ""
        elif left_out is not None and depth > left_out:
            continue
        elif _RST_PROSE.match(line):
            left_out = None
        elif _RST_HIDDEN.match(line) and not _RST_NOTE.match(line):
            left_out = depth
        else:
            left_out = depth if line.rstrip().endswith("::") else None
            if line.strip() != "::" and not _RST_LINE.match(line):
                yield _RST_NOTE.sub("", line).strip()
