"""How surprised a model is by each character of a text, and what it expected instead."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from charrnn.cell import Logits, State, initial_state
from charrnn.sampling import log_softmax
from charrnn.ui.shelf import Book
from charrnn.vocabulary import DOCUMENT, UNKNOWN

INTERVAL = 256  # characters between the states that are kept
LEAST = 1e-30  # probability, so that nothing costs more than 100 bits
ALTERNATIVES = 12


@dataclass
class Scored:
    """A text that is being scored: what each character costs, as far as it was read."""

    text: str
    model: str
    bits: npt.NDArray[np.float32] = field(init=False)  # [n], -log2 P; NaN where the alphabet lacks the character
    read: int = 0  # characters
    states: list[tuple[Logits, State]] = field(default_factory=list)  # every `INTERVAL` characters

    def __post_init__(self) -> None:
        self.bits = np.zeros(len(self.text), np.float32)

    @property
    def bits_per_character(self) -> float:
        """The mean over what was read, unknown characters included at what they cost."""
        return float(self.bits[: self.read].mean()) if self.read else 0.0


@dataclass(frozen=True)
class Expected:
    """A character that could stand at a place, and its probability."""

    character: str
    probability: float


def score(book: Book, text: str, every: int = 1024) -> Iterator[Scored]:
    """Read `text` as a document of its own; yields what is known after each `every` characters and at the end."""
    scored = Scored(text.replace("\r\n", "\n").replace("\r", "\n"), book.model.name)
    cell = book.model.cell
    logits, state = cell.run(np.array([[DOCUMENT]]), initial_state(cell.architecture))
    for place, character in enumerate(scored.text):
        if place % INTERVAL == 0:
            scored.states.append((logits, state))
        for symbol in book.model.vocabulary.encode(character).tolist():
            scored.bits[place] += _bits(logits, symbol)
            logits, state = cell.run(np.array([[symbol]]), state)
        scored.read = place + 1
        if scored.read % every == 0:
            yield scored
    yield scored


def expected(book: Book, scored: Scored, place: int, count: int = ALTERNATIVES) -> list[Expected]:
    """The most probable characters at a place that was read, the best first; the one that stands there is among them.

    A character that the alphabet writes with several symbols is told by the first of them.
    """
    place = max(0, min(place, scored.read - 1))
    vocabulary = book.model.vocabulary
    logits, state = scored.states[place // INTERVAL]
    for symbol in vocabulary.encode(scored.text[place // INTERVAL * INTERVAL : place]).tolist():
        logits, state = book.model.cell.run(np.array([[symbol]]), state)
    p = np.exp(log_softmax(logits))[0]
    ids = np.argsort(-p, kind="stable")[:count].tolist()
    real = vocabulary.encode(scored.text[place]).tolist()[:1]
    if real and real[0] != UNKNOWN and real[0] not in ids:
        ids[-1] = real[0]
    return [Expected(vocabulary.decode([i]), float(p[i])) for i in ids]


def _bits(logits: Logits, symbol: int) -> float:
    """What a symbol costs; the logits of what can be written are those of all but the specials."""
    shifted = logits[0] - logits[0].max()
    nats = math.log(float(np.exp(shifted).sum())) - float(shifted[symbol])
    return min(nats / math.log(2), -math.log2(LEAST))
