"""What the writer has written already: an n-gram memory that is mixed into the network's predictions.

A network of a few megabytes cannot know the names and turns of phrase of one writer; this memory has them at once. It
holds text and, for each sequence of `SHORTEST` symbols, the places where it last stood. What followed there is
predicted, the more boldly the longer the match. How boldly, is learned while the writer types: each kind of match has
a weight, moved by how well such matches have predicted (the EM step of a mixture; compare the match models of PAQ,
Mahoney 2005).

Nothing of it is ever written to disk.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from charrnn.vocabulary import SPECIALS, Vocabulary

SHORTEST = 4
ORDERS = (4, 5, 6, 8, 10)  # lengths of match that are told apart
BEGINNINGS = (2, 3)  # shorter matches, of the beginning of a word and what stands before it
PLACES = 32  # of a sequence, the latest that are looked at
LOOKED_UP = 4096  # contexts whose evidence is kept
RATE = 0.01  # how fast weights move
# Kinds of match: by length, by how often it stood, by how many different symbols followed, and by what the network
# thinks of the most frequent of these. The log odds of a kind's first weight are the sum of one number of each row,
# fitted on 200,000 characters of six texts with the bundled model (benchmarks/fit_memory.py).
_MOST_SEEN, _MOST_DIFFERENT = 5, 3
_NETWORK_BOUNDS = (0.003, 0.01, 0.03, 0.1, 0.3, 0.6)
_BY_LENGTH = (-2.42, -2.65, -2.51, -2.13, -1.47, -1.73, -1.61)  # of `ORDERS`, then of `BEGINNINGS`
_BY_SEEN = (-1.52, -0.52, 0.03, 0.4, 1.07)
_BY_DIFFERENT = (1.21, -0.39, -1.35)
_BY_NETWORK = (-0.22, -0.15, -0.07, 0.03, 0.21, 0.21, -0.54)
_DEAD = 255
_MASKS = {order: (1 << 8 * order) - 1 for order in (*BEGINNINGS, SHORTEST)}

Probabilities = npt.NDArray[np.float32]
Kind = tuple[int, int, int, int]


@dataclass(eq=False)
class Passage:
    """A piece of remembered text: its place among the memory's symbols. Empty once it is forgotten."""

    start: int
    stop: int


class _Evidence(NamedTuple):
    """What stood after the places where a match of one length was found."""

    length: int  # the first number of its kind
    seen: int
    different: int
    best: int  # the most frequent symbol
    shares: list[tuple[int, float]]  # of each symbol


class _Match(NamedTuple):
    """Evidence, with the kind that it is for the network at hand."""

    kind: Kind
    shares: list[tuple[int, float]]


@dataclass(frozen=True)
class Expectation:
    """The network's probabilities [V] of the next symbol, and what the memory has to say."""

    p: Probabilities
    matches: list[_Match]


class Memory:
    """Remembered passages, and the weights of matches in them.

    It holds at most `capacity` symbols of text; beyond that the passages that were learned first are forgotten.
    """

    def __init__(self, vocabulary: Vocabulary, capacity: int = 400_000) -> None:
        self._vocabulary = vocabulary
        self._capacity = capacity
        self._weights: dict[Kind, float] = {}
        self._passages: dict[Passage, None] = {}  # in the order of their symbols
        letters = [vocabulary.decode([i]) for i in range(min(_DEAD, len(vocabulary)))]
        self._parts_words = bytes(not letter.isalnum() for letter in letters).ljust(256, b"\x01")
        self._clear()

    def __len__(self) -> int:
        """Symbols that are remembered."""
        return self._living

    def learn(self, text: str) -> Passage:
        """Remember a passage."""
        added = self._encode(text)
        if len(self._symbols) + len(added) > 2 * self._capacity:
            self._compact(self._capacity - len(added))
        self._append(bytes([_DEAD]) * SHORTEST)
        passage = Passage(len(self._symbols), len(self._symbols))
        self._passages[passage] = None
        self._grow(passage, added)
        return passage

    def extend(self, passage: Passage, text: str) -> bool:
        """Remember what was written on at the end of `passage`; False if something else stands there by now."""
        if passage not in self._passages or passage.stop != len(self._symbols):
            return False
        self._grow(passage, self._encode(text))
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
        """Forget everything, the weights too."""
        for passage in list(self._passages):
            self.unlearn(passage)
        self._weights.clear()
        self._clear()

    def context(self, text: str) -> bytes:
        """The end of `text` as the memory sees it."""
        return self._encode(text[-ORDERS[-1] :])[-ORDERS[-1] :]

    def following(self, context: bytes, symbol: int) -> bytes:
        """`context` with one more symbol."""
        return (context + bytes([symbol if symbol < _DEAD else 0]))[-ORDERS[-1] :]

    def mix(self, p: Probabilities, contexts: Sequence[bytes]) -> None:
        """Mix into the network's probabilities p [N, V], in place, what followed each of N `contexts` before."""
        width = p.shape[1]
        rests: list[float] = []
        added: dict[int, float] = {}
        for row, context in enumerate(contexts):
            rest = 1.0
            for match in self._matches(p[row], context):
                weight = self._weight(match.kind)
                for symbol, share in match.shares:
                    place = row * width + symbol
                    added[place] = added.get(place, 0.0) + rest * weight * share
                rest *= 1 - weight
            rests.append(rest)
        if added:
            p *= np.array(rests, np.float32)[:, None]
            np.add.at(p.reshape(-1), list(added), np.array(list(added.values()), np.float32))

    def expect(self, p: Probabilities, context: bytes) -> Expectation:
        """What is expected after `context`, where the network's probabilities are p [V].

        Ask before that is learned, or the memory will have known it.
        """
        return Expectation(p, self._matches(p, context))

    def adapt(self, expectation: Expectation, symbol: int) -> None:
        """Move the weights by what has come."""
        probability = float(expectation.p[symbol])
        for match in reversed(expectation.matches):
            weight = self._weight(match.kind)
            share = weight * next((s for i, s in match.shares if i == symbol), 0.0)
            probability = (1 - weight) * probability + share
            self._weights[match.kind] = weight + RATE * (share / max(probability, 1e-9) - weight)

    def _weight(self, kind: Kind) -> float:
        weight = self._weights.get(kind)
        if weight is None:
            length, seen, different, network = kind
            odds = _BY_LENGTH[length] + _BY_SEEN[seen - 1] + _BY_DIFFERENT[different - 1] + _BY_NETWORK[network]
            weight = self._weights[kind] = 1 / (1 + math.exp(-odds))
        return weight

    def _matches(self, p: Probabilities, context: bytes) -> list[_Match]:
        """The matches of `context`, from the longest order that has one to the shortest."""
        return [
            _Match((e.length, e.seen, e.different, bisect(_NETWORK_BOUNDS, p.item(e.best))), e.shares)
            for e in self._evidence(context)
        ]

    def _evidence(self, context: bytes) -> list[_Evidence]:
        """What followed `context`; looked up once, until something is learned after its last two symbols."""
        known = self._known.setdefault(context[-2:], {})
        found = known.get(context)
        if found is None:
            if self._looked_up == LOOKED_UP:
                self._forget_what_is_known()
                known = self._known.setdefault(context[-2:], {})
            found = known[context] = [*self._long_evidence(context), *self._short_evidence(context)]
            self._looked_up += 1
        return found

    def _long_evidence(self, context: bytes) -> Iterator[_Evidence]:
        """Of matches of the lengths `ORDERS`, the longest first."""
        places = self._places.get((SHORTEST, int.from_bytes(context[-SHORTEST:], "big")))
        if not places or len(context) < SHORTEST:
            return
        symbols = self._symbols
        contexts = [context[-order:] for order in ORDERS[1:] if order <= len(context)]
        followers: list[list[int]] = [[] for _ in range(len(contexts) + 1)]
        for place in places[-PLACES:]:
            if symbols[place] != _DEAD:
                level = 0
                while level < len(contexts) and symbols.endswith(contexts[level], 0, place):
                    level += 1
                followers[level].append(symbols[place])
        counts: Counter[int] = Counter()
        for level in range(len(followers) - 1, -1, -1):
            counts.update(followers[level])
            if counts:
                yield _weighed(level, counts)

    def _short_evidence(self, context: bytes) -> Iterator[_Evidence]:
        """Of matches of the lengths `BEGINNINGS`, the longest first."""
        for order in reversed(BEGINNINGS):
            if len(context) >= order and self._parts_words[context[-order]]:
                places = self._places.get((order, int.from_bytes(context[-order:], "big")), ())
                counts = Counter(self._symbols[place] for place in places[-PLACES:])
                del counts[_DEAD]
                if counts:
                    yield _weighed(len(ORDERS) + order - BEGINNINGS[0], counts)

    def _encode(self, text: str) -> bytes:
        ids = self._vocabulary.encode(text)
        return np.where(ids < _DEAD, ids, 0).astype(np.uint8).tobytes()

    def _grow(self, passage: Passage, added: bytes) -> None:
        self._append(added)
        passage.stop += len(added)
        self._living += len(added)

    def _append(self, added: bytes) -> None:
        symbols = self._symbols
        place = len(symbols)
        key = int.from_bytes(symbols[-SHORTEST:], "big")
        symbols += added
        for symbol in added:
            if symbol != _DEAD and symbol >= len(SPECIALS):
                self._known.pop((key & _MASKS[2]).to_bytes(2, "big"), None)
                self._note(SHORTEST, key, place)
                for order in BEGINNINGS:
                    if self._parts_words[symbols[place - order]]:
                        self._note(order, key & _MASKS[order], place)
            key = (key << 8 | symbol) & _MASKS[SHORTEST]
            place += 1

    def _note(self, order: int, key: int, place: int) -> None:
        """Note that the sequence `key` of `order` symbols is followed by the symbol at `place`."""
        places = self._places.get((order, key))
        if places is None:
            places = self._places[order, key] = array("I")
        elif len(places) >= 2 * PLACES:
            del places[:PLACES]
        places.append(place)

    def _compact(self, allowed: int) -> None:
        """Lay the remembered passages end to end again, without those learned first where they exceed `allowed`."""
        for passage in list(self._passages):
            if self._living <= max(0, allowed):
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
        self._places: dict[tuple[int, int], array[int]] = {}
        self._living = 0
        self._forget_what_is_known()

    def _forget_what_is_known(self) -> None:
        """Look everything up anew."""
        self._known: dict[bytes, dict[bytes, list[_Evidence]]] = {}  # by the last two symbols, then by all
        self._looked_up = 0


def _weighed(length: int, counts: Counter[int]) -> _Evidence:
    """How often each symbol followed, as evidence."""
    seen = counts.total()
    best = max(counts, key=counts.__getitem__)
    shares = [(symbol, count / seen) for symbol, count in counts.items()]
    return _Evidence(length, min(seen, _MOST_SEEN), min(len(counts), _MOST_DIFFERENT), best, shares)
