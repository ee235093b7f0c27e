"""From text to ids and back: the alphabet of a model and the typography it folds away.

A model reads a plain alphabet: straight quotes, `--` for a dash, `...` for an ellipsis. So it need not spend
capacity on a writer's typographic habits, and a writer of straight quotes is served as well as one of curly ones.
`charrnn.typography` gives suggestions the writer's own style back.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from charrnn.errors import ModelError

UNKNOWN = 0  # stands for any character outside the alphabet
DOCUMENT = 1  # stands before the first character of a document
SPECIALS = ("<unk>", "<doc>")

# One character of text may become several of the alphabet, never fewer: a prefix of a text stays a prefix.
# "" drops a character that is invisible.
FOLDS = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
    **dict.fromkeys("\u2014\u2015", "--"),
    "\u2026": "...",
    **dict.fromkeys("\t\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "),
    **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f", ""),
    **dict.fromkeys("\r\u2028\u2029\u0085\x0b\x0c", "\n"),
    "\u2022": "*",
    "\ufb01": "fi",
    "\ufb02": "fl",
}


class Vocabulary:
    """The alphabet of a model in id order: ids 0 and 1 are `SPECIALS`, then one symbol an id.

    Raises `ModelError` if a symbol is not one character or stands twice.
    """

    def __init__(self, symbols: Sequence[str]) -> None:
        self.symbols = tuple(symbols)
        if self.symbols[: len(SPECIALS)] != SPECIALS:
            raise ModelError(f"A vocabulary must begin with {SPECIALS}, this one begins with {self.symbols[:2]}.")
        letters = self.symbols[len(SPECIALS) :]
        if any(len(symbol) != 1 or symbol == "\0" for symbol in letters) or len(set(letters)) != len(letters):
            raise ModelError("A vocabulary must be a list of different single characters.")
        self._ids = {symbol: i for i, symbol in enumerate(letters, start=len(SPECIALS))}
        self._plain = _Folding(self._ids)
        # Code point -> id, for the code points that are left after folding.
        self._table = np.full(max(map(ord, letters), default=0) + 1, UNKNOWN, np.int64)
        self._table[[ord(symbol) for symbol in letters]] = list(self._ids.values())

    @classmethod
    def of(cls, characters: Iterable[str]) -> Vocabulary:
        """The vocabulary of these characters, folded and in code point order."""
        folded = {letter for character in set(characters) for letter in FOLDS.get(character, character)}
        return cls((*SPECIALS, *sorted(folded)))

    def __len__(self) -> int:
        return len(self.symbols)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.symbols == other.symbols

    def __hash__(self) -> int:
        return hash(self.symbols)

    def __contains__(self, character: str) -> bool:
        return character in self._ids

    def encode(self, text: str) -> npt.NDArray[np.int64]:
        """Ids [n] of text; never fails. A character gives its own id, those of its folding, or `UNKNOWN`.

        What a character gives depends on nothing but the character, so that reading may stop and go on anywhere;
        the one exception is `\\r\\n`, which is one line end.
        """
        folded = text.replace("\r\n", "\n").translate(self._plain)
        return self._table[np.frombuffer(folded.encode("utf-32-le"), np.uint32)]

    def decode(self, ids: Iterable[int]) -> str:
        """Text of ids; `SPECIALS` become U+FFFD and nothing."""
        return "".join(self._letters[i] for i in ids)

    @cached_property
    def _letters(self) -> tuple[str, ...]:
        return ("\ufffd", "", *self.symbols[len(SPECIALS) :])


class _Folding(dict[int, str]):
    """A table for `str.translate` that works out each character once: anything -> characters of the alphabet.

    NUL stands for what has no place in the alphabet.
    """

    LARGEST = 65536  # entries; a text cannot make it grow beyond

    def __init__(self, alphabet: Container[str]) -> None:
        self._alphabet = alphabet

    def __missing__(self, code: int) -> str:
        character = chr(code)
        folded = self._fold(character)
        if len(self) < self.LARGEST:
            self[code] = folded
        return folded

    def _fold(self, character: str) -> str:
        if character in self._alphabet:
            return character
        folded = FOLDS.get(character)
        if folded is None:
            # NFKD takes off accents and takes apart ligatures; a combining mark by itself is dropped.
            parts = unicodedata.normalize("NFKD", character)
            folded = "".join(part for part in parts if not unicodedata.combining(part))
        return folded if all(letter in self._alphabet for letter in folded) else "\0"
