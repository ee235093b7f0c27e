"""A simulated writer: what of a suggestion they would take, and what that saves over a text.

After each typed key the writer looks at the first suggestion. A reader takes the longest run of its whole words that is
what they were about to write, if that saves at least one key. The whole suggestion costs one key, otherwise each word
does. Someone who takes blindly takes all of it, and pays a key more to be rid of what was wrong.
Keystroke savings are 1 - keys / characters (Trnka and McCoy, "Evaluating word prediction", 2008).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_WORD = re.compile(r"\s*\S+")


@dataclass(frozen=True)
class Offer:
    """A text that is shown, and the probability of being right that it is shown with."""

    text: str
    confidence: float


@dataclass(frozen=True)
class Look:
    """One suggestion that was shown: where, what, and how much of it was right and taken."""

    place: int  # characters written before it
    shown: str
    confidence: float
    right: int  # characters of its words that were right
    taken: int  # characters that were taken
    keys: int  # that this cost

    @property
    def saved(self) -> int:
        """Keys that were saved by looking here; below 0 where something wrong was taken."""
        return self.taken - self.keys

    @property
    def all_right(self) -> bool:
        return self.right == len(self.shown)


@dataclass
class Typing:
    """What happened while `text` was typed from `start` on."""

    text: str
    start: int = 0
    characters: int = 0
    keys: int = 0
    asked: int = 0
    looks: list[Look] = field(default_factory=list)

    @property
    def savings(self) -> float:
        """Keystroke savings, at most 1; below 0 where suggestions cost more than they save."""
        return 1 - self.keys / self.characters if self.characters else 0.0

    @property
    def shown_rate(self) -> float:
        """Share of the keys after which something was shown."""
        return len(self.looks) / self.asked if self.asked else 0.0

    @property
    def precision(self) -> float:
        """Share of what was shown whose first word was right."""
        return sum(look.right > 0 for look in self.looks) / max(1, len(self.looks))


Taker = Callable[[str, str], tuple[int, int, int]]
"""From what is shown and what the writer is about to write: characters that are right, that are taken, and the keys."""


def words_taken(suggestion: str, ahead: str) -> tuple[int, int]:
    """How much of `suggestion` is right, in whole words, when `ahead` is what comes; and the keys to take it."""
    if suggestion and ahead.startswith(suggestion):
        return len(suggestion), 1
    length = keys = 0
    for count, word in enumerate(_WORD.finditer(suggestion), start=1):
        end = word.end()
        following = ahead[end : end + 1]
        goes_on = following != "" and not following.isspace() and suggestion[end : end + 1].isspace()
        if suggestion[:end] != ahead[:end] or goes_on:
            break
        length, keys = end, count
    return length, keys


def take_reading(shown: str, ahead: str) -> tuple[int, int, int]:
    """Take the words that are right, where that saves a key."""
    right, keys = words_taken(shown, ahead)
    return (right, right, keys) if right > keys else (right, 0, 0)


def take_blindly(shown: str, ahead: str) -> tuple[int, int, int]:
    """Take all that is shown with one key, and undo it with another where any of it is wrong."""
    right, _ = words_taken(shown, ahead)
    return (right, right, 1) if right == len(shown) else (right, 0, 2)


def type_text(
    text: str,
    start: int,
    suggest: Callable[[int], Offer | None],
    take: Taker = take_reading,
    stop: int | None = None,
) -> Typing:
    """Type `text` from `start` to `stop`; `suggest(place)` is what is shown when `place` characters stand there."""
    typing = Typing(text, start)
    stop = len(text) if stop is None else stop
    place = start
    while place < stop:
        place += 1
        typing.keys += 1
        typing.asked += 1
        offer = suggest(place)
        if offer is not None:
            right, taken, keys = take(offer.text, text[place:stop])
            typing.looks.append(Look(place, offer.text, offer.confidence, right, taken, keys))
            place += taken
            typing.keys += keys
    typing.characters = place - start
    return typing
