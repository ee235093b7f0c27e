"""Fill the README's tables from what they describe: `python benchmarks/readme.py`.

The settings come from `charrnn_lsp.settings`, the rest from `benchmarks/results`, where `figures.py`, `compare.py` and
`remembering.py` write what they measured.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from charrnn_lsp.settings import Settings, json_name

ROOT = Path(__file__).parent.parent
LISTS = {"languages": "prose languages", "skip": "all of them"}  # defaults too long for a table
RESULTS = ROOT / "benchmarks" / "results"
SETS = {  # of comparisons, and what the README calls them
    "own-chesterton": "Chesterton",
    "own-thoreau": "Thoreau",
    "english-prose": "english-prose, held out",
    "modern-prose": "modern-prose, held out",
    "texts": "four fresh texts",
    "texts/story": "a story full of invented names",
}


def settings_table() -> str:
    """One row a setting: key, default, meaning, and what is allowed."""
    rows = ["| key (`charrnn.`) | default | meaning |", "| --- | --- | --- |"]
    for item in dataclasses.fields(Settings):
        limits = item.metadata
        allowed = ""
        if "choices" in limits:
            allowed = " One of " + ", ".join(f"`{choice}`" for choice in limits["choices"]) + "."
        elif "low" in limits:
            allowed = f" From {limits['low']} to {limits['high']}."
        default = LISTS.get(item.name, f"`{json.dumps(item.default)}`")
        rows.append(f"| `{json_name(item.name)}` | {default} | {limits['text']}{allowed} |")
    return "\n".join(rows)


def figures_table(figures: list[dict[str, Any]]) -> str:
    """One row a figure: what, how much, and the command that measured it."""
    rows = ["| what | figure | measured by |", "| --- | --- | --- |"]
    rows += [f"| {figure['what']} | {figure['value']} | `{figure['command']}` |" for figure in figures]
    return "\n".join(rows)


def comparison_table(rows: list[dict[str, Any]]) -> str:
    """One row a set: what the network saves, and how many times what the best of the n-grams does."""
    lines = [
        "| text | saved | right when shown | an n-gram saves there | ratio | ratio with the threshold off |",
        "| --- |" + " --- |" * 5,
    ]
    for name in dict.fromkeys(row["set"] for row in rows):
        ours = next(row for row in rows if row["set"] == name and row["method"] == "charrnn")
        others = [row for row in rows if row["set"] == name and "gram" in row["method"]]
        saved, precision = ours["at_precision"]["keystroke_savings"], ours["at_precision"]["precision"]
        most = max(row["at_precision"]["keystroke_savings"] for row in others)
        most_off = max(row["off"]["value"] for row in others)
        cells = (f"{saved:.1%}", f"{precision:.0%}", f"{most:.1%}", f"{saved / most:.2f}")
        lines.append(f"| {SETS[name]} | {' | '.join(cells)} | {ours['off']['value'] / most_off:.2f} |")
    return "\n".join(lines)


def memory_table(sets: dict[str, Any]) -> str:
    """One row a set: bits per character, and savings with the threshold off and at the default, without and with."""
    lines = [
        "| text | bits per character | saved, threshold off | saved, default threshold |",
        "| --- |" + " --- |" * 3,
    ]
    for name, row in sets.items():
        cells = [f"{row['off']['bits_per_character']:.3f}, {row['on']['bits_per_character']:.3f}"]
        for without, with_memory in zip(row["off"]["points"], row["on"]["points"], strict=True):
            values = [point["keystroke_savings"]["value"] for point in (without, with_memory)]
            cells.append(", ".join(f"{value:.1%}" for value in values))
        lines.append(f"| {SETS.get(name) or SETS[name.split('/')[0]]} | {' | '.join(cells)} |")
    return "\n".join(lines)


def fill(text: str, name: str, content: str) -> str:
    """`text` with what stands between the marks of `name` replaced."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{content}\n{end}{after}"


def tables() -> dict[str, str]:
    """What stands between which marks of the README."""
    return {
        "settings": settings_table(),
        "figures": figures_table(_result("figures")),
        "comparison": comparison_table(_result("compare")["rows"]),
        "remembering": memory_table(_result("remembering")["sets"]),
    }


def _result(name: str) -> Any:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def main() -> None:
    """Rewrite the README."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    for name, table in tables().items():
        text = fill(text, name, table)
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
