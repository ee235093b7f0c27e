"""Measure the figures of the README: `python benchmarks/figures.py [--data DIR]`, then `python benchmarks/readme.py`.

`DIR` holds the held-out texts of the bundled model (`english-prose/valid.txt`, `modern-prose/valid.txt`); without it
only what needs no other text than the repository's is measured. Nothing else should run at the same time.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
TEXTS = sorted((ROOT / "benchmarks" / "texts").glob("*.txt"))
RESULTS = ROOT / "benchmarks" / "results" / "figures.json"

Figure = dict[str, str]


def main() -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="directory of the held-out texts")
    options = parser.parse_args()
    figures = [*_bits(options.data), *_typing(), *_serving()]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for figure in figures:
        print(f"{figure['what']}: {figure['value']}")


def _bits(data: Path | None) -> list[Figure]:
    figures = []
    for name in ("english-prose", "modern-prose") if data else ():
        (row,) = _charrnn("evaluate", "english", str(data / name / "valid.txt"))
        figures.append(
            {
                "what": f"bits per character, {name}, {row['characters']:,} held-out characters, int8",
                "value": f"{row['bits_per_character']:.3f}",
                "command": f"charrnn evaluate english {name}/valid.txt",
            }
        )
    return figures


def _typing() -> list[Figure]:
    """Over the texts of the repository, which were written for it and are in no training text."""
    figures = []
    for what, flags in (("default gate", ()), ("no gate", ("--min-confidence", "0"))):
        gated = _charrnn("evaluate", "english", *map(str, TEXTS), "--typing", *flags)[-1]["takers"]["gated"]
        savings, precision = gated["keystroke_savings"], gated["precision"]
        figures.append(
            {
                "what": f"keystroke savings and precision, {what}, {gated['characters']:,} characters of fresh prose",
                "value": f"{savings['value']:.1%} ({savings['low']:.1%} to {savings['high']:.1%}) "
                f"at {precision['value']:.0%}",
                "command": " ".join(("charrnn evaluate english benchmarks/texts/*.txt --typing", *flags)),
            }
        )
    return figures


def _serving() -> list[Figure]:
    """What the demonstration, with a real server, prints of its speed and size."""
    said = _run(sys.executable, "-m", "charrnn_lsp.cli", "demo")
    median, p95, ready = _numbers(r"answer +([\d.]+) ms median, ([\d.]+) ms .* ready after ([\d.]+) s", said)
    (memory,) = _numbers(r"memory +(\d+) MB", said)
    values = {
        "answer to a key, median and 95th percentile": f"{median} ms, {p95} ms",
        "process start to model ready": f"{ready} s",
        "resident memory": f"{memory} MB",
    }
    return [{"what": what, "value": value, "command": "charrnn-lsp demo"} for what, value in values.items()]


def _numbers(pattern: str, text: str) -> tuple[str, ...]:
    found = re.search(pattern, text)
    if found is None:
        raise SystemExit(f"The demo printed nothing like {pattern!r}:\n{text}")
    return found.groups()


def _charrnn(*arguments: str) -> list[dict[str, Any]]:
    said = _run(sys.executable, "-m", "charrnn.cli", *arguments, "--json")
    return [json.loads(line) for line in said.splitlines()]


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
