"""What the network is compared with: n-gram models that offer words, each with its probability of being right.

All read the text that is being written through `read`, and say by `chains` how it may go on: each chain holds the first
word, the first two words, and so on. `choose` shows the part of a chain that is expected to save most, as the
search does (`charrnn.search`; what a wrong word costs that stays while its beginning is typed, n-grams of words cannot
tell). So a threshold can be swept, and models be compared where their precision is the same.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from charrnn.vocabulary import FOLDS
from charrnn.writer import Offer, Typing, type_text

PHRASE = 3  # words that are offered at once, at most, where phrases are
TOKEN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*|\n+|[^\w\s]|_")
BEGUN = re.compile(r"[^\W_]+(?:['-][^\W_]+)*['-]?$")
LONGEST = 120  # characters before the cursor that are looked at
VOCABULARY = (1 << 16) - 1  # so that four words are one 64-bit key
UNSEEN = 1e-5  # probability that a word nobody has seen is begun like this
DOCUMENT_SHARE = 0.15  # weight of the document's own n-grams, where they say anything
_FOLDS = str.maketrans(FOLDS)

LIKELIEST = 8  # words that are looked at of each order
DISCOUNT = 0.9  # of the count of each word n-gram: what stood once in a context seldom stands there again
UNLIKELY = 0.03  # beyond this no chain goes on

Ids = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Chain = list[Offer]


def _token(found: str) -> str:
    """Line ends are one token, however many there are."""
    return "\n" if found[0] == "\n" else found


class Predictor(Protocol):
    """A model that offers words."""

    def read(self, text: str) -> None:
        """Take note of more of the document."""
        ...

    def chains(self, before: str) -> list[Chain]:
        """How the document may go on after `before`: texts that grow word by word, with their probabilities."""
        ...


def fold(text: str) -> str:
    """`text` in plain typography, as the network reads it."""
    return text.translate(_FOLDS)


def choose(chains: Iterable[Chain], gate: float) -> Offer | None:
    """The offer that is expected to save most keys among those whose probability is at least `gate`."""
    best, most = None, 0.0
    for chain in chains:
        gain = worth = 0.0
        for words, offer in enumerate(chain, start=1):
            if offer.confidence < gate:
                break
            whole = worth + offer.confidence * (len(offer.text) - 1 - gain)
            if len(offer.text) > 1 and whole > most:
                best, most = offer, whole
            saved = max(gain, len(offer.text) - words)
            worth += offer.confidence * (saved - gain)
            gain = saved
    return best


def sweep(predictor: Predictor, text: str, gates: Sequence[float]) -> dict[float, Typing]:
    """Type `text` once for each threshold."""
    offered: list[list[Chain]] = []
    for place in range(len(text) + 1):
        if place:
            predictor.read(text[place - 1])
        offered.append(predictor.chains(text[max(0, place - LONGEST) : place]))
    return {gate: type_text(text, 0, _shown(offered, gate)) for gate in gates}


def _shown(offered: list[list[Chain]], gate: float) -> Callable[[int], Offer | None]:
    return lambda place: choose(offered[place], gate)


@dataclass(frozen=True)
class Cursor:
    """Where the writer is, in words: the words before, the one that is begun, and whether a space must come first."""

    context: tuple[str, ...]
    begun: str
    needs_space: bool

    @classmethod
    def at(cls, before: str, order: int) -> Cursor:
        match = BEGUN.search(before)
        begun = match[0] if match else ""
        tokens = list(map(_token, TOKEN.findall(before[: len(before) - len(begun)])))
        needs_space = not begun and before[-1:] in tuple(",;:.!?")
        return cls(tuple(tokens[-(order - 1) :]) if order > 1 else (), begun, needs_space)


class Table:
    """The n-grams of one order: sorted keys of symbols, how often each stood, and the room for the last symbol."""

    def __init__(self, keys: Keys, bits: int) -> None:
        self.keys, counts = np.unique(keys, return_counts=True)
        self._counts = np.append(counts, 0)
        self._sums = np.concatenate(([0], np.cumsum(counts)))
        self._bits = bits

    def between(self, context: int, low: int, high: int) -> tuple[int, int]:
        """The places of what followed `context` with an id from `low` to below `high`."""
        ends = np.array([context << self._bits | low, context << self._bits | high], np.uint64)
        start, stop = np.searchsorted(self.keys, ends).tolist()
        return start, stop

    def total(self, places: tuple[int, int]) -> int:
        return int(self._sums[places[1]] - self._sums[places[0]])

    def counts(self, context: int, ids: Ids) -> Ids:
        """How often each of `ids` followed `context`."""
        keys = np.uint64(context << self._bits) | ids.astype(np.uint64)
        places = np.searchsorted(self.keys, keys)
        known = self.keys[np.minimum(places, len(self.keys) - 1)] == keys
        return np.where(known, self._counts[places], 0)

    def most_frequent(self, places: tuple[int, int], count: int) -> Ids:
        """The ids of the most frequent n-grams there."""
        found = self._counts[slice(*places)]
        best = np.argpartition(-found, count)[:count] if len(found) > count else np.arange(len(found))
        return (self.keys[places[0] + best] & np.uint64((1 << self._bits) - 1)).astype(np.int64)


def tables(symbols: Ids, order: int, bits: int) -> list[Table]:
    """The n-grams of `symbols` of the orders 1 to `order`."""
    keys = symbols.astype(np.uint64)
    found = [Table(keys, bits)]
    for n in range(1, order):
        keys = keys[:-1] << np.uint64(bits) | symbols[n:].astype(np.uint64)
        found.append(Table(keys, bits))
    return found


def packed(symbols: Iterable[int], bits: int) -> int:
    """Symbols as one number."""
    key = 0
    for symbol in symbols:
        key = key << bits | symbol
    return key


class WordModel:
    """Interpolated word n-grams of a corpus, with absolute discounting (Ney, Essen and Kneser 1994)."""

    BITS = 16

    def __init__(self, text: str, order: int) -> None:
        tokens = list(map(_token, TOKEN.findall(fold(text))))
        kept = {token for token, _ in Counter(tokens).most_common(VOCABULARY - 1)}
        self.words = sorted(token for token in kept if token[0].isalnum())
        symbols = self.words + sorted(kept.difference(self.words))
        self.ids = {token: i for i, token in enumerate(symbols)}
        self.order = order
        rare = len(symbols)
        self.tables = tables(np.array([self.ids.get(token, rare) for token in tokens], np.int64), order, self.BITS)

    def range_of(self, begun: str) -> tuple[int, int]:
        """The ids of the words that begin so: from, to below."""
        return bisect_left(self.words, begun), bisect_left(self.words, begun + chr(0x10FFFF))

    def predict(self, context: Sequence[str], begun: str, more: Iterable[str]) -> tuple[dict[str, float], float]:
        """Probabilities of the likeliest words that begin so, and of `more`; and that of all that begin so."""
        low, high = self.range_of(begun)
        levels = list(self._levels(context))
        likeliest = [table.most_frequent(table.between(key, low, high), LIKELIEST) for table, key in levels]
        ids = np.unique(np.concatenate([*likeliest, [self.ids[word] for word in more if word in self.ids]]))
        ids = ids.astype(np.int64)
        p, mass = np.zeros(len(ids)), 0.0
        for level, (table, key) in enumerate(levels):
            followers = table.between(key, 0, VOCABULARY)
            total = table.total(followers)
            discount = DISCOUNT if level else 0.0
            fitting = table.between(key, low, high)
            rest = discount * (followers[1] - followers[0])  # of the counts, for what the shorter n-grams say
            counts = table.counts(key, ids)
            p = (counts - discount * (counts > 0) + rest * p) / total
            mass = (table.total(fitting) - discount * (fitting[1] - fitting[0]) + rest * mass) / total
        return {self.words[i]: float(share) for i, share in zip(ids.tolist(), p, strict=True)}, mass

    def _levels(self, context: Sequence[str]) -> Iterable[tuple[Table, int]]:
        """The tables in which the end of `context` stands, with its key; the shortest first."""
        for n, table in enumerate(self.tables):
            ids = [self.ids.get(token, -1) for token in context[len(context) - n :]] if n <= len(context) else [-1]
            if -1 in ids:
                return
            key = packed(ids, self.BITS)
            start, stop = table.between(key, 0, VOCABULARY)
            if start == stop:
                return
            yield table, key


class DocumentWords:
    """The word n-grams of the document so far."""

    def __init__(self, order: int) -> None:
        self._followers: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        self._begun: dict[str, Counter[str]] = defaultdict(Counter)
        self._last: tuple[str, ...] = ()
        self._unfinished = ""
        self._order = order

    def read(self, text: str) -> None:
        """Take note of the words that `text` finishes."""
        for letter in text:
            self._unfinished += letter
            if not (letter.isalnum() or letter in "'-"):
                for token in TOKEN.findall(self._unfinished):
                    self._add(_token(token))
                self._unfinished = ""

    def predict(self, context: Sequence[str], begun: str) -> tuple[dict[str, float], float]:
        """As `WordModel.predict`; nothing where the document has nothing to say."""
        p: dict[str, float] = {}
        mass = 0.0
        for n in range(min(self._order, len(context) + 1)):
            followers = self._followers.get(tuple(context[len(context) - n :]))
            if not followers:
                break
            fitting = self._begun.get(begun, Counter()) if n == 0 else _fitting(followers, begun)
            discount = DISCOUNT if n else 0.0
            total, rest = followers.total(), discount * len(followers)
            words = p.keys() | {word for word, _ in fitting.most_common(LIKELIEST)}
            p = {word: (max(0.0, fitting[word] - discount) + rest * p.get(word, 0.0)) / total for word in words}
            mass = (fitting.total() - discount * len(fitting) + rest * mass) / total
        return p, mass

    def _add(self, token: str) -> None:
        for n in range(min(self._order, len(self._last) + 1)):
            self._followers[self._last[len(self._last) - n :]][token] += 1
        if token[0].isalnum():
            for stop in range(len(token) + 1):
                self._begun[token[:stop]][token] += 1
        self._last = (*self._last, token)[-(self._order - 1) :] if self._order > 1 else ()


def _fitting(followers: Counter[str], begun: str) -> Counter[str]:
    return Counter({word: n for word, n in followers.items() if word[0].isalnum() and word.startswith(begun)})


class WordPredictor:
    """Offers words of a corpus and, with `share`, of the document that is being written."""

    def __init__(self, model: WordModel, order: int, share: float = 0.0, words: int = 1) -> None:
        self._model = model
        self._order = order
        self._share = share
        self._words = words
        self._document = DocumentWords(order)

    def read(self, text: str) -> None:
        """See `Predictor`."""
        if self._share:
            self._document.read(fold(text))

    def chains(self, before: str) -> list[Chain]:
        """See `Predictor`: the word that is begun goes on, or it ends here and another follows."""
        cursor = Cursor.at(fold(before), self._order)
        p, mass = self._predict(cursor.context, cursor.begun)
        chains = []
        longer = {word: share for word, share in p.items() if word != cursor.begun}
        if longer:
            word = max(longer, key=longer.__getitem__)
            whole = mass + UNSEEN if not cursor.needs_space else 1.0
            text = " " * cursor.needs_space + word[len(cursor.begun) :]
            chains.append(self._extend([Offer(text, longer[word] / whole)], (*cursor.context, word)))
        if cursor.begun and p.get(cursor.begun) and self._words > 1:
            ended = Offer("", p[cursor.begun] / (mass + UNSEEN))
            chains.append(self._extend([ended], (*cursor.context, cursor.begun))[1:])
        return chains

    def _extend(self, chain: Chain, context: tuple[str, ...]) -> Chain:
        while len(chain) < self._words and chain[-1].confidence > UNLIKELY:
            p, _ = self._predict(context, "")
            if not p:
                break
            word = max(p, key=p.__getitem__)
            chain.append(Offer(f"{chain[-1].text} {word}", chain[-1].confidence * p[word]))
            context = (*context, word)
        return chain

    def _predict(self, context: tuple[str, ...], begun: str) -> tuple[dict[str, float], float]:
        context = context[len(context) - self._order + 1 :] if self._order > 1 else ()
        said, of_document = self._document.predict(context, begun) if self._share else ({}, 0.0)
        p, mass = self._model.predict(context, begun, said)
        share = self._share if said else 0.0
        mixed = {word: (1 - share) * p.get(word, 0.0) + share * said.get(word, 0.0) for word in p.keys() | said.keys()}
        return mixed, (1 - share) * mass + share * of_document


class CharacterModel:
    """Interpolated character n-grams of a corpus (Witten and Bell 1991)."""

    BITS = 8

    def __init__(self, text: str, order: int) -> None:
        text = fold(text)
        kept = [letter for letter, _ in Counter(text).most_common(200)]
        self.letters = "".join(sorted(kept))
        self._ids = {letter: i for i, letter in enumerate(self.letters)}
        codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
        table = np.full(max(map(ord, self.letters)) + 2, len(kept), np.int64)
        table[[ord(letter) for letter in self.letters]] = range(len(kept))
        self._tables = tables(table[np.minimum(codes, len(table) - 1)], order, self.BITS)
        self._known: dict[str, npt.NDArray[np.float64]] = {}

    def predict(self, before: str) -> npt.NDArray[np.float64]:
        """Probabilities [V] of the letter that follows."""
        context = before[len(before) - len(self._tables) + 1 :] if len(before) >= len(self._tables) else before
        if context not in self._known:
            self._known[context] = self._predict(context)
        return self._known[context]

    def _predict(self, context: str) -> npt.NDArray[np.float64]:
        every = np.arange(len(self.letters))
        p = np.full(len(every), 1 / len(every))
        for n, table in enumerate(self._tables[: len(context) + 1]):
            ids = [self._ids.get(letter, -1) for letter in context[len(context) - n :]]
            if -1 in ids:
                break
            counts = table.counts(packed(ids, self.BITS), every)
            kinds = np.count_nonzero(counts)
            if kinds:
                p = (counts + kinds * p) / (counts.sum() + kinds)
        return p


class CharacterPredictor:
    """Offers what the likeliest letters spell, one after the other."""

    def __init__(self, model: CharacterModel, words: int = PHRASE) -> None:
        self._model = model
        self._words = words

    def read(self, text: str) -> None:
        """See `Predictor`: it knows nothing of the document."""

    def chains(self, before: str) -> list[Chain]:
        """See `Predictor`: it is one chain."""
        before = fold(before)
        chain: Chain = []
        text, probability = "", 1.0
        while len(chain) < self._words and probability > UNLIKELY:
            p = self._model.predict(before + text)
            if text and text[-1].isalnum():
                ends = sum(share for letter, share in zip(self._model.letters, p, strict=True) if _ends(letter))
                if ends > 0.5:
                    chain.append(Offer(text, probability * ends))
            best = int(p.argmax())
            if self._model.letters[best] == "\n":
                break
            text += self._model.letters[best]
            probability *= float(p[best])
        return [chain]


def _ends(letter: str) -> bool:
    """Whether a word has ended where this follows."""
    return not letter.isalnum() and letter not in "'-"
