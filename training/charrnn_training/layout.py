"""The same prose as different people lay it out, so that a model is at home in each: an augmentation of the corpus."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

import numpy as np

NARROWEST, WIDEST = 56, 90  # columns of hard-wrapped text


def vary_layout(documents: Iterable[str], share: float, seed: int) -> Iterator[str]:
    """Lay out a `share` of the documents anew: half of these hard-wrapped, half without blank lines."""
    rng = np.random.default_rng(seed)
    for document in documents:
        chance = rng.random()
        width = int(rng.integers(NARROWEST, WIDEST + 1))
        if chance < share / 2:
            yield hard_wrap(document, width)
        elif chance < share:
            yield document.replace("\n\n", "\n")
        else:
            yield document


def hard_wrap(document: str, width: int) -> str:
    """The document with each paragraph broken into lines of at most `width` characters."""
    wrapper = textwrap.TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(wrapper.fill(line) for line in document.split("\n"))
