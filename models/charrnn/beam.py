"""Which children of a beam go on: those of the greatest rank, and how ranks are drawn."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Ranks = npt.NDArray[np.float32]


def drawn(log_p: Ranks, limits: Sequence[float], rng: np.random.Generator) -> Ranks:
    """Ranks [N, V] of children with log-probabilities [N, V], of parents whose own ranks are the `limits` [N].

    They are Gumbel variables whose greatest in each row is the parent's (Kool et al. 2019, appendix B.3). What cannot
    come keeps its -inf.
    """
    limit = np.array(limits, np.float32)[:, None]
    free = log_p + rng.gumbel(size=log_p.shape).astype(np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        v = limit - free + np.log1p(-np.exp(free - free.max(axis=1, keepdims=True)))
        ranks = limit - np.maximum(v, 0) - np.log1p(np.exp(-np.abs(v)))
    return np.where(np.isneginf(log_p), log_p, ranks)


def greatest(values: Ranks, scales: Sequence[float], count: int) -> Iterator[tuple[float, int, int]]:
    """The `count` greatest of values [N, V] times positive scales [N], each with its row and column, in this order.

    Those that were given are overwritten in `values`.
    """
    columns = values.argmax(axis=1).tolist()
    heap = [(-values.item(row, i) * scales[row], row, i) for row, i in enumerate(columns)]
    heapq.heapify(heap)
    for _ in range(min(count, values.size)):
        rank, row, i = heap[0]
        yield -rank, row, i
        line = values[row]
        line[i] = -math.inf
        i = int(line.argmax())
        heapq.heapreplace(heap, (-line.item(i) * scales[row], row, i))
