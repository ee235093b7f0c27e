"""What a model saves a writer over a text: the simulated writer at work with suggestions as editors get them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from charrnn.excerpt import excerpt
from charrnn.memory import Memory, RememberedLines
from charrnn.model import Model
from charrnn.search import SearchOptions
from charrnn.suggestions import Suggestions
from charrnn.writer import Typing, type_text


@dataclass
class Measured:
    """A text that was typed, and the seconds that each suggestion took."""

    typing: Typing
    seconds: list[float] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Milliseconds that no more than `share` of the suggestions took."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def evaluate_typing(
    model: Model, options: SearchOptions, text: str, given: int = 0, *, with_memory: bool = True
) -> Measured:
    """Type `text` after its first `given` characters, with the memory of this document alone, or with none."""
    model.memory = Memory(model.vocabulary) if with_memory else None
    page = _Page(model.memory)
    suggestions = Suggestions(model, options)
    measured = Measured(Typing())
    page.write(text[:given])

    def suggest(place: int) -> str:
        started = time.perf_counter()
        page.write(text[page.length : place])
        *_, shown = suggestions.suggest(excerpt(page.lines, len(page.lines) - 1, len(page.lines[-1])), invoked=False)
        measured.seconds.append(time.perf_counter() - started)
        return shown[0] if shown else ""

    measured.typing = type_text(text, given, suggest)
    return measured


class _Page:
    """A document that grows at its end, as lines with their ends, and in a memory."""

    def __init__(self, memory: Memory | None) -> None:
        self.lines = [""]
        self.length = 0
        self._remembered = RememberedLines(memory, [""]) if memory is not None else None

    def write(self, text: str) -> None:
        parts = text.split("\n")
        parts[0] = self.lines[-1] + parts[0]
        if self._remembered is not None:
            self._remembered.replace(len(self.lines) - 1, 1, parts)
            for _ in self._remembered.catch_up():
                pass
        self.lines[-1:] = [part + "\n" for part in parts[:-1]] + parts[-1:]
        self.length += len(text)
