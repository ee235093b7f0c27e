"""`charrnn-train PATHS... --name NAME`: from prose to an installed model."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from charrnn.config import STATES_PER_LAYER
from charrnn.errors import CharRNNError
from charrnn.library import user_directory
from charrnn_training.events import Failed, JsonLines, Stopped, Terminal, Watcher
from charrnn_training.formats import printable
from charrnn_training.interruption import Interruption
from charrnn_training.job import train
from charrnn_training.order import Order
from charrnn_training.run_folder import RECORD


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: 0 when a model was made, 1 with one message when it was not, 130 when someone stopped it."""
    options = _parser().parse_args(arguments)
    watch: Watcher = JsonLines(sys.stdout) if options.json else Terminal(Console(stderr=True))
    interruption = Interruption()
    with interruption.installed():
        try:
            if done := train(_order(options, arguments), watch, interruption):
                watch(done)
        except CharRNNError as error:
            watch(Failed(str(error)))
            return 1
        except KeyboardInterrupt:
            watch(Stopped())
            return 130
    return 0


def _order(options: argparse.Namespace, arguments: Sequence[str] | None) -> Order:
    return Order(
        paths=tuple(options.paths),
        name=options.name,
        runs=options.runs or _runs(options.name),
        output=options.output,
        recipe=options.recipe,
        base=options.base,
        from_scratch=options.from_scratch,
        validation=tuple(options.validation or ()),
        replay=tuple(options.replay or ()),
        sources=options.sources,
        resume=options.resume,
        device=options.device,
        cell=options.rnn,
        max_minutes=options.max_minutes,
        epochs=options.epochs,
        seed=options.seed,
        command=printable(shlex.join(["charrnn-train", *(sys.argv[1:] if arguments is None else arguments)])),
    )


def _runs(name: str) -> Path:
    """Where checkpoints go: beside the user's models, or in `runs` here where this run is there already."""
    here = Path("runs")
    return here if (here / name / RECORD).exists() else user_directory().parent / "runs"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="charrnn-train", description="Train a model on prose, and install it.")
    add = parser.add_argument
    add(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="files, folders and patterns: .txt .md .tex .html .org .rst .adoc .docx .odt .epub",
    )
    add("--name", required=True, help="what to call the model")
    add("--base", metavar="MODEL", help="start from this model (default: english, unless there is a --recipe)")
    add("--from-scratch", action="store_true", help="start from nothing")
    add("--recipe", metavar="NAME|FILE", help="a name, or a .toml file; from scratch, unless there is a --base")
    add("--rnn", choices=STATES_PER_LAYER, help="the kind of cell, instead of the recipe's")
    add("--validation", nargs="+", type=Path, metavar="PATH", help="held-out text (default: two parts of the text)")
    add("--replay", nargs="+", type=Path, metavar="PATH", help="text of the base model's training, to read beside it")
    add("--output", type=Path, metavar="DIR", help="put the model into DIR instead of installing it")
    add("--runs", type=Path, metavar="DIR", help="where checkpoints go (default: beside the installed models)")
    add("--sources", type=Path, metavar="FILE", help="where the text is from; goes into the model")
    add("--resume", action="store_true", help="go on with the training of that name, its text and its recipe")
    add("--max-minutes", type=float, metavar="N", help="train no longer than this")
    add("--epochs", type=float, metavar="N", help="how often to read the text")
    add("--seed", type=int, metavar="N")
    add("--device", default="cpu", help="cpu, cuda or mps")
    add("--json", action="store_true", help="say what happens as lines of JSON on standard output")
    return parser


if __name__ == "__main__":
    sys.exit(main())
