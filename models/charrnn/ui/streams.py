"""Text as it is written: one continuation, or several of the same prompt side by side."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence

import numpy as np

from charrnn.page import Page
from charrnn.prefix_cache import Reading
from charrnn.sampling import Sampling, draw, log_softmax, shape
from charrnn.ui.shelf import Book

PAUSE = 0.1  # seconds between two views of a text: a browser that gets more than it can show answers no button


def written(book: Book, prompt: str, samplings: Sequence[Sampling], seed: int, characters: int) -> Iterator[list[str]]:
    """What follows `prompt` under each sampling [N], as it grows; the last has so many characters.

    Each is what `Model.generate` writes with that sampling and seed. Of a long prompt the end is read, as much of it as
    an editor reads.
    """
    model = book.model
    rngs = [np.random.default_rng(seed) for _ in samplings]
    with book.lock:
        reading = _read(book, prompt.replace("\r\n", "\n"))
    rows = [0] * len(samplings)
    logits, state = reading.logits[rows], reading.state[:, rows]
    texts = [""] * len(samplings)
    shown = -math.inf
    for count in range(1, characters + 1):
        log_p = log_softmax(logits)
        chosen = zip(log_p, samplings, rngs, strict=True)
        ids = np.concatenate([draw(shape(row[None], sampling), rng) for row, sampling, rng in chosen])
        texts = [text + model.vocabulary.decode([i]) for text, i in zip(texts, ids.tolist(), strict=True)]
        if count < characters:
            logits, state = model.cell.run(ids[:, None], state)
        if count == characters or time.monotonic() - shown > PAUSE:
            yield texts
            shown = time.monotonic()


def _read(book: Book, prompt: str) -> Reading:
    *_, reading = book.model.cache.read(Page(None, prompt).excerpt().before)
    assert reading is not None
    return reading
