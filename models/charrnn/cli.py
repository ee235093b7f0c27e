"""`charrnn`: use a model from the command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import charrnn
from charrnn.artifact import read_artifact
from charrnn.errors import CharRNNError, TextError
from charrnn.evaluation import DOCUMENT_BREAK, bits_per_character
from charrnn.library import DEFAULT, installed_models
from charrnn.model import DEVICES, Model, load_model
from charrnn.plots import check_plots, draw_plots
from charrnn.sampling import Sampling
from charrnn.search import DEFAULT_CONFIDENCE, LENGTHS, SearchOptions
from charrnn.table import table
from charrnn.typing_report import GATES, TAKERS, Plan, Runs, figures, measure, pooled


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: 0, or 1 with one message."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except CharRNNError as error:
        print(f"charrnn: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()  # whoever read the output has seen enough
    except KeyboardInterrupt:
        print()
    return 0


def complete(options: argparse.Namespace) -> None:
    """Print the best continuations of a text with their probabilities."""
    model = load_model(options.model, options.device)
    found = model.complete(
        options.text, SearchOptions(_sampling(options), options.candidates, options.length), options.count
    )
    if options.json:
        print(json.dumps([{"text": s.text, "confidence": round(s.confidence, 4)} for s in found], ensure_ascii=False))
        return
    for suggestion in found:
        print(f"{suggestion.confidence:4.0%}  {options.text}{_grey(suggestion.text)}")


def generate(options: argparse.Namespace) -> None:
    """Print a prompt and what a model makes of it, character by character."""
    model = load_model(options.model, options.device)
    print(options.prompt, end="")
    for letter in islice(model.generate(options.prompt, _sampling(options), options.seed), options.characters):
        print(letter, end="", flush=True)
    print()


def models(options: argparse.Namespace) -> None:
    """List the installed models."""
    for name, path in installed_models().items():
        artifact = read_artifact(path)
        a = artifact.architecture
        bpc = artifact.training.get("bpc_int8")
        figure = f"{bpc:.3f} bits per character" if bpc else "not evaluated"
        print(f"{name:16} {a.cell} {a.layers}x{a.hidden}, {a.parameters / 1e6:.1f} M weights, {figure}  {path}")


def evaluate(options: argparse.Namespace) -> None:
    """Print how many bits a character of each text costs, or how many keys suggestions save over it."""
    model = load_model(options.model, options.device, int8=not options.float32)
    if options.typing:
        _evaluate_typing(model, options)
        return
    for file in options.files:
        found = _bits_figures(model, _read(file))
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
    text = _read(file)[: options.given + options.limit]
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


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TextError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise TextError(f"{file} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error


def _sampling(options: argparse.Namespace) -> Sampling:
    return Sampling(options.temperature, options.top_k, options.top_p, options.min_p)


def _grey(text: str) -> str:
    return f"\x1b[90m{text}\x1b[0m" if sys.stdout.isatty() else text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="charrnn", description="Character-level models of prose.")
    parser.add_argument("--version", action="version", version=f"charrnn {charrnn.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("complete", help="go on from a text")
    command.add_argument("text")
    command.add_argument("-c", "--count", type=int, default=3, help="how many ways (default: 3)")
    command.add_argument("--candidates", type=int, default=8, help="how many to follow at once (default: 8)")
    command.add_argument("--length", choices=LENGTHS, default="phrase")
    command.add_argument("--json", action="store_true")
    _add_model(command)
    _add_sampling(command, temperature=0.0)
    command.set_defaults(run=complete)

    command = commands.add_parser("generate", help="write on from a prompt")
    command.add_argument("-p", "--prompt", default="", help="what to begin with")
    command.add_argument("-n", "--characters", type=int, default=400, help="how much to write (default: 400)")
    command.add_argument("--seed", type=int, default=0)
    _add_model(command)
    _add_sampling(command, temperature=0.8)
    command.set_defaults(run=generate)

    command = commands.add_parser("models", help="list the installed models")
    command.set_defaults(run=models)

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
    return parser


def _add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument("-m", "--model", default=DEFAULT, help=f"a name or a path (default: {DEFAULT})")
    command.add_argument("--device", choices=DEVICES, default="auto")


def _add_sampling(command: argparse.ArgumentParser, temperature: float) -> None:
    command.add_argument(
        "-t", "--temperature", type=float, default=temperature, help=f"0 is greedy (default: {temperature})"
    )
    command.add_argument("--top-k", type=int, default=0)
    command.add_argument("--top-p", type=float, default=1.0)
    command.add_argument("--min-p", type=float, default=0.0)


if __name__ == "__main__":
    sys.exit(main())
