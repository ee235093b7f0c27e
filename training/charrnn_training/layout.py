"""The same prose as different people lay it out, so that a model is at home in each: an augmentation of the corpus."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

import numpy as np

NARROWEST, WIDEST = 56, 90  # columns of hard-wrapped text
LONGEST_TITLE = 60  # characters of a paragraph that can be a heading
LIST, EMPHASIS = 0.06, 0.006  # shares of the paragraphs, and of the words, that Markdown marks
_SENTENCE_END = re.compile(r"(?<=[.!?;]) +(?=[A-Z])")


def vary_layout(documents: Iterable[str], share: float, seed: int) -> Iterator[str]:
    """Lay out a `share` of the documents anew: a third of these hard-wrapped, dense, and in Markdown each."""
    rng = np.random.default_rng(seed)
    for document in documents:
        chance = rng.random()
        width = int(rng.integers(NARROWEST, WIDEST + 1))
        if chance < share / 3:
            yield hard_wrap(document, width)
        elif chance < 2 * share / 3:
            yield document.replace("\n\n", "\n")
        elif chance < share:
            yield mark_up(document, rng)
        else:
            yield document


def hard_wrap(document: str, width: int) -> str:
    """The document with each paragraph broken into lines of at most `width` characters."""
    wrapper = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(wrapper.fill(line) for line in document.split("\n"))


def mark_up(document: str, rng: np.random.Generator) -> str:
    """The document as Markdown: titles as headings, a few paragraphs as lists or quoted, a few words emphasised."""
    paragraphs = document.split("\n\n")
    return "\n\n".join(_marked_paragraph(paragraph, n == 0, rng) for n, paragraph in enumerate(paragraphs))


def _marked_paragraph(text: str, first: bool, rng: np.random.Generator) -> str:
    if not text or "\n" in text:
        return text
    if len(text) <= LONGEST_TITLE and text[-1] not in ".,;:!?\"'-":
        return ("# " if first else "## ") + text
    chance = rng.random()
    if chance < LIST / 3:
        return "\n".join(f"{n}. {item}" for n, item in enumerate(_SENTENCE_END.split(text), 1))
    if chance < 2 * LIST / 3:
        mark = "-" if rng.random() < 0.7 else "*"
        return "\n".join(f"{mark} {item}" for item in _SENTENCE_END.split(text))
    if chance < LIST:
        return "> " + text
    return _emphasise(text, rng)


def _emphasise(text: str, rng: np.random.Generator) -> str:
    words = text.split(" ")
    for n in np.flatnonzero(rng.random(len(words)) < EMPHASIS):
        mark = "**" if rng.random() < 0.3 else "*" if rng.random() < 0.6 else "_"
        if words[n].isalpha():
            words[n] = f"{mark}{words[n]}{mark}"
    return " ".join(words)
