"""Text that the base model has learned, read again beside the new: fine-tuning then forgets less of it.

("Experience replay", Robins 1995.)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from charrnn_training.spool import Spool

LONGEST = 8000  # characters that are taken of one document


def replayed(spool: Spool, characters: float, seed: int) -> Iterator[str]:
    """Documents of `spool` in random order, or pieces of long ones, until there are so many characters."""
    rng = np.random.default_rng(seed)
    for number in rng.permutation(len(spool)).tolist():
        if characters <= 0:
            return
        piece = _piece(spool[number], rng)
        characters -= len(piece)
        yield piece


def _piece(document: str, rng: np.random.Generator) -> str:
    """All of a short document; of a long one some paragraphs that follow one another."""
    if len(document) <= LONGEST:
        return document
    start = int(rng.integers(len(document) - LONGEST))
    paragraph = document.find("\n\n", start, start + LONGEST // 2)
    start = paragraph + 2 if paragraph >= 0 else start
    return document[start : start + LONGEST]
