"""Looking ahead: a beam of continuations with their exact probabilities, and which prefix of them is worth showing.

The beam is stochastic (Kool, van Hoof and Welling, "Stochastic beams and where to find them", 2019): it draws
different continuations, without replacement, from the model at the writer's temperature and top-p. At temperature 0
it is an ordinary beam search. What is shown is decided by the exact, untempered probabilities.

A suggestion is a continuation that ends a word. Its worth is the number of keys that it is expected to save, where
the whole of it costs one key to take and otherwise each of its words does:

    worth = sum over k of P(exactly the first k words are right) * (characters in them - k)
            + P(all of it is right) * (its characters - 1)
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from charrnn.cell import Cell, Logits, State
from charrnn.errors import OptionError
from charrnn.memory import Memory
from charrnn.sampling import LogProbabilities, Probabilities, Sampling, shape, softmax
from charrnn.vocabulary import Vocabulary

Length = Literal["word", "phrase", "sentence", "line"]
LENGTHS: tuple[Length, ...] = get_args(Length)
DEFAULT_CONFIDENCE = 0.4  # what editors use unless told otherwise


@dataclass(frozen=True)
class SearchOptions:
    """How far and how wide to look. Raises `OptionError` where a value is out of its range."""

    sampling: Sampling = field(default_factory=lambda: Sampling(temperature=0))
    candidates: int = 4  # width of the beam
    length: Length = "phrase"
    max_characters: int = 80
    min_confidence: float = 0.0  # calibrated probability of being right under which nothing is found

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
class Calibration:
    """What the model's probability that a suggestion is right is really worth (Platt 1999), measured on held-out text.

    confidence = sigmoid(slope * logit(probability) + intercept), with a positive slope. Raises `OptionError` without.
    """

    slope: float = 1.0
    intercept: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.slope < math.inf and math.isfinite(self.intercept)):
            raise OptionError(
                f"calibration has slope {self.slope} and intercept {self.intercept}; they must be finite, the slope "
                "greater than 0."
            )

    def confidence(self, probability: float) -> float:
        p = min(max(probability, 1e-9), 1 - 1e-9)
        logit = self.slope * math.log(p / (1 - p)) + self.intercept
        return 1 / (1 + math.exp(min(-logit, 700)))  # beyond that exp overflows


IDENTITY = Calibration()


@dataclass(frozen=True)
class Suggestion:
    """Text to insert, in the model's alphabet."""

    text: str
    probability: float  # of all of it, followed by the end of a word
    confidence: float  # that probability, calibrated
    worth: float  # keys it is expected to save


@dataclass(slots=True)
class _Node:
    """A continuation, and what is known of the words that a space has ended in it."""

    text: str
    log_p: float  # of all of `text`, exact
    rank: float  # in the beam
    shaped: float  # log-probability under the tempered distribution
    words: int = 0
    gain: int = 0  # keys saved by taking those words one by one
    worth: float = 0.0  # their part of the worth
    space: float = 0.0  # probability that white space follows `text`
    context: bytes = b""  # the symbols up to here, as far as the memory looks at them

    def child(self, letter: str, log_p: float, rank: float, shaped: float, context: bytes) -> _Node:
        """This continuation and one more character. A space may end a word."""
        node = _Node(self.text + letter, log_p, rank, shaped, self.words, self.gain, self.worth, context=context)
        if letter == " " and self.text.strip() and self.text[-1] != " ":
            ended = math.exp(self.log_p) * self.space
            node.words += 1
            node.gain = max(self.gain, len(self.text) - node.words)
            node.worth += ended * (node.gain - self.gain)
        return node


class Search:
    """One look ahead. Run `steps`, which gives way after each character; then `best` has the results."""

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
        self._rng = np.random.default_rng(seed)
        self._alphabet = _Alphabet.of(vocabulary)
        self._found: list[tuple[float, Suggestion]] = []
        self._best_worth = 0.0

    def best(self, count: int = 1) -> list[Suggestion]:
        """The `count` best suggestions: of all that begin with the same word the best, then, if room is left, others.

        None is a beginning of another.
        """
        ranked = [suggestion for _, suggestion in sorted(self._found, key=lambda found: -found[0])]
        words: dict[str, Suggestion] = {}
        for suggestion in ranked:
            words.setdefault(suggestion.text.split()[0], suggestion)
        chosen: list[Suggestion] = []
        for suggestion in (*words.values(), *ranked):
            if len(chosen) == count:
                break
            if not any(s.text.startswith(suggestion.text) or suggestion.text.startswith(s.text) for s in chosen):
                chosen.append(suggestion)
        return chosen

    def steps(self, logits: Logits, state: State, before: str = "") -> Iterator[None]:
        """Look ahead from `state` [S, 1, H], whose next character has `logits` [1, V]; one `yield` a character.

        `before` is the end of what was read, by which the memory finds what followed it earlier.
        """
        nodes = [self._first(before)]
        while True:
            p = self._predict(nodes, logits)
            self._collect(nodes, p)
            if len(nodes[0].text) == self._options.max_characters:
                return
            nodes, rows, ids = self._children(nodes, p)
            if not nodes:
                return
            logits, state = self._cell.run(ids[:, None], state[:, rows])
            yield

    def _first(self, before: str) -> _Node:
        """The continuation that is still empty."""
        return _Node("", 0.0, 0.0, 0.0, context=self._memory.context(before) if self._memory else b"")

    def _predict(self, nodes: list[_Node], logits: Logits) -> Probabilities:
        """The probabilities [N, V] of what follows each node: the network's, with the memory's mixed in."""
        p = softmax(logits)
        if self._memory is not None:
            self._memory.mix(p, [node.context for node in nodes])
        return p

    def _collect(self, nodes: list[_Node], p: Probabilities) -> None:
        """Note which nodes are suggestions, from the probabilities [N, V] of what follows them."""
        masses = p @ self._alphabet.masses  # [N, 3]
        for node, (space, bound, line_end) in zip(nodes, masses.tolist(), strict=True):
            node.space = space
            if len(node.text) > 1 and _ends_word(node.text) and _has_word(node.text):
                self._keep(node, bound, line_end)

    def _keep(self, node: _Node, bound: float, line_end: float) -> None:
        """Note a node, if it may be shown; the end of its word and of its line follow with these probabilities."""
        right = math.exp(node.log_p) * bound
        confidence = self._calibration.confidence(right)
        if confidence < self._options.min_confidence or _is_junk(node.text):
            return
        worth = node.worth + right * (len(node.text) - 1 - node.gain)
        self._best_worth = max(self._best_worth, worth)
        suggestion = Suggestion(node.text, right, confidence, worth)
        self._found.append((self._preference(node, worth, line_end), suggestion))

    def _preference(self, node: _Node, worth: float, line_end: float) -> float:
        """Phrases are chosen for what they save; sentences and lines for reaching their end, or at least far.

        Of two that reach it the more probable is chosen: the beam goes on beyond an end, with what it would never say.
        """
        length, ends_sentence = self._options.length, _ends_sentence(node.text)
        if length == "line" and line_end > 0.5:
            return 2000 + math.exp(node.log_p) * line_end
        if length == "sentence" and ends_sentence:
            return 2000 + math.exp(node.log_p) * node.space
        if length in ("sentence", "line"):
            return len(node.text) + (1000 if ends_sentence else 0)
        return worth

    def _children(
        self, nodes: list[_Node], p: Probabilities
    ) -> tuple[list[_Node], npt.NDArray[np.intp], npt.NDArray[np.int64]]:
        """The next beam: its nodes, the rows [N] of their parents, and their ids [N]."""
        with np.errstate(divide="ignore"):
            log_p = np.log(p)
        exact = log_p + np.array([[node.log_p] for node in nodes], np.float32)
        log_p[:, self._alphabet.line_ends] = -np.inf
        for row, node in enumerate(nodes):
            if self._stops(node):
                log_p[row, self._alphabet.spaces] = -np.inf
        ranks, shaped = self._rank(nodes, log_p, exact)
        width = min(self._options.candidates, ranks.size)
        places = np.argpartition(-ranks, width - 1, axis=None)[:width]
        children: list[_Node] = []
        kept: list[tuple[int, int]] = []
        for place in places[np.argsort(-ranks.flat[places], kind="stable")].tolist():
            row, i = divmod(place, ranks.shape[1])
            rank = float(ranks[row, i])
            if rank == -math.inf:
                break
            node = nodes[row]
            context = self._memory.following(node.context, i) if self._memory else b""
            letter = self._alphabet.letters[i]
            child = node.child(letter, float(exact[row, i]), rank, float(shaped[row, i]), context)
            if self._promises(child):
                children.append(child)
                kept.append((row, i))
        rows, ids = np.array(kept, np.int64).reshape(-1, 2).T
        return children, rows, ids

    def _rank(
        self, nodes: list[_Node], log_p: LogProbabilities, exact: LogProbabilities
    ) -> tuple[LogProbabilities, LogProbabilities]:
        """The rank in the beam of each child [N, V], and its log-probability under the tempered distribution."""
        if self._options.sampling.temperature == 0:
            ranks = np.where(np.isneginf(log_p), log_p, exact)
            return ranks, ranks
        shaped = shape(log_p, self._options.sampling) + np.array([[node.shaped] for node in nodes], np.float32)
        limits = np.array([[node.rank] for node in nodes], np.float32)
        drawn = shaped + self._rng.gumbel(size=shaped.shape).astype(np.float32)
        with np.errstate(divide="ignore", invalid="ignore"):
            # Gumbel variables whose greatest in each row is the parent's rank (Kool et al., appendix B.3).
            v = limits - drawn + np.log1p(-np.exp(drawn - drawn.max(axis=1, keepdims=True)))
            ranks = limits - np.maximum(v, 0) - np.log1p(np.exp(-np.abs(v)))
        return np.where(np.isneginf(shaped), shaped, ranks), shaped

    def _stops(self, node: _Node) -> bool:
        """Whether a space after `node` would lead beyond what the writer asked for."""
        if self._options.length == "word":
            return _has_word(node.text)
        return self._options.length != "line" and _ends_sentence(node.text)

    def _promises(self, child: _Node) -> bool:
        """Whether anything beyond `child` could still be shown, and be worth more than what was found."""
        probability = math.exp(child.log_p)
        if self._calibration.confidence(probability) < self._options.min_confidence:
            return False
        if self._options.length in ("sentence", "line"):
            return True
        most = child.worth + probability * (self._options.max_characters - 1 - child.gain)
        return most > self._best_worth


@dataclass(frozen=True)
class _Alphabet:
    """What the search needs to know of the characters of a vocabulary."""

    letters: list[str]
    spaces: npt.NDArray[np.intp]
    line_ends: npt.NDArray[np.intp]
    masses: npt.NDArray[np.float32]  # [V, 3]: is it white space; can it follow a whole word; is it a line end

    @classmethod
    @functools.lru_cache(maxsize=8)
    def of(cls, vocabulary: Vocabulary) -> _Alphabet:
        letters = [vocabulary.decode([i]) for i in range(len(vocabulary))]
        spaces = [letter in (" ", "\n") for letter in letters]
        line_ends = [letter == "\n" for letter in letters]
        bounds = [not letter.isalnum() and letter not in ("'", "-") for letter in letters]
        return cls(
            letters,
            np.array([i for i, letter in enumerate(letters) if letter == " "], np.intp),
            np.flatnonzero(line_ends),
            np.array([spaces, bounds, line_ends], np.float32).T.copy(),
        )


_LOOP = re.compile(r"\b(\w+)(\W+\1\b){2,}|[^\w\s]{4,}|(.{4,})\3{2,}")
_SENTENCE_END = re.compile(r"[.!?][\"')\]*_]*$")


def _has_word(text: str) -> bool:
    return any(map(str.isalnum, text))


def _ends_word(text: str) -> bool:
    """Whether a suggestion may end here: after a letter or digit, or after punctuation that closes."""
    last = text[-1:]
    return last.isalnum() or (last != "" and last in ".,;:!?)\"'" and text[-2:-1] not in ("", " "))


def _ends_sentence(text: str) -> bool:
    return _SENTENCE_END.search(text) is not None


def _is_junk(text: str) -> bool:
    """A word three times over, or a run of punctuation: what a network falls into when it has lost its way."""
    return _LOOP.search(text) is not None
