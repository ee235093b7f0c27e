"""Looking ahead: a beam of continuations with their exact probabilities, and which prefix of them is worth showing.

The beam is stochastic (Kool, van Hoof and Welling, "Stochastic beams and where to find them", 2019): it draws
different continuations, without replacement, from the model at the writer's temperature and top-p. At temperature 0
it is an ordinary beam search. What is shown is decided by the exact, untempered probabilities.

A suggestion is a continuation that ends a word. What it is worth, `charrnn.continuation` says.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from charrnn.beam import drawn, greatest
from charrnn.calibration import IDENTITY, Calibration
from charrnn.cell import Cell, Logits, State
from charrnn.continuation import LOOK, Continuation
from charrnn.endings import Alphabet, ends_word, is_junk
from charrnn.errors import OptionError
from charrnn.memory import Memory
from charrnn.sampling import LogProbabilities, Sampling, shape, softmax
from charrnn.vocabulary import Vocabulary

Length = Literal["word", "phrase", "sentence", "line"]
LENGTHS: tuple[Length, ...] = get_args(Length)
Weights = npt.NDArray[np.float32]
DEFAULT_CONFIDENCE = 0.45  # what editors use unless told otherwise
# What cannot stand beside something better: a last word that ends there with less probability, and less worth than this
# share of the best. An end of a sentence that is less probable than the former is none to reach for, and a text that is
# less probable than the latter beside another of its length is none to reach far with.
PIECE, NONSENSE = 0.1, 0.001
WIDE = 1e20  # sums of weights beyond this, or below its inverse, are scaled: float32 ends at 1e38
LEAST_BOUND = 1 / 3  # probability that the last word of what is shown ends there: no pieces of words


@dataclass(frozen=True)
class SearchOptions:
    """How far and how wide to look. Raises `OptionError` where a value is out of its range."""

    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0))
    candidates: int = 4  # width of the beam
    length: Length = "phrase"
    max_characters: int = 80
    min_confidence: float = 0.0  # calibrated probability of being right under which nothing is found
    stale_cost: float = LOOK  # in keys, of each at which something wrong is shown; 0 where it is asked for by hand

    def __post_init__(self) -> None:
        if not 1 <= self.candidates <= 64:
            raise OptionError(f"candidates is {self.candidates}; it must be from 1 to 64.")
        if self.length not in LENGTHS:
            raise OptionError(f"length is {self.length!r}; it must be one of {', '.join(LENGTHS)}.")
        if not 1 <= self.max_characters <= 1000:
            raise OptionError(f"max_characters is {self.max_characters}; it must be from 1 to 1000.")
        if not 0 <= self.min_confidence <= 1:
            raise OptionError(f"min_confidence is {self.min_confidence}; it must be from 0 to 1.")


@dataclass(frozen=True)
class Suggestion:
    """Text to insert, in the model's alphabet."""

    text: str
    probability: float  # that this is what follows
    confidence: float  # that probability, calibrated
    worth: float  # keys it is expected to save


class _Found(NamedTuple):
    """A continuation that may be shown."""

    preference: float
    text: str
    probability: float
    bound: float  # probability that its last word ends there
    worth: float


class _Coming(NamedTuple):
    """What follows each of N nodes, as weights: probabilities but for a factor of each row."""

    weights: Weights  # [N, V]
    sums: list[list[float]]  # [N, 4] of them, over the kinds of `Alphabet.masses`


class Search:
    """One look ahead. Run `steps`, which gives way after each character; then `best` has the results.

    The step of a small network takes 0.1 ms, and a call of NumPy after it two or three hundredths of that. So what is
    done for each candidate is plain Python, for each character of the alphabet NumPy, in as few calls as can be, and
    what only a result needs is left to `best`.
    """

    def __init__(
        self,
        cell: Cell,
        vocabulary: Vocabulary,
        options: SearchOptions,
        calibration: Calibration = IDENTITY,
        seed: int = 0,
        memory: Memory | None = None,
    ) -> None:
        self._cell = cell
        self._options = options
        self._calibration = calibration
        self._memory = memory
        self._seed = seed
        self._alphabet = Alphabet.of(vocabulary)
        self._wants_all = options.length in ("sentence", "line")
        self._least_probability = calibration.probability(options.min_confidence)
        self._found: list[_Found] = []
        self._best_worth = -math.inf
        self._likeliest = 1.0  # probability of the most probable node of the beam

    @functools.cached_property
    def _rng(self) -> np.random.Generator:
        return np.random.default_rng(self._seed)

    def best(self, count: int = 1) -> list[Suggestion]:
        """The `count` best suggestions: of all that begin with the same word the best, then, if room is left, others.

        None is a beginning of another. Pieces of words and nonsense fill up no more than a second place.
        """
        chosen: list[_Found] = []
        odd: list[_Found] = []
        for found in self._by_preference():
            if len(chosen) == count:
                break
            if any(one.text.startswith(found.text) or found.text.startswith(one.text) for one in chosen):
                continue
            is_odd = chosen and (found.bound < PIECE or found.preference < NONSENSE * chosen[0].preference)
            (odd if is_odd else chosen).append(found)
        if len(chosen) == 1 < count:
            chosen += odd[:1]
        confidence = self._calibration.confidence
        return [
            Suggestion(found.text, found.probability, confidence(found.probability), found.worth) for found in chosen
        ]

    def _by_preference(self) -> Iterator[_Found]:
        """What was found and may be shown: of each first word the best, then all."""
        ranked = sorted(self._found, key=lambda found: -found.preference)
        words: set[str] = set()
        for found in ranked:
            word = found.text.split(maxsplit=1)[0]
            if word not in words and not is_junk(found.text):
                words.add(word)
                yield found
        yield from (found for found in ranked if not is_junk(found.text))

    def steps(self, logits: Logits, state: State, before: str = "") -> Iterator[None]:
        """Look ahead from `state` [S, 1, H], whose next character has `logits` [1, V]; one `yield` a character.

        `before` is the end of what was read, by which the memory finds what followed it earlier.
        """
        nodes = [self._first(before)]
        while True:
            coming = self._predict(nodes, logits)
            self._collect(nodes, coming)
            if len(nodes[0].text) == self._options.max_characters:
                return
            nodes, rows, ids = self._children(nodes, coming)
            if not nodes:
                return
            logits, state = self._cell.run(np.array(ids), state.take(rows, axis=1))
            yield

    def _first(self, before: str) -> Continuation:
        """The continuation that is still empty."""
        return Continuation("", context=self._memory.context(before) if self._memory else b"")

    def _predict(self, nodes: list[Continuation], logits: Logits) -> _Coming:
        """What follows each of N nodes: the network's predictions, with the memory's mixed in."""
        masses = self._alphabet.masses
        weights = np.exp(logits)
        sums = (weights @ masses).tolist()
        if not all(1 / WIDE < row[0] < WIDE for row in sums):
            weights = softmax(logits)
            sums = (weights @ masses).tolist()
        if self._memory is not None:
            self._memory.mix(weights, [row[0] for row in sums], [node.context for node in nodes])
            sums = (weights @ masses).tolist()
        return _Coming(weights, sums)

    def _collect(self, nodes: list[Continuation], coming: _Coming) -> None:
        """Note which nodes are suggestions, from what follows them."""
        self._likeliest = max(node.probability for node in nodes)
        for node, (total, space, bound, line_end) in zip(nodes, coming.sums, strict=True):
            node.space = space / total
            if node.has_word and len(node.text) > 1 and ends_word(node.text):
                self._keep(node, bound / total, line_end / total)

    def _keep(self, node: Continuation, bound: float, line_end: float) -> None:
        """Note a node, unless its last word may well go on; the end of it and of the line have these probabilities."""
        if bound < LEAST_BOUND and self._options.min_confidence > 0:
            return
        worth = node.worth_of_all(len(node.text), bound, self._options.stale_cost)
        if worth > self._best_worth and not is_junk(node.text):
            self._best_worth = worth
        preference = self._preference(node, worth, bound, line_end)
        self._found.append(_Found(preference, node.text, node.probability, bound, worth))

    def _preference(self, node: Continuation, worth: float, bound: float, line_end: float) -> float:
        """Phrases are chosen for what they save; sentences and lines for reaching their end, or far in whole words.

        Of two that reach it the more probable is chosen: the beam goes on beyond an end, with what it would never say.
        """
        if not self._wants_all:
            return worth
        length = self._options.length
        ends_sentence = node.ends_sentence and node.probability > PIECE * node.before
        if length == "line" and line_end > 0.5:
            return 2000 + node.probability * line_end
        if length == "sentence" and ends_sentence:
            return 2000 + node.probability * node.space
        if node.probability < NONSENSE * self._likeliest:
            return node.probability
        return len(node.text) * min(1, bound / LEAST_BOUND) + (1000 if ends_sentence else 0)

    def _children(
        self, nodes: list[Continuation], coming: _Coming
    ) -> tuple[list[Continuation], list[int], list[list[int]]]:
        """The next beam: its nodes, the rows [N] of their parents, and their ids [N, 1]. Changes the weights."""
        weights, totals = coming.weights, [row[0] for row in coming.sums]
        for never in self._alphabet.never:
            weights[:, never] = 0
        for row, node in enumerate(nodes):
            if self._stops(node):
                weights[row, self._alphabet.space] = 0
        ranks, scales, shaped = self._rank(nodes, weights, totals)
        children: list[Continuation] = []
        rows: list[int] = []
        ids: list[list[int]] = []
        for rank, row, i in greatest(ranks, scales, self._options.candidates):
            node = nodes[row]
            probability = node.probability * weights.item(row, i) / totals[row]
            if rank == -math.inf or not probability > 0:
                break
            context = self._memory.following(node.context, i) if self._memory else b""
            child = node.child(self._alphabet.letters[i], probability, rank, shaped.item(row, i), context)
            if self._promises(child):
                children.append(child)
                rows.append(row)
                ids.append([i])
        return children, rows, ids

    def _rank(
        self, nodes: list[Continuation], weights: Weights, totals: list[float]
    ) -> tuple[LogProbabilities, list[float], LogProbabilities]:
        """The ranks of children in the beam [N, V], to be multiplied by a scale of each row [N], and what they leave.

        That is the log-probability [N, V] of each under the tempered distribution, from which ranks are drawn. A beam
        without chance goes by probabilities, and leaves nothing of use.
        """
        if self._options.sampling.temperature == 0:
            return weights, [node.probability / total for node, total in zip(nodes, totals, strict=True)], weights
        with np.errstate(divide="ignore"):
            log_p = np.log(weights) - np.log(np.array(totals, np.float32))[:, None]
        shaped = shape(log_p, self._options.sampling)
        shaped = shaped + np.array([[node.shaped] for node in nodes], np.float32)
        return drawn(shaped, [node.rank for node in nodes], self._rng), [1.0] * len(nodes), shaped

    def _stops(self, node: Continuation) -> bool:
        """Whether a space after `node` would lead beyond what the writer asked for."""
        if self._options.length == "word":
            return node.has_word
        return node.ends_sentence and self._options.length != "line"

    def _promises(self, child: Continuation) -> bool:
        """Whether anything beyond `child` could still be shown, and be worth more than what was found."""
        if child.probability < self._least_probability:
            return False
        if self._wants_all:
            return True
        return child.worth_of_all(self._options.max_characters, 1, self._options.stale_cost) > self._best_worth
