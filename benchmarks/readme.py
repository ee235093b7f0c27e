"""Fill the README's tables from what they describe: `python benchmarks/readme.py`.

The settings come from `charrnn_lsp.settings`, the figures from `benchmarks/results/figures.json`, which
`benchmarks/figures.py` writes.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from charrnn_lsp.settings import Settings, json_name

ROOT = Path(__file__).parent.parent
LISTS = {"languages": "prose languages", "skip": "all of them"}  # defaults too long for a table
FIGURES = ROOT / "benchmarks" / "results" / "figures.json"


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


def fill(text: str, name: str, content: str) -> str:
    """`text` with what stands between the marks of `name` replaced."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{content}\n{end}{after}"


def main() -> None:
    """Rewrite the README."""
    readme = ROOT / "README.md"
    text = fill(readme.read_text(encoding="utf-8"), "settings", settings_table())
    if FIGURES.exists():
        text = fill(text, "figures", figures_table(json.loads(FIGURES.read_text(encoding="utf-8"))))
    readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
