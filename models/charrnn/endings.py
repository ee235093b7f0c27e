"""Where a suggestion may end, and what is never shown: what the search needs to know of characters and text."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from charrnn.vocabulary import SPECIALS, Vocabulary

SENTENCE_ENDS = frozenset(".!?")
SENTENCE_CLOSERS = frozenset("\"')]*_")  # may stand after them
_WORD_CLOSERS = frozenset(".,;:!?)\"'")
_LOOP = re.compile(r"\b(\w+)(\W+\1\b){2,}|[^\w\s]{4,}|(.{4,})\3{2,}")


@dataclass(frozen=True)
class Alphabet:
    """What the search needs to know of the characters of a vocabulary."""

    letters: list[str]
    space: slice  # the ids that are a space: one, or none
    never: list[slice]  # the ids that no suggestion has: `SPECIALS` and the end of a line
    # [V, 4]: is it any character; is it white space; can it follow a whole word; is it a line end.
    masses: npt.NDArray[np.float32]

    @classmethod
    @functools.lru_cache(maxsize=8)
    def of(cls, vocabulary: Vocabulary) -> Alphabet:
        letters = [vocabulary.decode([i]) for i in range(len(vocabulary))]
        spaces = [letter in (" ", "\n") for letter in letters]
        line_ends = [letter == "\n" for letter in letters]
        bounds = [not letter.isalnum() and letter not in ("'", "-") for letter in letters]
        masses = np.array([[True] * len(letters), spaces, bounds, line_ends], np.float32).T.copy()
        masses[: len(SPECIALS)] = 0
        line_end = _place(letters, "\n")
        never = [slice(len(SPECIALS)), line_end]
        if line_end.start == len(SPECIALS):
            never = [slice(line_end.stop)]
        return cls(letters, _place(letters, " "), never, masses)


def _place(letters: list[str], letter: str) -> slice:
    """A slice, for NumPy assigns to one several times as fast as to an array of indices."""
    return slice(letters.index(letter), letters.index(letter) + 1) if letter in letters else slice(0)


def ends_word(text: str) -> bool:
    """Whether a suggestion may end here: after a letter or digit, or after punctuation that closes."""
    last = text[-1:]
    return last.isalnum() or (last in _WORD_CLOSERS and text[-2:-1] not in ("", " "))


def is_junk(text: str) -> bool:
    """A word three times over, or a run of punctuation: what a network falls into when it has lost its way."""
    return _LOOP.search(text) is not None
