"""What stands in a writer's files without being their prose: front matter, licences, and what is kept beside texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from charrnn.evaluation import DOCUMENT_BREAK

HEAD = 1 << 16  # characters within which front matter and a licence's header end
LONGEST_DOCUMENT = 1 << 22  # characters; what goes on longer without a break is cut at the end of a paragraph
FEWEST_LETTERS = 0.6  # share of a text's characters, beside spaces, that are letters in prose of any script
# It begins with a key or a comment; a story may begin with the line that parts its scenes.
_FRONT_MATTER = re.compile(
    r"\A(---|\+\+\+)[ \t]*\n(?=\s*(?:#|[\w\"'. -]{1,40}[:=]|\1))(?:.*\n)*?(?:\1|\.\.\.)[ \t]*(?:\n|\Z)"
)
_GUTENBERG_START = re.compile(r"^\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG.*?\*\*\*[^\n]*\n", re.M | re.S)
_GUTENBERG_END = re.compile(
    r"^(?:\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG|End of (?:the )?Project Gutenberg)", re.M
)
_NOT_PROSE = re.compile(
    r"(?i)(licen[cs]e|copying|copyright|notice|third.?party.*|requirements.*|constraints.*|robots|humans|cmakelists"
    r"|package-lock|wordlist|words|dictionary|stopwords)(-[\w.]+)?\.(txt|md)"
)


def without_head(text: str) -> str:
    """A text without its front matter and without what Project Gutenberg puts before a book."""
    head = _FRONT_MATTER.sub("", text[:HEAD].removeprefix("\ufeff"), count=1)
    if match := _GUTENBERG_START.search(head):
        head = head[match.end() :]
    return head + text[HEAD:]


def split_documents(pieces: Iterable[str]) -> Iterator[str]:
    """The documents of a plain text that comes in pieces: its parts between two blank lines, without boilerplate."""
    held, begun = "", False
    for piece in pieces:
        held += piece
        if not begun:
            if len(held) < HEAD:
                continue
            held, begun = without_head(held), True
        *whole, held = held.split(DOCUMENT_BREAK)
        if len(held) > LONGEST_DOCUMENT:
            cut = held.rfind("\n", 0, LONGEST_DOCUMENT) + 1 or LONGEST_DOCUMENT
            whole, held = [*whole, held[:cut]], held[cut:]
        for document in whole:
            yield from _kept(document)
            if _GUTENBERG_END.search(document):
                return
    if not begun:
        held = without_head(held)
    for document in held.split(DOCUMENT_BREAK):
        yield from _kept(document)
        if _GUTENBERG_END.search(document):
            return


def _kept(document: str) -> Iterator[str]:
    """The document up to a licence, if anything is left of it."""
    if match := _GUTENBERG_END.search(document):
        document = document[: match.start()]
    if document := document.strip("\n"):
        yield document


def named_as_no_prose(file: Path) -> bool:
    """Whether the name is one that licences, lists and settings have."""
    return _NOT_PROSE.fullmatch(file.name) is not None


def letters_share(text: str) -> float:
    """The share of the characters of a text, beside spaces, that are letters; 1 of nothing."""
    written = [letter for letter in text if not letter.isspace()]
    # Many scripts write vowels as marks.
    return sum(unicodedata.category(letter)[0] in "LM" for letter in written) / len(written) if written else 1.0
