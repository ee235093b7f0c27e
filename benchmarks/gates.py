"""Ways to judge what may be shown: `python benchmarks/gates.py`.

Types benchmarks/texts with the bundled model at several thresholds, with the model's own probabilities in place of a
calibration that follows the writer, and works out what each way saves where it is right equally often; then with the
threshold off, where only what is preferred can differ. Writes benchmarks/results/gates.json.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compare import at_precision
from rows import store

import charrnn.continuation
import charrnn.model
import charrnn.search
from charrnn.calibration import IDENTITY
from charrnn.continuation import END
from charrnn.library import DEFAULT
from charrnn.model import load_model
from charrnn.outcomes import Outcomes
from charrnn.report import estimates
from charrnn.search import LEAST_BOUND, Search, SearchOptions
from charrnn.typing_evaluation import evaluate_typing
from charrnn.writer import Typing

HERE = Path(__file__).parent
GATES = (0.25, 0.35, 0.45, 0.55)
PRECISION = 0.65


@dataclass(frozen=True)
class Way:
    """A way to judge a continuation whose last word ends where it does with some probability, the bound.

    The bound must be at least `least`; where `joint`, what must clear the threshold is the probability that the text
    comes and ends there; and the worth of the whole has the bound's `power` for a factor.
    """

    name: str
    least: float = LEAST_BOUND
    joint: bool = False
    power: float = END
    gates: tuple[float, ...] = GATES


WAYS = (
    Way("the text and the end of its last word", least=0, joint=True),
    Way("the text alone", least=0),
    *(Way(f"the text, its last word ending with {least:.2f}", least) for least in (0.2, LEAST_BOUND, 0.5)),
    *(Way(f"threshold off, the end to the power {power:g}", power=power, gates=(0.0,)) for power in (0, 0.5, 1, 2)),
)


class Frozen(Outcomes):
    """What became of suggestions changes nothing."""

    def _learn(self, probability: float, right: bool) -> None:
        pass


def searching(way: Way) -> type[Search]:
    """The search that judges so."""

    class Judging(Search):
        def _keep(self, node: Any, bound: float, line_end: float) -> None:
            if not (way.joint and node.probability * bound < self._least_probability):
                super()._keep(node, bound, line_end)

    return Judging


def main() -> None:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--limit", type=int, default=3000, help="characters of each text")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    tasks = [(way, gate, options.model, options.limit) for way in WAYS for gate in way.gates]
    with ProcessPoolExecutor(options.jobs) as pool:
        points = dict(zip([task[:2] for task in tasks], pool.map(_measure, tasks), strict=True))
    rows = list(_rows(points))
    for row in rows:
        print(json.dumps(row))
    store("gates", rows)


def _measure(task: tuple[Way, float, str, int]) -> dict[str, Any]:
    """What the way saves at that threshold."""
    way, gate, name, limit = task
    charrnn.search.LEAST_BOUND = way.least  # type: ignore[misc]
    charrnn.continuation.END = way.power  # type: ignore[misc]
    charrnn.model.Search = searching(way)  # type: ignore[misc]
    model = load_model(name)
    model.outcomes = Frozen(IDENTITY)
    texts = [file.read_text(encoding="utf-8")[:limit] for file in sorted((HERE / "texts").glob("*.txt"))]
    typings: list[Typing] = [evaluate_typing(model, SearchOptions(min_confidence=gate), text).typing for text in texts]
    found = estimates(typings)
    return {"min_confidence": gate} | {key: found[key].rounded() for key in ("keystroke_savings", "precision")}


def _rows(points: dict[tuple[Way, float], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for way in WAYS:
        measured = [points[way, gate] for gate in way.gates]
        row: dict[str, Any] = {"way": way.name}
        if len(measured) > 1:
            row["saved_at_precision"] = round(at_precision(measured, {"precision": {"value": PRECISION}}), 4)
        yield row | {"points": measured}


if __name__ == "__main__":
    main()
