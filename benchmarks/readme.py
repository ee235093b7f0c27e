"""Fill the tables of README and docs from what they describe: `python benchmarks/readme.py`.

The settings come from `charrnn_lsp.settings`, the rest from `benchmarks/results`, where the programs that stand beside
this one write what they measured.
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


def compression_table(rows: list[dict[str, Any]]) -> str:
    """One row a method: bits per character of each of the corpora."""
    names = [name for name in rows[0] if name != "method"]
    lines = ["| bits per character | " + " | ".join(names) + " |", "| --- |" + " --- |" * len(names)]
    lines += [f"| {row['method']} | " + " | ".join(f"{row[name]:.3f}" for name in names) + " |" for row in rows]
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


def searches_table(rows: list[dict[str, Any]]) -> str:
    """One row a way to look ahead: what it saves with the threshold off, and at the default with its precision."""
    lines = ["| way | saved, threshold off | saved, default threshold | right when shown |", "| --- |" + " --- |" * 3]
    for off, gated in zip(rows[::2], rows[1::2], strict=True):
        cells = [off["keystroke_savings"], gated["keystroke_savings"], gated["precision"]]
        lines.append(f"| {off['way']} | " + " | ".join(f"{cell['value']:.1%}" for cell in cells) + " |")
    return "\n".join(lines)


def gates_table(rows: list[dict[str, Any]]) -> str:
    """One row a way to judge: what it saves where 65 of 100 are right, or with the threshold off."""
    lines = ["| what must be sure enough | saved where 65% are right |", "| --- | --- |"]
    off = ["| what the whole is worth, threshold off | saved |", "| --- | --- |"]
    for row in rows:
        if "saved_at_precision" in row:
            lines.append(f"| {row['way']} | {row['saved_at_precision']:.1%} |")
        else:
            off.append(f"| {row['way']} | {row['points'][0]['keystroke_savings']['value']:.1%} |")
    return "\n".join([*lines, "", *off])


def limits_table(rows: list[dict[str, Any]]) -> str:
    """One row a set: bits per character and the ratio to the best n-gram of each network, and the bits for 1.35."""
    lines = ["| text | bits per character | ratio, threshold off | bits for 1.35 |", "| --- |" + " --- |" * 3]
    for row in rows:
        bits = ", ".join(f"{bits:.2f}" for bits, _ in row["models"])
        ratios = ", ".join(f"{saved / row['n_gram']:.2f}" for _, saved in row["models"])
        lines.append(f"| {SETS[row['set']]} | {bits} | {ratios} | {row['bits_needed']:.2f} |")
    return "\n".join(lines)


def memory_limit_table(rows: list[dict[str, Any]]) -> str:
    """One row a text: bits per character without memory, with it, and with a network in its place."""
    lines = ["| text | without | with the memory | a network in its place |", "| --- |" + " --- |" * 3]
    for row in rows:
        name = row["text"].removesuffix(".txt")
        cells = " | ".join(f"{row[key]:.3f}" for key in ("without", "memory", "network"))
        lines.append(f"| {SETS.get(name) or SETS[name.split('/')[0]]} | {cells} |")
    return "\n".join(lines)


def adapting_table(rows: list[dict[str, Any]]) -> str:
    """One row a set: bits per character by the rate at which the output layer learns, too."""
    rates = rows[0]["bits_per_character"]
    lines = ["| text | " + " | ".join(f"rate {rate}" for rate in rates) + " |", "| --- |" + " --- |" * len(rates)]
    for row in rows:
        name = SETS.get(row["set"]) or SETS[row["set"].split("/")[0]]
        lines.append(f"| {name} | " + " | ".join(f"{bits:.3f}" for bits in row["bits_per_character"].values()) + " |")
    return "\n".join(lines)


def classics_table(systems: dict[str, dict[str, Any]]) -> str:
    """One row a recipe: what was published of it, what it comes to here, and how much faster than a plain loop."""
    lines = [
        "| recipe | training loss, published | here, after updates | speed beside a plain loop |",
        "| --- |" + " --- |" * 3,
    ]
    for name, row in systems.items():
        cells = [row["published"], f"{row['loss']:.2f} nats after {row['updates']:,}", f"{row['ratio']:.1f} times"]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def shakespeare_table(runs: dict[str, dict[str, Any]]) -> str:
    """One row a run: its loss on the last tenth, its size and its time."""
    lines = ["| run | nats on the last tenth | weights | minutes | of processors |", "| --- |" + " --- |" * 4]
    for name, row in runs.items():
        cells = [f"{row['nats']:.3f}", f"{row['weights']:,}", f"{row['minutes']}", f"{row['processor_minutes']}"]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def fill(text: str, name: str, content: str) -> str:
    """`text` with what stands between the marks of `name` replaced."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{content}\n{end}{after}"


def tables() -> dict[str, dict[str, str]]:
    """For each file, what stands between which marks."""
    return {
        "README.md": {
            "settings": settings_table(),
            "figures": figures_table(result("figures")),
            "comparison": comparison_table(result("compare")["rows"]),
            "remembering": memory_table(result("remembering")["sets"]),
        },
        "docs/figures.md": {
            "compression": compression_table(result("compression")),
            "searches": searches_table(result("searches")),
            "gates": gates_table(result("gates")),
            "limits": limits_table(result("limits")),
            "memory limit": memory_limit_table(result("memory_limit")),
            "adapting": adapting_table(result("adapting")),
        },
        "docs/training.md": {
            "classics": classics_table(result("classics")),
            "shakespeare": shakespeare_table(result("shakespeare")),
        },
    }


def result(name: str) -> Any:
    """What the program of that name measured."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def main() -> None:
    """Rewrite the tables."""
    for file, contents in tables().items():
        text = (ROOT / file).read_text(encoding="utf-8")
        for name, table in contents.items():
            text = fill(text, name, table)
        (ROOT / file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
