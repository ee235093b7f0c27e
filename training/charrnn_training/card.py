"""The model card: what a model was made from, how, and how good it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from charrnn.model import Model
from charrnn.sampling import Sampling

SOURCES = "SOURCES.md"
PROMPT = "It was"
SAMPLE_LENGTH = 300


def write_card(model: Model, record: Mapping[str, Any]) -> str:
    """The card of a model as Markdown."""
    a = model.artifact.architecture
    parts = [
        f"# {model.name}",
        f"A character-level {a.cell.upper()}: {a.layers} layers of {a.hidden}, embedding {a.embedding}, "
        f"{len(model.vocabulary)} symbols, {a.parameters:,} weights."
        + (" From the second layer on, a layer's input is added to its output." if a.residual else ""),
        "## Figures",
        _table(("", "bits per character"), _figures(record)),
        "Stateful, static weights. The figure of the whole file is measured by `charrnn evaluate`, on the int8 cell.",
        "## Training",
        _training(record),
        _table(("data", "characters", "sha256"), [(d["file"], d["characters"], d["sha256"]) for d in record["data"]]),
        f"Sources and attribution: [SOURCES.md]({SOURCES})." if record.get("sources") else "",
        _table(("updates", "minutes", "training bpc", "validation bpc"), record["history"]),
        "## Samples",
        f"After “{PROMPT}”, not chosen:",
        *(_sample(model, temperature) for temperature in (0.3, 0.7, 1.0)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _figures(record: Mapping[str, Any]) -> list[tuple[str, object]]:
    check = f"{record['bpc_characters']:,} held-out characters"
    rows: list[tuple[str, object]] = [
        (f"{check}, float32", record["bpc_float32"]),
        (f"{check}, int8", record["bpc_int8"]),
    ]
    return rows + [(name, value) for name, value in record.get("bpc", {}).items()]


def _training(record: Mapping[str, Any]) -> str:
    recipe = ", ".join(f"{key} {value}" for key, value in record["recipe"].items())
    return (
        f"{record['characters']:,} characters read in {record['updates']:,} updates "
        f"and {record['minutes']:.0f} minutes on {record['device']}.\n\n"
        f"Recipe: {recipe}.\n\nCommand: `{record['command']}`"
        + (f", at commit {record['commit']}." if record.get("commit") else ".")
    )


def _sample(model: Model, temperature: float) -> str:
    text = "".join(islice(model.generate(PROMPT, Sampling(temperature), seed=1), SAMPLE_LENGTH))
    quoted = "\n".join(f"> {line}" for line in (PROMPT + text).split("\n"))
    return f"Temperature {temperature}:\n\n{quoted}"


def _table(head: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
