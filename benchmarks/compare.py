"""Compare the network with n-grams and with itself without search and memory: `python benchmarks/compare.py DATA`.

DATA is a folder with `english-prose/train.txt`, on 20 million characters of which the n-grams are trained, and the sets
below. Each set is typed with the threshold off, and at the network's default threshold; of each baseline it is worked
out what it saves at the precision that the network has there. Results: a table, and `benchmarks/results/compare.json`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from baselines import (
    DOCUMENT_SHARE,
    PHRASE,
    CharacterModel,
    CharacterPredictor,
    Predictor,
    WordModel,
    WordPredictor,
    fold,
    sweep,
)

from charrnn.library import DEFAULT
from charrnn.model import load_model
from charrnn.report import estimates
from charrnn.search import DEFAULT_CONFIDENCE, SearchOptions
from charrnn.typing_evaluation import evaluate_typing
from charrnn.writer import Typing

HERE = Path(__file__).parent
TRAINING = 20_000_000  # characters
SPREAD = 40  # pieces of the corpus that these are taken from
PIECE = 20_000  # characters
GATES = tuple(n / 20 for n in range(20))
NETWORK_GATES = tuple(sorted({0.0, 0.3, 0.4, 0.5, DEFAULT_CONFIDENCE}))
GREEDY_GATES = (0.0, 0.4, 0.5, 0.6)
OURS, GREEDY = "charrnn", "greedy network"
# Where in a file of several sources to take pieces, so that each is of another source.
PIECES = {"english-prose": (0.03, 0.15, 0.35, 0.6, 0.85), "modern-prose": (0.1, 0.25, 0.6, 0.925, 0.965)}


@dataclass(frozen=True)
class Task:
    """A document that is typed with one method."""

    set: str
    document: int
    text: str
    method: str


def main() -> None:
    """Measure, print, store."""
    options = _options()
    sets = documents(options.data, options.limit)
    sets = {name: sets[name] for name in options.sets or sets}
    kept = _kept(options.out) if options.network_alone else {}
    methods = _networks(options.model)
    if not options.network_alone:
        methods |= _baselines(options.data / "english-prose" / "train.txt", options.training)
    tasks = [Task(name, n, text, method) for method in methods for name in sets for n, text in enumerate(sets[name])]
    found: dict[tuple[str, str], list[dict[float, Typing]]] = {}
    for task, runs in zip(tasks, _carried_out(tasks, methods, options.jobs), strict=True):
        found.setdefault((task.set, task.method), []).append(runs)
        print(f"{task.method}: {task.set} {task.document + 1}", file=sys.stderr, flush=True)
    points = {name: {m: _points(found[name, m]) for m in methods} | kept.get(name, {}) for name in sets}
    rows = [row for name in sets for row in _rows(name, points[name])]
    print(_table(rows))
    options.out.parent.mkdir(exist_ok=True)
    said = {"model": options.model, "training": options.training, "limit": options.limit}
    lines = ",\n".join(map(json.dumps, rows))  # one a row, for diffs
    options.out.write_text(f'{json.dumps(said)[:-1]}, "rows": [\n{lines}\n]}}\n', encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="*", help="only these")
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--limit", type=int, default=200_000, help="characters of each document")
    parser.add_argument("--training", type=int, default=TRAINING, help="characters for the n-grams")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--network-alone", action="store_true", help="keep what OUT says of the n-grams")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "compare.json")
    return parser.parse_args()


def documents(data: Path, limit: int) -> dict[str, list[str]]:
    """The documents of each set, cut at `limit`."""
    sets = {name: [_read(data / name / "test.txt")] for name in ("own-chesterton", "own-thoreau")}
    for name, shares in PIECES.items():
        text = _read(data / name / "valid.txt")
        sets[name] = [_piece(text, share) for share in shares]
    sets["texts"] = list(map(_read, sorted((HERE / "texts").glob("*.txt"))))
    return {name: [text[:limit] for text in texts] for name, texts in sets.items()}


def _piece(text: str, share: float) -> str:
    """A piece that begins with a paragraph, at about this share of the text."""
    start = text.index("\n\n", int(share * len(text))) + 2
    return text[start : start + PIECE]


def spread(text: str, size: int) -> str:
    """So many characters from all over a text."""
    if len(text) <= size:
        return text
    stride = len(text) // SPREAD
    return "\n\n".join(text[n * stride : n * stride + size // SPREAD] for n in range(SPREAD))


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


Method = Callable[[str], dict[float, Typing]]
_shared: dict[str, Method] = {}  # in each process


def _networks(model: str) -> dict[str, Method]:
    """The network as it is used, and without search and memory; each types a text at its thresholds."""
    return {
        OURS: partial(_network, model, SearchOptions(), NETWORK_GATES, with_memory=True),
        GREEDY: partial(_network, model, SearchOptions(candidates=1), GREEDY_GATES, with_memory=False),
    }


def _baselines(corpus: Path, training: int) -> dict[str, Method]:
    """What it is compared with, trained on so many characters of a corpus."""
    text = spread(_read(corpus), training)
    words, letters = WordModel(text, 4), CharacterModel(text, 5)
    return {
        "word 4-gram": partial(_baseline, lambda: WordPredictor(words, 4, DOCUMENT_SHARE)),
        "word 4-gram, phrases": partial(_baseline, lambda: WordPredictor(words, 4, DOCUMENT_SHARE, PHRASE)),
        "character 5-gram": partial(_baseline, lambda: CharacterPredictor(letters)),
        "unigram": partial(_baseline, lambda: WordPredictor(words, 1)),
    }


def _carried_out(tasks: list[Task], methods: dict[str, Method], jobs: int) -> Iterator[dict[float, Typing]]:
    _shared.update(methods)
    if jobs == 1:
        yield from map(_run, tasks)
        return
    # Forked, so that the n-grams are shared; the network is loaded by each process for itself.
    with ProcessPoolExecutor(jobs, get_context("fork")) as pool:
        yield from pool.map(_run, tasks)


def _run(task: Task) -> dict[float, Typing]:
    return _shared[task.method](task.text)


def _network(
    name: str, search: SearchOptions, gates: Iterable[float], text: str, *, with_memory: bool
) -> dict[float, Typing]:
    model = load_model(name)
    options = {gate: replace(search, min_confidence=gate) for gate in gates}
    return {gate: evaluate_typing(model, options[gate], text, with_memory=with_memory).typing for gate in options}


def _baseline(make: Callable[[], Predictor], text: str) -> dict[float, Typing]:
    return sweep(make(), fold(text), GATES)


Points = dict[float, dict[str, Any]]  # what a method saves, by threshold


def _kept(file: Path) -> dict[str, dict[str, Points]]:
    """What an earlier comparison found out about the n-grams, by set and method."""
    kept: dict[str, dict[str, Points]] = {}
    for row in json.loads(file.read_text(encoding="utf-8"))["rows"]:
        if row["method"] not in (OURS, GREEDY):
            kept.setdefault(row["set"], {})[row["method"]] = {float(gate): at for gate, at in row["points"].items()}
    return kept


def _rows(name: str, points: dict[str, Points]) -> list[dict[str, Any]]:
    """For each method: what it saves with the threshold off, and at the precision of the network's default one."""
    goal = points[OURS][DEFAULT_CONFIDENCE]
    rows = []
    for method, by_gate in points.items():
        saved = goal["keystroke_savings"]["value"] if method == OURS else at_precision(by_gate.values(), goal)
        rows.append({
            "set": name,
            "method": method,
            "off": by_gate[0.0]["keystroke_savings"],
            "at_precision": {"precision": goal["precision"]["value"], "keystroke_savings": round(saved, 4)},
            "points": {str(gate): point for gate, point in by_gate.items()},
        })  # fmt: skip
    return rows


def _points(runs: list[dict[float, Typing]]) -> Points:
    """What a method saves over the documents of a set, by threshold."""
    by_gate = {gate: estimates([run[gate] for run in runs]) for gate in runs[0]}
    return {gate: {key: value.rounded() for key, value in point.items()} for gate, point in by_gate.items()}


def at_precision(points: Iterable[dict[str, Any]], goal: dict[str, Any]) -> float:
    """The most that a method saves where it is as precise as `goal`, or at its most precise where it never is."""
    pairs = sorted((point["precision"]["value"], point["keystroke_savings"]["value"]) for point in points)
    precision: float = goal["precision"]["value"]
    between = np.interp(precision, [precise for precise, _ in pairs], [saved for _, saved in pairs])
    best: float = max([float(between), *(saved for precise, saved in pairs if precise >= precision)])
    return best


def _table(rows: list[dict[str, Any]]) -> str:
    """One row a set and method, in per cent; and how many times as much the network saves."""
    lines = ["| set | method | threshold off | ours / this | at precision | saved | ours / this |", "|---" * 7 + "|"]
    ours = {row["set"]: row for row in rows if row["method"] == OURS}
    for row in rows:
        off, gated = row["off"]["value"], row["at_precision"]["keystroke_savings"]
        best = ours[row["set"]]
        ratios = [best["off"]["value"] / max(off, 1e-9), best["at_precision"]["keystroke_savings"] / max(gated, 1e-9)]
        lines.append(
            f"| {row['set']} | {row['method']} | {off:.3f} | {ratios[0]:.2f} "
            f"| {row['at_precision']['precision']:.2f} | {gated:.3f} | {ratios[1]:.2f} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
