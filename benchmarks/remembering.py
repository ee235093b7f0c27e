"""What the memory of a document is worth once much of it is written: `python benchmarks/remembering.py DATA`.

Of each document the first 20,000 characters are given, and the next ones typed and predicted, with the memory and
without. The last set, `benchmarks/texts/story.txt`, is full of invented names. Results: a table, and
`benchmarks/results/remembering.json`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from charrnn.evaluation import character_bits
from charrnn.library import DEFAULT
from charrnn.memory import Memory
from charrnn.model import load_model
from charrnn.report import estimates
from charrnn.search import DEFAULT_CONFIDENCE, SearchOptions
from charrnn.typing_evaluation import evaluate_typing
from charrnn.writer import Typing

HERE = Path(__file__).parent
GATES = (0.0, DEFAULT_CONFIDENCE)
# The document of a set, and the share of its file where it begins; those of the large sets lie within one source each.
PLACES = {
    "own-chesterton/test": (0.0, 0.5),
    "own-thoreau/test": (0.0, 0.4),
    "english-prose/valid": (0.03, 0.35, 0.85),
    "modern-prose/valid": (0.1, 0.25, 0.6),
}


class Task(NamedTuple):
    """A document of a set, of which `given` characters are written."""

    set: str
    text: str
    given: int
    model: str
    with_memory: bool


class Outcome(NamedTuple):
    """What was typed at each of `GATES`, and what each of its characters costs on average."""

    typings: list[Typing]
    bits: float


def main() -> None:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--given", type=int, default=20_000, help="characters of each document that are there already")
    parser.add_argument("--limit", type=int, default=4_000, help="characters of each that are typed")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=HERE / "results" / "remembering.json")
    options = parser.parse_args()
    texts = list(documents(options.data, options.given + options.limit))
    tasks = [Task(*named, options.given, options.model, on) for named, on in product(texts, (True, False))]
    outcomes: dict[tuple[str, bool], list[Outcome]] = {}
    with ProcessPoolExecutor(options.jobs) as pool:
        for task, outcome in zip(tasks, pool.map(_measure, tasks), strict=True):
            outcomes.setdefault((task.set, task.with_memory), []).append(outcome)
    rows = {name: {"on": _row(outcomes[name, True]), "off": _row(outcomes[name, False])} for name, _ in texts}
    print(_table(rows))
    said = {"model": options.model, "given": options.given, "limit": options.limit, "sets": rows}
    options.out.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def documents(data: Path, size: int) -> Iterator[tuple[str, str]]:
    """The documents, each under the name of its set, of `size` characters."""
    for name, shares in PLACES.items():
        text = (data / f"{name}.txt").read_text(encoding="utf-8")
        for share in shares:
            start = text.index("\n\n", int(share * len(text))) + 2 if share else 0
            yield name, text[start : start + size]
    yield "texts/story", (HERE / "texts" / "story.txt").read_text(encoding="utf-8")[:size]


def _measure(task: Task) -> Outcome:
    model = load_model(task.model)
    typings = [
        evaluate_typing(
            model, SearchOptions(min_confidence=gate), task.text, task.given, with_memory=task.with_memory
        ).typing
        for gate in GATES
    ]
    memory = Memory(model.vocabulary) if task.with_memory else None
    bits = character_bits(model.cell, model.vocabulary, task.text, memory)
    return Outcome(typings, float(bits[task.given :].mean()))


def _row(outcomes: list[Outcome]) -> dict[str, Any]:
    """The figures of a set: bits per character, and of each threshold the savings and the precision."""
    points = [estimates([outcome.typings[number] for outcome in outcomes]) for number in range(len(GATES))]
    kept = ("keystroke_savings", "precision")
    return {
        "bits_per_character": round(sum(outcome.bits for outcome in outcomes) / len(outcomes), 4),
        "points": [{"gate": gate, **{k: p[k].rounded() for k in kept}} for gate, p in zip(GATES, points, strict=True)],
    }


def _table(rows: dict[str, dict[str, Any]]) -> str:
    """One row a set: what the memory adds."""
    heads = [f"{figure}, gate {gate}" for gate in GATES for figure in ("savings, off and on", "precision, off and on")]
    lines = [f"| set | bits, off and on | {' | '.join(heads)} |", "|---" * (2 + len(heads)) + "|"]
    for name, row in rows.items():
        off, on = row["off"], row["on"]
        cells = [f"{off['bits_per_character']:.3f}, {on['bits_per_character']:.3f}"]
        for before, after in zip(off["points"], on["points"], strict=True):
            for figure in ("keystroke_savings", "precision"):
                cells.append(f"{before[figure]['value']:.3f}, {after[figure]['value']:.3f}")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
