"""Ways to look ahead, at about equal cost: `python benchmarks/searches.py`.

Types benchmarks/texts with the bundled model, the threshold off and at the default, by a greedy search, beams of
several widths, sampling, best-first search, and beams that do not mind what stays while it is wrong; writes
benchmarks/results/searches.json.
"""

from __future__ import annotations

import argparse
import heapq
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rows import store

import charrnn.model
from charrnn.cell import Logits, State
from charrnn.library import DEFAULT
from charrnn.model import load_model
from charrnn.report import estimates
from charrnn.sampling import Sampling
from charrnn.search import DEFAULT_CONFIDENCE, Search, SearchOptions
from charrnn.typing_evaluation import evaluate_typing

HERE = Path(__file__).parent
RUNS = 24  # of the cell, at most, in a best-first search: what a beam comes to


class BestFirst(Search):
    """Reads on from the most probable continuations of any length, as many at a time as the beam is wide."""

    def steps(self, logits: Logits, state: State, before: str = "") -> Iterator[None]:
        """See `Search.steps`."""
        order = itertools.count()
        frontier: list[tuple[float, int, object, State, list[int]]] = []
        nodes = [self._first(before)]
        for _ in range(RUNS):
            coming = self._predict(nodes, logits)
            self._collect(nodes, coming)
            children, rows, ids = self._children(nodes, coming)
            for child, row, i in zip(children, rows, ids, strict=True):
                heapq.heappush(frontier, (-child.probability, next(order), child, state[:, row : row + 1], i))
            taken = [heapq.heappop(frontier) for _ in range(min(self._options.candidates, len(frontier)))]
            taken = [entry for entry in taken if self._promises(entry[2])]  # type: ignore[arg-type]
            if not taken:
                return
            nodes = [entry[2] for entry in taken]  # type: ignore[misc]
            logits, state = self._cell.run(
                np.array([entry[4] for entry in taken]), np.concatenate([entry[3] for entry in taken], axis=1)
            )
            yield


@dataclass(frozen=True)
class Way:
    """A way to look ahead."""

    name: str
    options: SearchOptions
    search: type[Search] = Search


WAYS = (
    Way("greedy", SearchOptions(candidates=1)),
    *(Way(f"beam of {n}", SearchOptions(candidates=n)) for n in (2, 4, 8)),
    *(Way(f"4 samples, temperature {t}", SearchOptions(Sampling(temperature=t), 4)) for t in (0.5, 1.0)),
    Way("4 samples, temperature 1.0, top-p 0.8", SearchOptions(Sampling(temperature=1.0, top_p=0.8), 4)),
    Way("best first, 4 at a time", SearchOptions(candidates=4), BestFirst),
    *(Way(f"beam of {n}, whatever stays", SearchOptions(candidates=n, stale_cost=0)) for n in (2, 4, 8)),
)


def main() -> None:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--limit", type=int, default=3000, help="characters of each text")
    options = parser.parse_args()
    model = load_model(options.model)
    texts = [file.read_text(encoding="utf-8")[: options.limit] for file in sorted((HERE / "texts").glob("*.txt"))]
    rows = []
    for way in WAYS:
        charrnn.model.Search = way.search  # type: ignore[misc]
        for gate in (0.0, DEFAULT_CONFIDENCE):
            measured = [evaluate_typing(model, replace(way.options, min_confidence=gate), text) for text in texts]
            found = estimates([one.typing for one in measured])
            seconds = [second for one in measured for second in one.seconds]
            row = {
                "way": way.name,
                "min_confidence": gate,
                "keystroke_savings": found["keystroke_savings"].rounded(),
                "precision": found["precision"].rounded(),
                "mean_milliseconds": round(1000 * float(np.mean(seconds)), 2),
            }
            rows.append(row)
            print(json.dumps(row), flush=True)
    store("searches", rows)


if __name__ == "__main__":
    main()
