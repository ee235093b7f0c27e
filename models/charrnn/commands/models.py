"""`charrnn models` lists what is installed; `charrnn show` says what is known of one model."""

from __future__ import annotations

import argparse
import json

from charrnn.artifact import Artifact, read_artifact
from charrnn.commands.options import Commands
from charrnn.errors import CharRNNError
from charrnn.library import DEFAULT, find_model, installed_models
from charrnn.record import Facts, facts


def add(commands: Commands) -> None:
    """Add both commands to the parser."""
    command = commands.add_parser("models", help="list the installed models")
    command.add_argument("--json", action="store_true")
    command.set_defaults(run=models)

    command = commands.add_parser("show", help="the card, the figures and the learning curve of a model")
    command.add_argument("model", nargs="?", default=DEFAULT, help=f"a name or a path (default: {DEFAULT})")
    command.add_argument("--json", action="store_true", help="figures alone")
    command.set_defaults(run=show)


def models(options: argparse.Namespace) -> None:
    """List the installed models. One that cannot be read is said to be so, and hides no other."""
    for name, path in installed_models().items():
        try:
            known = facts(read_artifact(path))
        except CharRNNError as error:
            known = None
            said = str(error)
        if options.json:
            print(json.dumps(known.as_json() if known else {"name": name, "path": str(path), "error": said}))
        elif known:
            bpc = known.bits_per_character
            figure = f"{bpc:.3f} bits per character" if bpc else "not evaluated"
            print(f"{name:16} {known.shape}, {known.weights / 1e6:.1f} M weights, {figure}  {path}")
        else:
            print(f"{name:16} {said}")


def show(options: argparse.Namespace) -> None:
    """Print what is known of a model: what it is, its figures, how it learned, and its card."""
    artifact = find_model(options.model)
    known = facts(artifact)
    if options.json:
        print(json.dumps({**known.as_json(), "history": known.history}))
        return
    _print_rich(artifact, known)


def _print_rich(artifact: Artifact, known: Facts) -> None:
    from rich.console import Console  # noqa: PLC0415 - loaded only when used
    from rich.markdown import Markdown  # noqa: PLC0415
    from rich.panel import Panel  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console()
    rows = Table.grid(padding=(0, 2))
    for name, value in known.rows():
        rows.add_row(Text(name, style="bold"), Text(value))
    if spark := known.sparkline():
        rows.add_row(Text("learning curve", style="bold"), Text(spark, style="green"))
        rows.add_row("", Text(known.curve_in_words(), style="dim"))
    console.print(Panel(rows, title=artifact.name, title_align="left"))
    console.print(Markdown(known.card, hyperlinks=False))
