"""How good a network it takes to save 1.35 times as much as n-grams: `python benchmarks/limits.py DATA MODEL...`.

Types the sets of `compare.py` with each of several networks, the threshold off, and reads them for bits per character.
Over the networks, savings grow in proportion as bits fall; a line through them says at how many bits a set's savings
would be `WANTED` times the best n-gram's, of which `benchmarks/results/compare.json` tells. Results: a table, and
`benchmarks/results/limits.json`.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from compare import GREEDY, OURS, documents
from rows import RESULTS, store

from charrnn.evaluation import bits_per_character
from charrnn.model import load_model
from charrnn.search import SearchOptions
from charrnn.typing_evaluation import evaluate_typing

WANTED = 1.35


class Task(NamedTuple):
    """A document that is typed with a model."""

    model: str
    set: str
    text: str


class Outcome(NamedTuple):
    """What it took."""

    characters: int
    keys: int
    bits: float


def main() -> None:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("models", nargs="+", help="names or paths; a line needs two at least")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    compared = json.loads((RESULTS / "compare.json").read_text(encoding="utf-8"))
    sets = documents(options.data, compared["limit"])
    tasks = [Task(model, name, text) for model in options.models for name in sets for text in sets[name]]
    found: dict[tuple[str, str], list[Outcome]] = {}
    with ProcessPoolExecutor(options.jobs) as pool:
        for task, outcome in zip(tasks, pool.map(_measure, tasks), strict=True):
            found.setdefault((task.set, task.model), []).append(outcome)
    rows = []
    print("| set | bits per character | ratio | bits for a ratio of 1.35 |\n|---|---|---|---|")
    for name in sets:
        points = [_point(found[name, model]) for model in options.models]
        rival = _rival(compared["rows"], name)
        slope, level = np.polyfit([bits for bits, _ in points], [saved for _, saved in points], 1)
        needed = round(float((WANTED * rival - level) / slope), 3)
        rows.append({"set": name, "n_gram": rival, "models": points, "bits_needed": needed})
        bits, ratios = (
            ", ".join(texts) for texts in zip(*((f"{b:.3f}", f"{s / rival:.2f}") for b, s in points), strict=True)
        )
        print(f"| {name} | {bits} | {ratios} | {needed:.2f} |")
    store("limits", rows)


def _measure(task: Task) -> Outcome:
    model = load_model(task.model)
    bits = bits_per_character(model.cell, model.vocabulary, [task.text])
    typing = evaluate_typing(model, SearchOptions(), task.text).typing
    return Outcome(typing.characters, typing.keys, bits * len(task.text))


def _point(outcomes: list[Outcome]) -> tuple[float, float]:
    """Bits per character, and savings."""
    characters, keys, bits = map(sum, zip(*outcomes, strict=True))
    return round(bits / characters, 4), round(1 - keys / characters, 4)


def _rival(rows: list[dict[str, object]], name: str) -> float:
    """What the best n-gram saves with its threshold off."""
    return max(row["off"]["value"] for row in rows if row["set"] == name and row["method"] not in (OURS, GREEDY))  # type: ignore[index]


if __name__ == "__main__":
    main()
