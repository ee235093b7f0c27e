"""How sure a figure is: percentile intervals from blocks of text drawn again (Efron 1979).

Characters of one text are not independent, so whole blocks are drawn, not characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DRAWS = 1000
LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A figure, and the interval that holds 95 of 100 figures from texts drawn again."""

    value: float
    low: float
    high: float

    def rounded(self, digits: int = 4) -> dict[str, float]:
        """For JSON."""
        return {"value": round(self.value, digits), "low": round(self.low, digits), "high": round(self.high, digits)}


def ratio(parts: Sequence[float], wholes: Sequence[float], seed: int = 0) -> Estimate:
    """The sum of `parts` over that of `wholes`, one of each a block. 0 where there is nothing."""
    sums = np.array([parts, wholes], np.float64)
    count = sums.shape[1]
    if not sums[1].any():
        return Estimate(0.0, 0.0, 0.0)
    value = float(sums[0].sum() / sums[1].sum())
    # How often each block is drawn: [DRAWS, count].
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=DRAWS)
    low, high = _quantiles(*(drawn @ sums.T).T)
    return Estimate(value, low, high)


def _quantiles(parts: npt.NDArray[np.float64], wholes: npt.NDArray[np.float64]) -> tuple[float, float]:
    kept = wholes > 0  # a draw without anything to measure says nothing
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(parts[kept] / wholes[kept], [tail, 1 - tail])
    return float(low), float(high)
