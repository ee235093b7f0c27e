"""Hidden states at known prefixes of text, so that reading costs one step a typed character.

A state is derived from text and nothing else: the cache maps a text to what the network makes of it. So an undo, a
paste or a reload cannot make it stale, and dropping entries costs time but never changes a result.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from charrnn.cell import Cell, Logits, State, initial_state
from charrnn.vocabulary import DOCUMENT, Vocabulary

INTERVAL = 128  # characters between two checkpoints
# Characters that are read at least where there is no time for more. Against 96, the bundled model predicts the next 8
# worse by 0.007 bits per character, and has the first answer after a jump in two thirds of the time.
HURRIED = 64
BURST = 16  # characters that are read before others get their turn


@dataclass(frozen=True)
class Reading:
    """What the network makes of a text: the logits [1, V] of the next character, and its state [S, 1, H]."""

    logits: Logits
    state: State


@dataclass(frozen=True)
class Context:
    """The text that is read: all of a document before the cursor, or the last part of it."""

    text: str
    from_start: bool  # whether the document begins here


class PrefixCache:
    """Readings of contexts, least recently used ones dropped beyond `capacity` bytes."""

    def __init__(self, cell: Cell, vocabulary: Vocabulary, capacity: int = 32 << 20) -> None:
        self._cell = cell
        self._vocabulary = vocabulary
        self._capacity = capacity
        self.forget()

    def forget(self) -> None:
        """Drop all that was read."""
        self._entries: OrderedDict[Context, Reading] = OrderedDict()
        self.size = 0  # bytes

    def read(self, context: Context) -> Iterator[Reading | None]:
        """Read `context`, giving way (`None`) now and then; the last item is the result."""
        known, reading = self._longest_known(context)
        if reading is None:
            reading = self._begin(context)
        place = known
        while place < len(context.text):
            stop = min(place + BURST, len(context.text), (place // INTERVAL + 1) * INTERVAL)
            ids = self._vocabulary.encode(context.text[place:stop])
            if len(ids):
                reading = Reading(*self._cell.run(ids[None], reading.state))
            place = stop
            if place % INTERVAL == 0 or place == len(context.text):
                self._store(Context(context.text[:place], context.from_start), reading)
            if place < len(context.text):
                yield None
        yield reading

    def hurried(self, context: Context) -> Context:
        """`context`, if reading it takes but a few steps more; else its end, enough for a first answer.

        The end begins at a multiple of characters, so that the next key finds it read.
        """
        known, _ = self._longest_known(context)
        if len(context.text) - known <= INTERVAL:
            return context
        start = (len(context.text) - HURRIED) // BURST * BURST
        return Context(context.text[start:], from_start=False)

    def _longest_known(self, context: Context) -> tuple[int, Reading | None]:
        """The longest stored prefix of `context`: where it ends, and its reading."""
        text = context.text
        # The last few places, for typing, short deletions and words taken; then the checkpoints.
        near = range(len(text), max(0, len(text) - INTERVAL), -1)
        far = range((len(text) - INTERVAL) // INTERVAL * INTERVAL, 0, -INTERVAL)
        for places in (near, far):
            for place in places:
                entry = Context(text[:place], context.from_start)
                if entry in self._entries:
                    self._entries.move_to_end(entry)
                    return place, self._entries[entry]
        return 0, None

    def _begin(self, context: Context) -> Reading:
        state = initial_state(self._cell.architecture)
        if context.from_start or not context.text:
            return Reading(*self._cell.run(np.array([[DOCUMENT]]), state))
        # Mid-document: nothing is known of what came before, and there is no symbol for that.
        return Reading(np.zeros((1, self._cell.architecture.vocabulary), np.float32), state)

    def _store(self, context: Context, reading: Reading) -> None:
        if context in self._entries:
            return
        self._entries[context] = reading
        self.size += _bytes(context, reading)
        while self.size > self._capacity and len(self._entries) > 1:
            self.size -= _bytes(*self._entries.popitem(last=False))


def _bytes(context: Context, reading: Reading) -> int:
    return reading.state.nbytes + reading.logits.nbytes + 4 * len(context.text) + 512
