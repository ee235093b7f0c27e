"""How well a model predicts text: bits per character, with the state carried through each document."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from charrnn.cell import Cell, initial_state
from charrnn.errors import TextError
from charrnn.memory import Memory
from charrnn.page import Page
from charrnn.vocabulary import DOCUMENT, Vocabulary

DOCUMENT_BREAK = "\n\n\n"  # two blank lines within a file part one document from the next
_CHUNK = 256  # characters of each document that are read at a time


def bits_per_character(
    cell: Cell, vocabulary: Vocabulary, documents: Sequence[str], watch: Callable[[int], None] = lambda read: None
) -> float:
    """The mean of -log2 P(character | all characters of its document before it).

    Documents are read side by side as rows of a batch. A character that the alphabet writes with several symbols costs
    the sum of theirs. `watch` is told how many characters were read. Raises `TextError` where there is no text.
    """
    characters = sum(map(len, documents))
    if not characters:
        raise TextError("There is no text to evaluate on. Name a file with prose in it.")
    rows = sorted((np.concatenate(([DOCUMENT], vocabulary.encode(text))) for text in documents), key=len, reverse=True)
    state = initial_state(cell.architecture, len(rows))
    nats, read = 0.0, 0
    for start in range(0, len(rows[0]) - 1, _CHUNK):
        chunks = [row[start : start + _CHUNK + 1] for row in rows if len(row) > start + 1]
        steps = len(chunks[0]) - 1
        ids = np.full((len(chunks), steps + 1), DOCUMENT, np.int64)
        for row, chunk in zip(ids, chunks, strict=True):
            row[: len(chunk)] = chunk
        logits, state = cell.score(ids[:, :-1], state[:, : len(chunks)])
        real = np.arange(steps) < np.array([[len(chunk) - 1] for chunk in chunks])
        nats += float(_costs(logits, ids[:, 1:])[real].sum())
        read += int(real.sum())
        watch(read)
    return nats / math.log(2) / characters


def character_bits(
    cell: Cell, vocabulary: Vocabulary, text: str, memory: Memory | None = None
) -> npt.NDArray[np.float64]:
    """-log2 P of each character [n] of one document, with what an empty `memory` learns of it on the way mixed in."""
    text = text.replace("\r\n", "\n")
    page = Page(memory)
    context = memory.context("\n") if memory is not None else b""
    logits, state = cell.run(np.array([[DOCUMENT]]), initial_state(cell.architecture))
    bits = np.zeros(len(text))
    for place, character in enumerate(text):
        for symbol in vocabulary.encode(character).tolist():
            p = _softmax(logits[0])
            if memory is not None:
                expectation = memory.expect(p.copy(), context)
                memory.mix(p[None], [1.0], [context])
                p /= p.sum()
                memory.adapt(expectation, symbol)
                context = memory.following(context, symbol)
            bits[place] -= math.log2(max(float(p[symbol]), 1e-30))
            logits, state = cell.run(np.array([[symbol]]), state)
        page.write(character)
    return bits


def _softmax(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Probabilities [V] of logits [V]."""
    p: npt.NDArray[np.float32] = np.exp(logits - logits.max())
    p /= p.sum()
    return p


def _costs(logits: npt.NDArray[np.float32], targets: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
    """Nats [B, T] that the targets [B, T] cost under logits [B, T, V]."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    chosen = np.take_along_axis(shifted, targets[..., None], axis=-1)[..., 0]
    costs: npt.NDArray[np.float32] = np.log(np.exp(shifted).sum(axis=-1)) - chosen
    return costs
