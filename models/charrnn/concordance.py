"""Where sequences of symbols stand in remembered text, and what stood after them.

It holds passages of text and, for each sequence of `SHORTEST` symbols and of shorter ones at the beginning of a word,
the places where it last stood.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from charrnn.vocabulary import DOCUMENT, SPECIALS, Vocabulary

SHORTEST = 4
ORDERS = (4, 5, 6, 8, 10)  # lengths of match that are told apart
BEGINNINGS = (2, 3)  # shorter matches, of the beginning of a word and what stands before it
PLACES = 32  # of a sequence, the latest that are looked at
LOOKED_UP = 4096  # contexts whose evidence is kept
# Kinds of match: by length (of `ORDERS`, then of `BEGINNINGS`), by where it begins, by how often it stood, by how many
# different symbols followed, and by the opinion of the network. They are numbered in this order, the last the fastest.
KINDS = (len(ORDERS) + len(BEGINNINGS), 4, 5, 3, 7)
# Where it begins, if a word is written just before the cursor: before that word, before a name, or within it.
_BETWEEN, _WORD, _NAME, _WITHIN = range(KINDS[1])
_KINDS_OF_LENGTH = math.prod(KINDS[1:])
_KIND = [  # by how often it stood, by how many different symbols followed
    [((seen - 1) * KINDS[3] + different - 1) * KINDS[4] for different in range(KINDS[3] + 1)]
    for seen in range(KINDS[2] + 1)
]
_DEAD = 255  # in place of what is forgotten, and between passages
_NOTHING = bytes([DOCUMENT])  # stands nowhere in a text


def _first_kinds(written: int, begun: int) -> list[int]:
    """The first kind of each length, where so many letters are written of a word (`_WORD`) or name (`_NAME`)."""
    known = written + (begun == _WORD)  # a capital shows where a name begins, without what stands before it
    where = [_BETWEEN if not written else begun if length >= known else _WITHIN for length in (*ORDERS, *BEGINNINGS)]
    return [length * _KINDS_OF_LENGTH + place * math.prod(KINDS[2:]) for length, place in enumerate(where)]


_FIRST_KINDS = [[_first_kinds(written, begun) for begun in (_WORD, _NAME)] for written in range(ORDERS[-1] + 1)]
_SYMBOLS = [bytes([symbol]) for symbol in range(_DEAD)]


@dataclass(eq=False)
class Passage:
    """A piece of remembered text: its place among the memory's symbols. Empty once it is forgotten."""

    start: int
    stop: int


class Evidence(NamedTuple):
    """What stood after the places where matches were found, of one length or of several that were found there alike."""

    kinds: list[int]  # of each length the first, of which the network's opinion chooses one
    best: int  # the most frequent symbol
    seen: int  # how often any stood there
    counts: list[tuple[int, int]]  # how often each symbol stood there


class Concordance:
    """Passages, and the places of the sequences in them.

    When it is full, with twice `capacity` symbols, what was learned first is forgotten until half of that is left.
    """

    def __init__(self, vocabulary: Vocabulary, capacity: int) -> None:
        self._vocabulary = vocabulary
        self._capacity = capacity
        self._passages: dict[Passage, None] = {}  # in the order of their symbols
        letters = [vocabulary.decode([i]) for i in range(min(_DEAD, len(vocabulary)))]
        self._parts_words = bytes(not letter.isalnum() for letter in letters).ljust(256, b"\x01")
        self._is_capital = bytes(letter.isupper() for letter in letters).ljust(256, b"\x00")
        self._clear()

    def __len__(self) -> int:
        """Symbols that are remembered."""
        return self._living

    def learn(self, text: str) -> Passage:
        """Remember a passage."""
        added = self._encode(text)[-self._capacity :]
        if not self._has_room(added):
            self._compact(self._capacity - len(added))
        self._append(bytes([_DEAD]) * SHORTEST)
        passage = Passage(len(self._symbols), len(self._symbols))
        self._passages[passage] = None
        self._grow(passage, added)
        return passage

    def extend(self, passage: Passage, text: str) -> bool:
        """Remember what was written on at the end of `passage`; False if something else stands there, or no room is."""
        added = self._encode(text)
        if passage not in self._passages or passage.stop != len(self._symbols) or not self._has_room(added):
            return False
        self._grow(passage, added)
        return True

    def unlearn(self, passage: Passage) -> None:
        """Forget a passage."""
        if passage in self._passages:
            del self._passages[passage]
            size = passage.stop - passage.start
            self._symbols[passage.start : passage.stop] = bytes([_DEAD]) * size
            self._living -= size
            passage.stop = passage.start
            self._forget_what_is_known()

    def forget(self) -> None:
        """Forget all passages."""
        for passage in list(self._passages):
            self.unlearn(passage)
        self._clear()

    def context(self, text: str) -> bytes:
        """The end of `text` as the memory sees it."""
        return self._encode(text[-ORDERS[-1] :])[-ORDERS[-1] :]

    def following(self, context: bytes, symbol: int) -> bytes:
        """`context` with one more symbol."""
        return context[1 - ORDERS[-1] :] + _SYMBOLS[symbol if symbol < _DEAD else 0]

    def evidence(self, context: bytes) -> list[Evidence]:
        """What followed `context`; looked up once, until something is learned after its last two symbols."""
        ending = context[-2:]
        known = self._known.get(ending)
        if known is None:
            known = self._known[ending] = {}
        found = known.get(context)
        if found is None:
            if self._looked_up == LOOKED_UP:
                self._forget_what_is_known()
                known = self._known[ending] = {}
            found = known[context] = []
            first_kinds = self._first_kinds(context)
            self._find_long(context, first_kinds, found)
            self._find_short(context, first_kinds, found)
            self._looked_up += 1
        return found

    def _first_kinds(self, context: bytes) -> list[int]:
        """The first kind of each length, by what of a word stands at the end of `context`."""
        written = 0
        for symbol in reversed(context):
            if self._parts_words[symbol]:
                break
            written += 1
        return _FIRST_KINDS[written][self._is_capital[context[-written]] if written else 0]

    def _find_long(self, context: bytes, first_kinds: list[int], found: list[Evidence]) -> None:
        """Find matches of the lengths `ORDERS`, the longest first."""
        places = self._places.get(context[-SHORTEST:])
        if places is None or len(context) < SHORTEST:
            return
        symbols = self._symbols
        if len(context) < ORDERS[-1]:
            context = context.rjust(ORDERS[-1], _NOTHING)
        fifth, sixth, eighth, tenth = context[-5], context[-6], context[-8:-6], context[-10:-8]
        places = places[-PLACES:]
        levels: list[list[int]] = [[], [], [], [], []]  # what follows, by the longest of `ORDERS` that matches
        levels[0] = [symbols[place] for place in places if symbols[place - 5] != fifth]
        for place in places:
            if symbols[place - 5] == fifth:
                if symbols[place - 6] != sixth:
                    level = 1
                elif symbols[place - 8 : place - 6] != eighth:
                    level = 2
                else:
                    level = 3 if symbols[place - 10 : place - 8] != tenth else 4
                levels[level].append(symbols[place])
        counts: dict[int, int] = {}
        for level in range(len(ORDERS) - 1, -1, -1):
            if _count(counts, levels[level]):
                found.append(_weighed(first_kinds[level], counts))
            elif counts:  # the same places as of the next longer match, which begins with the same
                kinds = found[-1].kinds
                kinds.append(kinds[-1] - _KINDS_OF_LENGTH)

    def _find_short(self, context: bytes, first_kinds: list[int], found: list[Evidence]) -> None:
        """Find matches of the lengths `BEGINNINGS`, the longest first."""
        for order in reversed(BEGINNINGS):
            if len(context) >= order and self._parts_words[context[-order]]:
                places = self._places.get(context[-order:], ())[-PLACES:]
                counts: dict[int, int] = {}
                if _count(counts, [self._symbols[place] for place in places]):
                    found.append(_weighed(first_kinds[len(ORDERS) + order - BEGINNINGS[0]], counts))

    def _encode(self, text: str) -> bytes:
        ids = self._vocabulary.encode(text)
        return np.where(ids < _DEAD, ids, 0).astype(np.uint8).tobytes()

    def _has_room(self, added: bytes) -> bool:
        return len(self._symbols) + len(added) <= 2 * self._capacity

    def _grow(self, passage: Passage, added: bytes) -> None:
        self._append(added)
        passage.stop += len(added)
        self._living += len(added)

    def _append(self, added: bytes) -> None:
        symbols = self._symbols
        first = len(symbols) - SHORTEST
        symbols += added
        text = bytes(symbols[first:])
        for stop, symbol in enumerate(added, start=SHORTEST):
            if symbol != _DEAD and symbol >= len(SPECIALS):
                self._known.pop(text[stop - 2 : stop], None)
                self._note(text[stop - SHORTEST : stop], first + stop)
                for order in BEGINNINGS:
                    if self._parts_words[text[stop - order]]:
                        self._note(text[stop - order : stop], first + stop)

    def _note(self, sequence: bytes, place: int) -> None:
        """Note that `sequence` is followed by the symbol at `place`."""
        places = self._places.get(sequence)
        if places is None:
            places = self._places[sequence] = array("I")
        elif len(places) >= 2 * PLACES:
            del places[:PLACES]
        places.append(place)

    def _compact(self, allowed: int) -> None:
        """Lay the remembered passages end to end again, without those learned first where they exceed `allowed`."""
        for passage in list(self._passages):
            # What parts them takes room too: it must not be full again at once, were all of them as short as can be.
            size = self._living + SHORTEST * len(self._passages)
            if self._living <= max(0, allowed) and size <= 1.5 * self._capacity:
                break
            self.unlearn(passage)
        texts = [bytes(self._symbols[passage.start : passage.stop]) for passage in self._passages]
        self._clear()
        for passage, text in zip(self._passages, texts, strict=True):
            self._append(bytes([_DEAD]) * SHORTEST)
            passage.start = passage.stop = len(self._symbols)
            self._grow(passage, text)

    def _clear(self) -> None:
        self._symbols = bytearray([_DEAD]) * ORDERS[-1]
        self._places: dict[bytes, array[int]] = {}  # of sequences as long as `SHORTEST` or one of `BEGINNINGS`
        self._living = 0
        self._forget_what_is_known()

    def _forget_what_is_known(self) -> None:
        """Look everything up anew."""
        self._known: dict[bytes, dict[bytes, list[Evidence]]] = {}  # by the last two symbols, then by all
        self._looked_up = 0


def _count(counts: dict[int, int], symbols: list[int]) -> bool:
    """Count those that are not forgotten; whether there are any."""
    get = counts.get
    for symbol in symbols:
        counts[symbol] = get(symbol, 0) + 1
    return bool(symbols) and (counts.pop(_DEAD, 0) < len(symbols))


def _weighed(first_kind: int, counts: dict[int, int]) -> Evidence:
    """How often each symbol followed, as evidence."""
    seen = sum(counts.values())
    kind = first_kind + _KIND[min(seen, KINDS[2])][min(len(counts), KINDS[3])]
    return Evidence([kind], max(counts, key=counts.__getitem__), seen, list(counts.items()))
