"""`charrnn-train PATHS... --name NAME`: from prose to an installed model."""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from charrnn.artifact import WEIGHTS, Artifact
from charrnn.config import STATES_PER_LAYER
from charrnn.errors import CharRNNError, OptionError
from charrnn.library import BUNDLED, find_model, user_directory
from charrnn.model import open_model
from charrnn.network import CharRNN
from charrnn.torch_cell import load_network, torch_device
from charrnn.vocabulary import Vocabulary
from charrnn_training.calibrate import calibrate
from charrnn_training.card import SOURCES, write_card
from charrnn_training.corpus import (
    SMALLEST_HELD_OUT,
    Shard,
    count_characters,
    find_files,
    read_documents,
    split_documents,
    write_shard,
)
from charrnn_training.export import export
from charrnn_training.growth import grow, grown_vocabulary
from charrnn_training.layout import vary_layout
from charrnn_training.recipe import Recipe, load_recipe
from charrnn_training.trainer import Report, Trainer

ASCII = "\n" + "".join(map(chr, range(32, 127)))  # what anyone may type has its place in every alphabet
CHECKED = 8000  # characters of each held-out document on which the export is checked
DOCUMENTS_CHECKED = 16
console = Console(stderr=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: 0 when a model was made, 1 with one message when it was not."""
    options = _parser().parse_args(arguments)
    try:
        artifact = train(options)
    except CharRNNError as error:
        console.print(f"charrnn-train: {error}", style="red", highlight=False, soft_wrap=True, markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped. The same command with --resume goes on from here.")
        return 130
    console.print(f"The model {artifact.name} is in {artifact.path}", highlight=False, soft_wrap=True)
    console.print(f"Try it: charrnn complete --model {artifact.name} 'It was a'", highlight=False, soft_wrap=True)
    return 0


def train(options: argparse.Namespace) -> Artifact:
    """The whole job: read, train, check, calibrate, export, install."""
    recipe = _recipe(options)
    target = _target(options)
    folder: Path = options.runs / options.name
    device = torch_device(options.device)
    console.print(f"Reading {', '.join(map(str, options.paths))}", highlight=False, soft_wrap=True)
    base = find_model(options.base) if options.base else None
    vocabulary, training, validation = prepare(options, recipe, folder, base)
    torch.manual_seed(recipe.seed)
    network = CharRNN(recipe.architecture(len(vocabulary)), recipe.dropout)
    if base:
        grow(load_network(base), network)
    sizes = f"{len(training):,} characters to train on, {len(validation):,} held out"
    console.print(f"{sizes}; {network.architecture.parameters:,} weights")
    trainer = Trainer(network, recipe, training, validation, folder, device)
    if options.resume:
        trainer.resume()
    with _progress_bar() as bar:
        task = bar.add_task("training", total=1.0, bpc="", speed="")
        trainer.run(lambda report: _show(bar, task, report))
    return _export(options, trainer, vocabulary, target)


def prepare(
    options: argparse.Namespace, recipe: Recipe, folder: Path, base: Artifact | None
) -> tuple[Vocabulary, Shard, Shard]:
    """Encode the corpus into `folder`, or open what an interrupted run has left there. Raises `TextError`.

    The alphabet is the text's, behind that of `base` if there is one.
    """
    if options.resume and (folder / "validation" / "starts.npy").exists():
        symbols = json.loads((folder / "training" / "vocabulary.json").read_text(encoding="utf-8"))
        return Vocabulary(symbols), Shard.open(folder / "training"), Shard.open(folder / "validation")
    counts = count_characters(read_documents(options.paths))
    letters = {c for c, n in counts.items() if n >= recipe.rarest and c.isprintable()}
    vocabulary = Vocabulary.of(letters | set(ASCII))
    if base:
        vocabulary = grown_vocabulary(base.vocabulary, vocabulary)
    training = write_shard(
        folder / "training", vary_layout(_documents(options, held_out=False), recipe.vary, recipe.seed), vocabulary
    )
    held_out = _documents(options, held_out=True)
    validation = write_shard(folder / "validation", held_out, vocabulary, SMALLEST_HELD_OUT)
    return vocabulary, training, validation


def _documents(options: argparse.Namespace, *, held_out: bool) -> Iterator[str]:
    """The documents to train on, or the held-out ones: those of --validation, else a part of all."""
    if options.validation:
        return read_documents(options.validation if held_out else options.paths)
    count = sum(1 for _ in read_documents(options.paths))
    return split_documents(read_documents(options.paths), count, held_out)


def _export(options: argparse.Namespace, trainer: Trainer, vocabulary: Vocabulary, target: Path) -> Artifact:
    console.print("Checking and exporting")
    held_out = sorted(_documents(options, held_out=True), key=len, reverse=True)[:DOCUMENTS_CHECKED]
    documents = [document[:CHECKED] for document in held_out]
    network = trainer.network.cpu()
    return export(
        network,
        vocabulary,
        target,
        documents,
        _record(options, trainer),
        lambda draft, record: write_card(open_model(draft), record),
        lambda draft: dataclasses.asdict(calibrate(open_model(draft), documents)),
        {SOURCES: options.sources.read_bytes()} if options.sources else None,
    )


def _record(options: argparse.Namespace, trainer: Trainer) -> dict[str, Any]:
    progress = trainer.progress
    return {
        "command": shlex.join(["charrnn-train", *sys.argv[1:]]),
        "commit": _commit(),
        "recipe": dataclasses.asdict(trainer.recipe),
        "data": [_described(file) for file in find_files([*options.paths, *(options.validation or [])])],
        "device": str(trainer.device),
        "updates": progress.updates,
        "characters": progress.updates * trainer.batches.characters_per_batch,
        "minutes": round(progress.minutes, 1),
        "history": progress.history,
        "base": _base_record(options),
        "sources": bool(options.sources),
    }


def _base_record(options: argparse.Namespace) -> dict[str, Any] | None:
    """What the network started from."""
    if not options.base:
        return None
    base = find_model(options.base)
    return {"name": base.name, "weights": base.files[WEIGHTS], **base.training}


def _described(file: Path) -> dict[str, Any]:
    content = file.read_bytes()
    characters = len(content.decode("utf-8", "replace"))
    return {
        "file": "/".join(file.parts[-2:]),
        "characters": characters,
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _commit() -> str:
    """The commit of the code that trains, where it is a checkout."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _recipe(options: argparse.Namespace) -> Recipe:
    names = {"max_minutes": "max_minutes", "epochs": "epochs", "seed": "seed", "rnn": "cell"}
    changes = {key: getattr(options, name) for name, key in names.items() if getattr(options, name) is not None}
    return dataclasses.replace(load_recipe(options.recipe), **changes)


def _target(options: argparse.Namespace) -> Path:
    """Where the model goes. Raises `OptionError` where the name cannot be a directory's, or is a bundled model's."""
    name: str = options.name
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", name):
        raise OptionError(f"--name is {name!r}; it must be letters, digits, '.', '_' and '-', 64 at most.")
    if options.output:
        return Path(options.output) / name
    if (BUNDLED / name).exists():
        raise OptionError(f"--name is {name!r}, which is a bundled model. Choose another name.")
    return user_directory() / name


def _progress_bar() -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>4.1f} %  {task.fields[bpc]}  {task.fields[speed]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    return Progress(*columns, console=console)


def _show(bar: Progress, task: Any, report: Report) -> None:
    best = f" (held out {report.progress.best:.3f})" if report.progress.history else ""
    bar.update(
        task,
        completed=report.share,
        bpc=f"{report.loss:.3f} bits per character{best}",
        speed=f"{report.speed / 1000:.1f} k characters/s",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="charrnn-train", description="Train a model on prose, and install it.")
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="text files, and folders of them")
    parser.add_argument("--name", required=True, help="what to call the model")
    parser.add_argument("--recipe", default="english", help="a name, or a .toml file (default: english)")
    parser.add_argument("--base", metavar="MODEL", help="start from the weights of this model, made wider if need be")
    parser.add_argument("--validation", nargs="+", type=Path, metavar="PATH", help="held-out text (default: a part)")
    parser.add_argument("--output", type=Path, metavar="DIR", help="put the model into DIR instead of installing it")
    parser.add_argument("--runs", type=Path, default=Path("runs"), metavar="DIR", help="where checkpoints go")
    parser.add_argument("--sources", type=Path, metavar="FILE", help="where the text is from; goes into the model")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint of that name")
    parser.add_argument("--max-minutes", type=float, metavar="N")
    parser.add_argument("--epochs", type=float, metavar="N")
    parser.add_argument("--rnn", choices=STATES_PER_LAYER, help="the kind of cell, instead of the recipe's")
    parser.add_argument("--seed", type=int, metavar="N")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or mps")
    return parser


if __name__ == "__main__":
    sys.exit(main())
