"""What typing evaluations come to: figures with their intervals, as plain values for JSON."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from charrnn.bootstrap import Estimate, ratio
from charrnn.writer import Look, Typing

BLOCK = 500  # characters of one text that are drawn together
LENGTHS = (4, 8, 16, 32, math.inf)  # characters of an item, up to
PLACES = ("mid-word", "word end", "sentence start")
MOST_WORDS = 5  # longer items are counted with those of so many words
BINS = 10  # of confidence
_LENGTH_NAMES = ("1-4", "5-8", "9-16", "17-32", "33+")
_WORD_NAMES = ("1", "2", "3", "4", "5+")
_SENTENCE_END = re.compile(r"[.!?][\"')\u2019\u201d]*$")


@dataclass
class Block:
    """What happened in one stretch of a text."""

    characters: int = 0
    asked: int = 0
    saved: int = 0
    shown: int = 0
    right: int = 0  # first words
    all_right: int = 0  # whole items


def blocks(typing: Typing, size: int = BLOCK) -> list[Block]:
    """The stretches of `size` characters of what was typed. What is taken belongs to where it begins."""
    found = [
        Block(characters=min(size, typing.characters - start), asked=min(size, typing.characters - start))
        for start in range(0, typing.characters, size)
    ]
    for look in typing.looks:
        block = found[min((look.place - 1 - typing.start) // size, len(found) - 1)]
        block.asked -= look.taken
        block.saved += look.saved
        block.shown += 1
        block.right += look.right > 0
        block.all_right += look.all_right
    return found


def typing_figures(typings: Sequence[Typing]) -> dict[str, Any]:
    """All that is to be said of texts that were typed in the same way."""
    looks = [look for typing in typings for look in typing.looks]
    return {
        **{name: estimate.rounded() for name, estimate in estimates(typings).items()},
        "characters": sum(typing.characters for typing in typings),
        "by_length": _groups(((_length_of(look), look) for look in looks), _LENGTH_NAMES),
        "by_words": _groups(((_words_of(look), look) for look in looks), _WORD_NAMES),
        "by_place": _groups(((place_of(t.text, look.place), look) for t in typings for look in t.looks), PLACES),
        "reliability": reliability(typings),
    }


def estimates(typings: Sequence[Typing]) -> dict[str, Estimate]:
    """Keystroke savings, shown rate and precision when shown, each with its interval."""
    drawn = [block for typing in typings for block in blocks(typing)]

    def of(parts: Callable[[Block], int], wholes: Callable[[Block], int]) -> Estimate:
        return ratio([*map(parts, drawn)], [*map(wholes, drawn)])

    return {
        "keystroke_savings": of(lambda block: block.saved, lambda block: block.characters),
        "shown_rate": of(lambda block: block.shown, lambda block: block.asked),
        "precision": of(lambda block: block.right, lambda block: block.shown),
        "item_precision": of(lambda block: block.all_right, lambda block: block.shown),
    }


def place_of(text: str, place: int) -> str:
    """Where the cursor stands: within a word that goes on, at the start of a sentence, or between two words."""
    before, following = text[max(0, place - 80) : place], text[place : place + 1]
    written = before.rstrip()
    if before == written:
        goes_on = following.isalnum() or (following != "" and following in "'\u2019")
        return "mid-word" if before[-1:].isalnum() and goes_on else "word end"
    fresh = written == "" or "\n" in before[len(written) :]
    return "sentence start" if fresh or _SENTENCE_END.search(written) else "word end"


def first_looks(typing: Typing) -> list[Look]:
    """The looks at something new, without what was left of an item after some of it was typed or taken."""
    found: list[Look] = []
    last: Look | None = None
    for look in typing.looks:
        typed = typing.text[last.place : look.place] if last is not None else ""
        if last is None or last.shown != typed + look.shown or last.confidence != look.confidence:
            found.append(look)
        last = look
    return found


def reliability(typings: Iterable[Typing]) -> dict[str, Any]:
    """How often items of each confidence were right as a whole, and the expected calibration error (Naeini 2015).

    An item counts once, where it was first shown: its confidence is of then.
    """
    binned: defaultdict[int, list[Look]] = defaultdict(list)
    for typing in typings:
        for look in first_looks(typing):
            binned[min(int(look.confidence * BINS), BINS - 1)].append(look)
    rows = [
        {
            "confidence": sum(look.confidence for look in looks) / len(looks),
            "right": sum(look.all_right for look in looks) / len(looks),
            "count": len(looks),
        }
        for _, looks in sorted(binned.items())
    ]
    total = sum(row["count"] for row in rows)
    error = sum(abs(row["confidence"] - row["right"]) * row["count"] for row in rows) / max(1, total)
    return {
        "expected_calibration_error": round(error, 4),
        "bins": [{name: round(value, 4) for name, value in row.items()} for row in rows],
    }


def _groups(looks: Iterable[tuple[str, Look]], names: Sequence[str]) -> dict[str, Any]:
    """For the looks of each kind: how many, the share that was right as a whole, and the keys that they saved."""
    groups: dict[str, list[Look]] = {name: [] for name in names}
    for name, look in looks:
        groups[name].append(look)
    return {
        name: {
            "shown": len(group),
            "exact_match": round(sum(look.all_right for look in group) / max(1, len(group)), 4),
            "saved": sum(look.saved for look in group),
        }
        for name, group in groups.items()
    }


def _length_of(look: Look) -> str:
    return next(name for name, longest in zip(_LENGTH_NAMES, LENGTHS, strict=True) if len(look.shown) <= longest)


def _words_of(look: Look) -> str:
    return _WORD_NAMES[min(MOST_WORDS, max(1, len(look.shown.split()))) - 1]
