"""What a model saves a writer over a text: the simulated writer at work with suggestions as editors get them."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from charrnn.memory import Memory
from charrnn.model import Model
from charrnn.page import Page
from charrnn.search import SearchOptions
from charrnn.suggestions import Suggestions
from charrnn.writer import Offer, Taker, Typing, take_reading, type_text

GAP_WORDS = (1, 6)  # how many words may be missing in a gap


@dataclass
class Measured:
    """A text that was typed, and the seconds that each suggestion took."""

    typing: Typing
    seconds: list[float] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Milliseconds that no more than `share` of the suggestions took."""
        return milliseconds(self.seconds, share)


def milliseconds(seconds: list[float], share: float) -> float:
    """The quantile of `seconds` at `share`, in milliseconds."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def evaluate_typing(
    model: Model,
    options: SearchOptions,
    text: str,
    given: int = 0,
    *,
    with_memory: bool = True,
    take: Taker = take_reading,
) -> Measured:
    """Type `text` after its first `given` characters, with the memory of this document alone, or with none."""
    _begin(model, with_memory=with_memory)
    page = Page(model.memory, text[:given])
    return _measure(text, given, len(text), _suggester(Suggestions(model, options), page), take)


def evaluate_gaps(
    model: Model, options: SearchOptions, text: str, count: int, *, with_memory: bool = True, seed: int = 0
) -> list[Measured]:
    """Take some words out of lines of `text` at `count` random places, one after the other, and type each in again."""
    _begin(model, with_memory=with_memory)
    suggestions = Suggestions(model, options)
    measured = []
    for start, stop in gaps(text, count, seed):
        page = Page(model.memory, text[:start], text[stop:])
        measured.append(_measure(text, start, stop, _suggester(suggestions, page), take_reading))
        page.close()
    return measured


def _begin(model: Model, *, with_memory: bool) -> None:
    """A writer whom the model does not know."""
    model.memory = Memory(model.vocabulary) if with_memory else None
    model.forget()


def gaps(text: str, count: int, seed: int = 0) -> list[tuple[int, int]]:
    """Where words are taken out: from the end of a word to the end of a later one that more of the line follows."""
    rng = random.Random(seed)
    places = list(_gaps(text, rng))
    return sorted(rng.sample(places, min(count, len(places))))


def _gaps(text: str, rng: random.Random) -> Iterator[tuple[int, int]]:
    """One gap for each word after which there is room for it."""
    for line in re.finditer(r"[^\n]+", text):
        ends = [line.start() + word.end() for word in re.finditer(r"\w+", line[0])]
        for first, start in enumerate(ends[:-1]):
            last = min(first + rng.randint(*GAP_WORDS), len(ends) - 2)
            if last > first:
                yield start, ends[last]


def _suggester(suggestions: Suggestions, page: Page) -> Callable[[str], Offer | None]:
    """What is shown after some more text was written on `page`."""

    def write(added: str) -> Offer | None:
        page.write(added)
        *_, shown = suggestions.suggest(page.excerpt(), invoked=False)
        return Offer(shown[0].text, shown[0].confidence) if shown else None

    return write


def _measure(text: str, start: int, stop: int, write: Callable[[str], Offer | None], take: Taker) -> Measured:
    """Type from `start` to `stop`, and take the time that each answer needs."""
    seconds: list[float] = []
    written = start

    def suggest(place: int) -> Offer | None:
        nonlocal written
        started = time.perf_counter()
        offer = write(text[written:place])
        seconds.append(time.perf_counter() - started)
        written = place
        return offer

    return Measured(type_text(text, start, suggest, take, stop), seconds)
