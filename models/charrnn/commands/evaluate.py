"""`charrnn evaluate`: how many bits a character costs, or how many keys suggestions save."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from charrnn.commands.options import Commands, read_text
from charrnn.errors import TextError
from charrnn.evaluation import DOCUMENT_BREAK, bits_per_character
from charrnn.model import DEVICES, Model, load_model
from charrnn.plots import check_plots, draw_plots
from charrnn.search import DEFAULT_CONFIDENCE, SearchOptions
from charrnn.table import table
from charrnn.typing_report import GATES, TAKERS, Plan, Runs, figures, measure, pooled


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("evaluate", help="measure how well a model predicts a text")
    command.add_argument("model", help="the name of an installed model, or a path")
    command.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="text files; two blank lines part documents"
    )
    command.add_argument("--typing", action="store_true", help="type the texts, and count the keys that are saved")
    command.add_argument("--given", type=int, default=0, metavar="N", help="characters that stand there already")
    command.add_argument("--limit", type=int, default=3000, metavar="N", help="characters to type (default: 3000)")
    command.add_argument("--min-confidence", type=float, default=DEFAULT_CONFIDENCE, metavar="P")
    command.add_argument("--takers", nargs="+", choices=TAKERS, default=TAKERS, help="who types (default: all)")
    command.add_argument("--curve", action="store_true", help="type with other thresholds too")
    command.add_argument("--gaps", type=int, default=0, metavar="N", help="type into so many gaps in lines, too")
    command.add_argument("--plots", type=Path, metavar="DIR", help="draw the figures there, as PNG")
    command.add_argument("--no-memory", action="store_true", help="without the n-gram memory of the text")
    command.add_argument("--float32", action="store_true", help="use the float32 cell, not the int8 one")
    command.add_argument("--device", choices=DEVICES, default="auto")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=evaluate)


def evaluate(options: argparse.Namespace) -> None:
    """Print how many bits a character of each text costs, or how many keys suggestions save over it."""
    model = load_model(options.model, options.device, int8=not options.float32)
    if options.typing:
        _evaluate_typing(model, options)
        return
    for file in options.files:
        found = _bits_figures(model, read_text(file))
        if options.json:
            _print_json(model, str(file), found)
        else:
            shown = ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in found.items())
            print(f"{file.name}: {shown}", flush=True)


def _evaluate_typing(model: Model, options: argparse.Namespace) -> None:
    """Print what suggestions save over each text and, where there are several, over all of them."""
    if options.plots is not None:
        check_plots()
    plan = Plan(
        SearchOptions(min_confidence=options.min_confidence),
        options.given,
        not options.no_memory,
        tuple(options.takers),
        GATES if options.curve or options.plots is not None else (),
        options.gaps,
    )
    runs: list[Runs] = []
    for file in options.files:
        runs.append(measure(model, _typed_text(file, options), plan))
        _print_typing(model, str(file), figures(runs[-1]), options.json)
    whole = figures(pooled(runs))
    if len(runs) > 1:
        _print_typing(model, "all", whole, options.json)
    if options.plots is not None:
        draw_plots(whole, options.plots)


def _typed_text(file: Path, options: argparse.Namespace) -> str:
    text = read_text(file)[: options.given + options.limit]
    if len(text) <= options.given:
        raise TextError(f"The text has {len(text)} characters; --given {options.given} leaves nothing to type.")
    return text


def _print_typing(model: Model, name: str, found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        _print_json(model, name, found)
    else:
        print(f"{Path(name).name}:\n{table(found)}", flush=True)


def _print_json(model: Model, name: str, found: dict[str, Any]) -> None:
    print(json.dumps({"model": model.name, "file": name, **found}), flush=True)


def _bits_figures(model: Model, text: str) -> dict[str, float]:
    documents = [part for part in text.split(DOCUMENT_BREAK) if part.strip()]
    bpc = bits_per_character(model.cell, model.vocabulary, documents)
    return {
        "bits_per_character": round(bpc, 4),
        "characters": sum(map(len, documents)),
        "documents": len(documents),
    }
