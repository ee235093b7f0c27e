"""Text as it is written: one continuation, or several of the same prompt side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from charrnn.prefix_cache import Context, Reading
from charrnn.sampling import Sampling, draw, log_softmax, shape
from charrnn.ui.shelf import Book


def written(book: Book, prompt: str, samplings: Sequence[Sampling], seed: int, characters: int) -> Iterator[list[str]]:
    """What follows `prompt` under each sampling [N], as it grows word by word; the last has so many characters.

    Each is what `Model.generate` writes with that sampling and seed.
    """
    model = book.model
    rngs = [np.random.default_rng(seed) for _ in samplings]
    with book.lock:
        reading = read(book, Context(prompt.replace("\r\n", "\n"), from_start=True))
    rows = [0] * len(samplings)
    logits, state = reading.logits[rows], reading.state[:, rows]
    texts = [""] * len(samplings)
    for count in range(1, characters + 1):
        log_p = log_softmax(logits)
        chosen = zip(log_p, samplings, rngs, strict=True)
        ids = np.concatenate([draw(shape(row[None], sampling), rng) for row, sampling, rng in chosen])
        texts = [text + model.vocabulary.decode([i]) for text, i in zip(texts, ids.tolist(), strict=True)]
        if count < characters:
            logits, state = model.cell.run(ids[:, None], state)
        if count == characters or texts[0][-1:].isspace():
            yield texts


def read(book: Book, context: Context) -> Reading:
    """What the network makes of a text. The caller holds the lock."""
    *_, reading = book.model.cache.read(context)
    assert reading is not None
    return reading
