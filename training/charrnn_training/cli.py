"""`charrnn-train PATHS... --name NAME`: from prose to an installed model."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from charrnn.errors import CharRNNError
from charrnn.network import CharRNN
from charrnn.vocabulary import Vocabulary
from charrnn_training.corpus import Shard, count_characters, read_documents, write_shard
from charrnn_training.layout import vary_layout
from charrnn_training.recipe import Recipe, load_recipe
from charrnn_training.trainer import Report, Trainer

ASCII = "\n" + "".join(map(chr, range(32, 127)))  # what anyone may type has its place in every alphabet


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: 0 when a model was made, 1 with one message when it was not."""
    options = _parser().parse_args(arguments)
    try:
        train(options)
    except CharRNNError as error:
        print(f"charrnn-train: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Go on with the same command and --resume.", file=sys.stderr)
        return 130
    return 0


def train(options: argparse.Namespace) -> None:
    recipe = load_recipe(options.recipe)
    changes = {name: getattr(options, name) for name in ("max_minutes", "epochs", "seed")}
    recipe = dataclasses.replace(recipe, **{name: value for name, value in changes.items() if value is not None})
    folder: Path = options.runs / options.name
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary, training, validation = prepare(options, recipe, folder)
    torch.manual_seed(recipe.seed)
    network = CharRNN(recipe.architecture(len(vocabulary)), recipe.dropout)
    trainer = Trainer(network, recipe, training, validation, folder, torch.device(options.device))
    if options.resume:
        trainer.resume()
    last = [0.0]

    def watch(report: Report) -> None:
        if report.progress.minutes - last[0] > 0.5:
            last[0] = report.progress.minutes
            p = report.progress
            print(
                f"{p.updates} {p.minutes:.1f}min {report.share:.1%} {report.loss:.4f} {report.speed:.0f}/s best {p.best:.4f}",
                flush=True,
            )

    trainer.run(watch)


def prepare(options: argparse.Namespace, recipe: Recipe, folder: Path) -> tuple[Vocabulary, Shard, Shard]:
    counts = count_characters(read_documents(options.paths))
    letters = {c for c, n in counts.items() if n >= recipe.rarest and c.isprintable()}
    vocabulary = Vocabulary.of(letters | set(ASCII))
    documents = vary_layout(read_documents(options.paths), recipe.vary, recipe.seed)
    return (
        vocabulary,
        write_shard(folder / "training", documents, vocabulary),
        write_shard(folder / "validation", read_documents(options.validation), vocabulary),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="charrnn-train", description="Train a model on your own prose.")
    parser.add_argument("paths", nargs="+", type=Path, help="text files and folders of them")
    parser.add_argument("--name", required=True, help="what to call the model")
    parser.add_argument("--recipe", default="english")
    parser.add_argument("--validation", nargs="+", type=Path, required=True)
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--max-minutes", type=float)
    parser.add_argument("--epochs", type=float)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--device", default="cpu")
    return parser


if __name__ == "__main__":
    sys.exit(main())
