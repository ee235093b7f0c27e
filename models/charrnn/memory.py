"""What the writer has written already: an n-gram memory that is mixed into the network's predictions.

A network of a few megabytes cannot know the names and turns of phrase of one writer; this memory has them at once. It
looks up where what was just written stood before. What followed there is predicted, the more boldly the longer the
match. How boldly, is learned while the writer types: each kind of match has a weight, moved by how well such matches
have predicted (the EM step of a mixture; compare the match models of PAQ, Mahoney 2005).

Nothing of it is ever written to disk.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from charrnn.concordance import Concordance
from charrnn.vocabulary import Vocabulary

RATE = 0.01  # how fast weights move
LEAST_REST = 1e-9  # share of the network in the mixture, however right the memory has been
# The log odds of a kind's first weight are the sum of one number of each row: by the length of the match, by where it
# begins, by how often it stood, by how many different symbols followed, and by what the network thinks of the most
# frequent of these. They were fitted on 200,000 characters of five texts with the bundled model, by
# benchmarks/fit_memory.py: what begins with a name goes on as before.
_BY_LENGTH = (-2.54, -2.69, -2.51, -1.8, -0.99, -2.34, -2.2)
_BY_BEGINNING = (-0.89, -0.19, 1.14, -1.14)
_BY_SEEN = (-1.41, -0.44, -0.09, 0.22, 0.64)
_BY_DIFFERENT = (0.8, -0.83, -1.05)
_BY_NETWORK = (-0.81, -0.47, -0.2, 0.2, 0.28, 0.36, -0.44)
_OPINIONS = (0.003, 0.01, 0.03, 0.1, 0.3, 0.6)  # probabilities that bound the last

Probabilities = npt.NDArray[np.float32]


class Match(NamedTuple):
    """Evidence of one length, of the kind that it is for the network at hand."""

    kind: int
    shares: dict[int, float]  # of symbols


@dataclass(frozen=True)
class Expectation:
    """The network's probabilities [V] of the next symbol, and what the memory has to say."""

    p: Probabilities
    matches: list[Match]


class Memory(Concordance):
    """Remembered passages, and the weights of matches in them."""

    def __init__(self, vocabulary: Vocabulary, capacity: int = 400_000) -> None:
        super().__init__(vocabulary, capacity)
        self._weights = _first_weights()

    def forget(self) -> None:
        """Forget everything, the weights too."""
        super().forget()
        self._weights = _first_weights()

    def mix(self, p: Probabilities, totals: Sequence[float], contexts: Sequence[bytes]) -> None:
        """Mix into the network's probabilities p [N, V], in place, what followed each of N `contexts` before.

        They are probabilities but for a factor: rows have the sums `totals` [N], and afterwards greater ones.
        """
        weights = self._weights
        for row, (total, context) in enumerate(zip(totals, contexts, strict=True)):
            added: dict[int, float] = {}
            get = added.get
            rest = 1.0
            for kinds, best, seen, counts in self.evidence(context):
                opinion, left = bisect(_OPINIONS, p.item(row, best) / total), rest
                for kind in kinds:
                    left *= 1 - weights[kind + opinion]
                share = (rest - left) / seen
                for symbol, count in counts:
                    added[symbol] = get(symbol, 0.0) + share * count
                rest = left
            for symbol, share in added.items():
                p[row, symbol] += share * total / max(rest, LEAST_REST)

    def expect(self, p: Probabilities, context: bytes) -> Expectation:
        """What is expected after `context`, where the network's probabilities are p [V].

        Ask before that is learned, or the memory will have known it.
        """
        return Expectation(p, self._matches(p, context))

    def adapt(self, expectation: Expectation, symbol: int) -> None:
        """Move the weights by what has come."""
        probability = float(expectation.p[symbol])
        for match in reversed(expectation.matches):
            weight = self._weights[match.kind]
            share = weight * match.shares.get(symbol, 0.0)
            probability = (1 - weight) * probability + share
            self._weights[match.kind] = weight + RATE * (share / max(probability, 1e-9) - weight)

    def _matches(self, p: Probabilities, context: bytes) -> list[Match]:
        """The matches of `context`, from the longest order that has one to the shortest."""
        matches = []
        for kinds, best, seen, counts in self.evidence(context):
            opinion = bisect(_OPINIONS, p.item(best))
            shares = {symbol: count / seen for symbol, count in counts}
            matches += [Match(kind + opinion, shares) for kind in kinds]
        return matches


def _first_weights() -> list[float]:
    """The weight of each kind before anything was seen."""
    rows = np.ix_(_BY_LENGTH, _BY_BEGINNING, _BY_SEEN, _BY_DIFFERENT, _BY_NETWORK)
    weights: list[float] = (1 / (1 + np.exp(-sum(rows)))).reshape(-1).tolist()
    return weights
