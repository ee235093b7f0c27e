"""How surprised a model is by each character of a text, and what it expected instead."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from charrnn.cell import Logits, State, initial_state
from charrnn.ui.shelf import Book
from charrnn.vocabulary import DOCUMENT

INTERVAL = 256  # characters between the states that are kept
EVERY = 1024  # characters after which the rest of the page gets its turn
LEAST = 1e-30  # probability, so that nothing costs more than 100 bits
ALTERNATIVES = 12


@dataclass
class Scored:
    """A text that is being scored: what each character costs, as far as it was read."""

    text: str
    book: Book  # the model as it was then: another may have its name by now, and its states would be no use to that
    bits: npt.NDArray[np.float32] = field(init=False)  # [n], -log2 P
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

    character: str  # of the alphabet; U+FFFD for whatever is not in it
    probability: float
    stands: bool  # whether it is the one that stands there


def score(book: Book, text: str) -> Iterator[Scored]:
    """Read `text` as a document of its own; yields what is known after each `EVERY` characters and at the end."""
    scored = Scored(text.replace("\r\n", "\n").replace("\r", "\n"), book)
    cell = book.model.cell
    logits, state = cell.run(np.array([[DOCUMENT]]), initial_state(cell.architecture))
    for place, character in enumerate(scored.text):
        if place % INTERVAL == 0:
            scored.states.append((logits, state))
        for symbol in book.model.vocabulary.encode(character).tolist():
            scored.bits[place] += _bits(logits, symbol)
            logits, state = cell.run(np.array([[symbol]]), state)
        scored.read = place + 1
        if scored.read % EVERY == 0 and scored.read < len(scored.text):
            yield scored
    yield scored


def expected(scored: Scored, place: int, count: int = ALTERNATIVES) -> list[Expected]:
    """The most probable characters at a place that was read, the best first; the one that stands there is among them.

    A character that the alphabet writes with several symbols is told by the first of them.
    """
    place = max(0, min(place, scored.read - 1))
    model = scored.book.model
    logits, state = scored.states[place // INTERVAL]
    for symbol in model.vocabulary.encode(scored.text[place // INTERVAL * INTERVAL : place]).tolist():
        logits, state = model.cell.run(np.array([[symbol]]), state)
    p = _softmax(logits)
    ids = np.argsort(-p, kind="stable")[:count].tolist()
    real = next(iter(model.vocabulary.encode(scored.text[place]).tolist()), None)
    if real is not None and real not in ids:
        ids[-1] = real
    return [Expected(model.vocabulary.decode([i]), float(p[i]), i == real) for i in ids]


def _bits(logits: Logits, symbol: int) -> float:
    """What a symbol costs, as `charrnn.evaluation` counts."""
    return -math.log2(max(float(_softmax(logits)[symbol]), LEAST))


def _softmax(logits: Logits) -> npt.NDArray[np.float32]:
    """Probabilities [V] of logits [1, V], of the specials, too."""
    p: npt.NDArray[np.float32] = np.exp(logits[0] - logits[0].max())
    p /= p.sum()
    return p
