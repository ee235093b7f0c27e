"""What an editor would show while someone types on the page: the same search, gate and memory, and why it is silent."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from charrnn.calibration import percent
from charrnn.excerpt import content, excerpt
from charrnn.memory import Memory
from charrnn.model import Model
from charrnn.page import lines_of
from charrnn.remembered_lines import RememberedLines
from charrnn.search import Length, SearchOptions
from charrnn.suggestions import Suggestions
from charrnn.ui.shelf import Book, Shelf

SHEETS = 8  # open at the same time; the one not used for longest is put away
LONGEST = 1_000_000  # characters


@dataclass(frozen=True)
class Wish:
    """What is asked for."""

    model: str
    text: str
    cursor: int  # code points
    min_confidence: float
    length: Length
    memory: bool
    invoked: bool  # asked for by hand


class Sheet:
    """One text that grows under the writer's hands, with the memory of it."""

    def __init__(self, model: Model, options: SearchOptions, remembers: bool) -> None:
        self.settings = (model, options, remembers)
        self.memory = Memory(model.vocabulary) if remembers else None
        self.suggestions = Suggestions(model, options)
        self._lines = [""]
        self._remembered = RememberedLines(self.memory, [""]) if self.memory is not None else None
        self._edited = 0  # the line of the last edit

    def write(self, lines: list[str]) -> None:
        """Take over the text as it stands now; `lines` have their line ends."""
        old = self._lines
        first = _common(old, lines)
        last = _common(old[first:][::-1], lines[first:][::-1])
        changed = lines[first : len(lines) - last]
        removed = len(old) - last - first
        self._lines = lines
        if self._remembered is None or (not changed and not removed):
            return
        self._remembered.replace(first, removed, [content(line) for line in changed])
        edited, self._edited = self._edited, first + max(0, len(changed) - 1)
        if first != edited or len(changed) > 1:  # a line that was edited is learned again when the writer leaves it
            for _ in self._remembered.catch_up():
                pass

    def answer(self, number: int, offset: int, invoked: bool) -> dict[str, Any]:
        """What is shown at a place of the text, or why nothing is."""
        place = excerpt(self._lines, number, offset)
        self.suggestions.model.memory = self.memory
        *_, shown = self.suggestions.suggest(place, invoked)
        if shown:
            items = [{"text": item.text, "confidence": round(item.confidence, 4)} for item in shown]
            message = f"Shown: right {percent(shown[0].confidence)} of the time."
            return {"items": items, "reason": "shown", "message": message}
        if not invoked and place.after[:1].isalnum():
            message = "Silent: the cursor is inside a word."
            return {"items": [], "reason": "insideWord", "message": message}
        return {"items": [], "reason": "unsure", "message": self._unsure(number, offset, invoked)}

    def _unsure(self, number: int, offset: int, invoked: bool) -> str:
        if invoked:
            return "Silent: nothing that is worth a key follows here."
        *_, guesses = self.suggestions.suggest(excerpt(self._lines, number, offset), invoked=True)
        if not guesses:
            return "Silent: nothing that is worth a key follows here."
        options = self.settings[1]
        return (
            f"Silent: the best guess, \u201c{guesses[0].text}\u201d, is right {percent(guesses[0].confidence)} "
            f"of the time, and the threshold is {options.min_confidence:.0%}."
        )


class Desk:
    """The sheets that are open, by the name that the page gave them."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._sheets: OrderedDict[str, Sheet] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, name: str, wish: Wish) -> dict[str, Any]:
        """What is shown for a wish: `items`, a `reason` with its `message`, and the `milliseconds` that it took."""
        book = self._shelf.take(wish.model)
        options = SearchOptions(min_confidence=wish.min_confidence, length=wish.length)
        lines = lines_of(wish.text[:LONGEST])
        before = wish.text[: max(0, wish.cursor)]
        number = min(before.count("\n"), len(lines) - 1)
        offset = len(before) - (before.rfind("\n") + 1)
        with book.lock:
            started = time.perf_counter()
            sheet = self._sheet(name, book, options, wish.memory)
            sheet.write(lines)
            found = sheet.answer(number, min(offset, len(content(lines[number]))), wish.invoked)
            milliseconds = 1000 * (time.perf_counter() - started)
        return {**found, "milliseconds": round(milliseconds, 1)}

    def _sheet(self, name: str, book: Book, options: SearchOptions, remembers: bool) -> Sheet:
        with self._lock:
            sheet = self._sheets.get(name)
            if sheet is None or sheet.settings != (book.model, options, remembers):
                sheet = self._sheets[name] = Sheet(book.model, options, remembers)
            self._sheets.move_to_end(name)
            while len(self._sheets) > SHEETS:
                self._sheets.popitem(last=False)
            return sheet


def _common(first: list[str], second: list[str]) -> int:
    """How many entries two lists have in common at their beginnings."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count
