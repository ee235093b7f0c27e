"""Text that the base model has learned, read again beside the new: fine-tuning then forgets less of it.

("Experience replay", Robins 1995.)
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from charrnn_training.spool import Spool

LONGEST = 8000  # characters of a piece


def replayed(spool: Spool, characters: float, seed: int) -> Iterator[str]:
    """Pieces from all over the documents of `spool`, none twice, until there are so many characters.

    Each character is as likely to be among them as any other: long documents have more pieces.
    """
    pieces = -(-np.array(spool.lengths, np.int64) // LONGEST)  # of each document
    first = np.cumsum(pieces) - pieces
    for number in np.random.default_rng(seed).permutation(int(pieces.sum())).tolist():
        if characters <= 0:
            return
        document = int(np.searchsorted(first, number, "right")) - 1
        piece = _piece(spool[document], number - int(first[document]))
        characters -= len(piece)
        if piece:
            yield piece


def _piece(document: str, number: int) -> str:
    """The paragraphs of a document that begin in its stretch `number` of `LONGEST` characters."""
    start = _paragraph(document, number * LONGEST)
    stop = _paragraph(document, (number + 1) * LONGEST)
    return document[start:stop].rstrip("\n")


def _paragraph(document: str, place: int) -> int:
    """Where the first paragraph at or after `place` begins, if one begins soon; else `place`, or the end."""
    if place == 0 or place >= len(document):
        return min(place, len(document))
    found = document.find("\n\n", place, place + LONGEST // 2)
    return found + 2 if found >= 0 else place
