"""A simulated writer: what of a suggestion they would take, and what that saves over a text.

After each typed key the writer looks at the first suggestion and takes the longest run of its whole words that is what
they were about to write, if that saves at least one key. The whole suggestion costs one key, otherwise each word does.
Keystroke savings are 1 - keys / characters (Trnka and McCoy, "Evaluating word prediction", 2008).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_WORD = re.compile(r"\s*\S+")


@dataclass(frozen=True)
class Look:
    """One suggestion that was shown: where, what, and how much of it was right and taken."""

    place: int  # characters written before it
    shown: str
    right: int  # characters of its words that were right
    taken: int  # characters that were taken


@dataclass
class Typing:
    """What happened while a text was typed."""

    characters: int = 0
    keys: int = 0
    asked: int = 0
    looks: list[Look] = field(default_factory=list)

    @property
    def savings(self) -> float:
        """Keystroke savings, 0 to 1."""
        return 1 - self.keys / self.characters if self.characters else 0.0

    @property
    def shown_rate(self) -> float:
        """Share of the keys after which something was shown."""
        return len(self.looks) / self.asked if self.asked else 0.0

    @property
    def precision(self) -> float:
        """Share of what was shown whose first word was right."""
        return sum(look.right > 0 for look in self.looks) / max(1, len(self.looks))


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


def type_text(text: str, start: int, suggest: Callable[[int], str]) -> Typing:
    """Type `text` from `start` on; `suggest(place)` is what is shown when `place` characters stand there."""
    typing = Typing()
    place = start
    while place < len(text):
        place += 1
        typing.keys += 1
        typing.asked += 1
        shown = suggest(place)
        if shown:
            right, keys = words_taken(shown, text[place:])
            taken = right if right > keys else 0
            typing.looks.append(Look(place, shown, right, taken))
            if taken:
                place += taken
                typing.keys += keys
    typing.characters = place - start
    return typing
