"""The model card: what a model was made from, how, and how good it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from charrnn_training.findings import Findings

SOURCES = "SOURCES.md"
FILES_LISTED = 20  # the largest ones; the configuration has all


def write_card(findings: Findings, pictures: Sequence[str] = ()) -> str:
    """The card of a model as Markdown; `pictures` lie beside it."""
    a, record = findings.architecture, findings.training
    parts = [
        f"# {findings.name}",
        f"A character-level {a.cell.upper()}: {a.layers} layers of {a.hidden}, embedding {a.embedding}, "
        f"{a.vocabulary} symbols, {a.parameters:,} weights."
        + (" From the second layer on, a layer's input is added to its output." if a.residual else "")
        + _origin(findings),
        "## Figures",
        _table(("", "bits per character"), _figures(record)),
        "Stateful, static weights. The figure of the whole file is measured by `charrnn evaluate`, on the int8 cell.",
        _table(("held-out text", "bits per character", "keys saved", "right when shown"), _worth(findings)),
        *(f"![{name.removesuffix('.png').replace('-', ' ')}]({name})" for name in pictures),
        "## Training",
        _training(record),
        *(f"Before that, {base['name']}: {_training(base)}" for base in _bases(record)),
        _table(("data", "characters", "sha256"), _data(record["data"])) if record["data"] else "",
        f"Sources and attribution: [SOURCES.md]({SOURCES})." if record.get("sources") else "",
        _table(("updates", "minutes", "training bpc", "validation bpc"), record["history"]),
        "## Samples",
        "Not chosen.",
        *(_sample(temperature, text) for temperature, text in findings.samples),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _origin(findings: Findings) -> str:
    if not findings.base:
        return ""
    return " Fine-tuned from " + ("an earlier one." if findings.base == findings.name else f"{findings.base}.")


def _figures(record: Mapping[str, Any]) -> list[tuple[str, object]]:
    check = f"{record['bpc_characters']:,} held-out characters"
    rows: list[tuple[str, object]] = [
        (f"{check}, float32", record["bpc_float32"]),
        (f"{check}, int8", record["bpc_int8"]),
    ]
    return rows + [(name, value) for name, value in record.get("bpc", {}).items()]


def _worth(findings: Findings) -> list[tuple[object, ...]]:
    rows = [(f"{findings.base}, before", findings.before), (findings.name, findings.after)]
    return [
        (name, f"{worth.bits:.3f}", f"{worth.savings['value']:.1%}", worth.right)
        for name, worth in rows
        if worth is not None
    ]


def _training(record: Mapping[str, Any]) -> str:
    recipe = ", ".join(f"{key} {value}" for key, value in record["recipe"].items())
    return (
        f"{record['characters']:,} characters read in {record['updates']:,} updates "
        f"and {record['minutes']:g} minutes on {record['device']}.\n\n"
        f"Recipe: {recipe}.\n\nCommand: `{record['command']}`"
        + (f", at commit {record['commit']}." if record.get("commit") else ".")
    )


def _bases(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The record of the model that this one began as, of the one that that began as, and so on."""
    base = record.get("base")
    if base and "updates" in base:
        yield base
        yield from _bases(base)


def _data(files: Sequence[Mapping[str, Any]]) -> list[tuple[object, ...]]:
    largest = sorted(files, key=lambda file: -file["characters"])
    rest = largest[FILES_LISTED:]
    rows: list[tuple[object, ...]] = [(f["file"], f["characters"], f["sha256"]) for f in largest[:FILES_LISTED]]
    return rows + ([(f"and {len(rest)} smaller files", sum(f["characters"] for f in rest), "")] if rest else [])


def _sample(temperature: float, text: str) -> str:
    quoted = "\n".join(f"> {line}" for line in text.split("\n"))
    return f"Temperature {temperature}:\n\n{quoted}"


def _table(head: Sequence[object], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)
