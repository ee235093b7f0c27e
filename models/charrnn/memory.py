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
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from charrnn.vocabulary import SPECIALS, Vocabulary

SHORTEST = 4
ORDERS = (4, 5, 6, 8, 10)  # lengths of match that are told apart
BEGINNINGS = (2, 3)  # shorter matches, of the beginning of a word and what stands before it
PLACES = 32  # of a sequence, the latest that are looked at
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


@dataclass(frozen=True)
class _Match:
    """What stood after the longest matches: per order from long to short, the kind, and (symbol, share) pairs."""

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

    def mix(self, p: Probabilities, context: bytes) -> None:
        """Mix into the network's probabilities p [V], in place, what followed `context` before."""
        rest, mixed = 1.0, []
        for match in self._matches(p, context):
            weight = self._weight(match.kind)
            mixed.append((rest * weight, match.shares))
            rest *= 1 - weight
        if mixed:
            p *= np.float32(rest)
            for factor, shares in mixed:
                for symbol, share in shares:
                    p[symbol] += factor * share

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
        matches = self._long_matches(p, context) if len(context) >= SHORTEST else []
        for order in reversed(BEGINNINGS):
            if len(context) >= order and self._parts_words[context[-order]]:
                places = self._places.get((order, int.from_bytes(context[-order:], "big")))
                if places:
                    counts: dict[int, int] = {}
                    for place in places[-PLACES:]:
                        if (symbol := self._symbols[place]) != _DEAD:
                            counts[symbol] = counts.get(symbol, 0) + 1
                    if counts:
                        matches.append(self._match(p, len(ORDERS) + order - BEGINNINGS[0], counts))
        return matches

    def _match(self, p: Probabilities, length: int, counts: dict[int, int]) -> _Match:
        """What followed in so many places, as a match of the kind that it is."""
        seen = sum(counts.values())
        trust = bisect(_NETWORK_BOUNDS, p[max(counts, key=counts.__getitem__)])
        kind = (length, min(seen, _MOST_SEEN), min(len(counts), _MOST_DIFFERENT), trust)
        return _Match(kind, [(symbol, count / seen) for symbol, count in counts.items()])

    def _long_matches(self, p: Probabilities, context: bytes) -> list[_Match]:
        places = self._places.get((SHORTEST, int.from_bytes(context[-SHORTEST:], "big")))
        if not places:
            return []
        symbols = self._symbols
        contexts = [context[-order:] for order in ORDERS[1:] if order <= len(context)]
        followers: list[list[int]] = [[] for _ in range(len(contexts) + 1)]
        for place in places[-PLACES:]:
            if symbols[place] != _DEAD:
                level = 0
                while level < len(contexts) and symbols.endswith(contexts[level], 0, place):
                    level += 1
                followers[level].append(symbols[place])
        counts: dict[int, int] = {}
        matches: list[_Match] = []
        for level in range(len(followers) - 1, -1, -1):
            for symbol in followers[level]:
                counts[symbol] = counts.get(symbol, 0) + 1
            if counts:
                matches.append(self._match(p, level, counts))
        return matches

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
