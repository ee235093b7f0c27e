"""`charrnn generate`: write on from a prompt, as it is written, at one temperature or at several."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import islice

from charrnn.commands.options import Commands, add_cuts, add_model
from charrnn.errors import OptionError
from charrnn.model import Model, load_model
from charrnn.sampling import Sampling
from charrnn.terminal import BOLD, styled

TEMPERATURE = 0.8
FROM_INPUT = "-"


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("generate", help="write on from a prompt")
    command.add_argument("-p", "--prompt", help="what to begin with (default: what is piped in; - is that, too)")
    command.add_argument("-n", "--characters", type=int, default=400, help="how much to write (default: 400)")
    command.add_argument("--seed", type=int, default=0, help="another number, another text (default: 0)")
    add_model(command)
    temper = command.add_mutually_exclusive_group()
    temper.add_argument(
        "-t", "--temperature", "--temp", type=float, nargs="+", default=[TEMPERATURE], metavar="T",
        help=f"0 is greedy; several are written one under another (default: {TEMPERATURE})",
    )  # fmt: skip
    temper.add_argument("--alpha", type=float, nargs="+", metavar="A", help="the same as 1/temperature")
    add_cuts(command)
    command.add_argument("--json", action="store_true", help="one object a line, when all of a text is written")
    command.set_defaults(run=generate)


def generate(options: argparse.Namespace) -> None:
    """Print a prompt and what a model makes of it, character by character."""
    if options.characters < 0:
        raise OptionError(f"--characters is {options.characters}; it must be 0 or more.")
    if options.seed < 0:
        raise OptionError(f"--seed is {options.seed}; it must be 0 or more.")
    temperatures = _temperatures(options)
    samplings = [Sampling(t, options.top_k, options.top_p, options.min_p) for t in temperatures]
    prompt = _prompt(options.prompt)
    model = load_model(options.model, options.device)
    for number, sampling in enumerate(samplings):
        letters = islice(model.generate(prompt, sampling, options.seed), options.characters)
        if options.json:
            _print_json(model, prompt, sampling, options.seed, letters)
            continue
        if len(samplings) > 1:
            print(f"{'' if number == 0 else chr(10)}{styled(f'temperature {sampling.temperature:g}', BOLD)}")
        _stream(prompt, letters)


def _temperatures(options: argparse.Namespace) -> list[float]:
    """Of each text, 1/alpha where alphas were given."""
    if options.alpha is None:
        return list(options.temperature)
    if any(not alpha > 0 for alpha in options.alpha):
        raise OptionError("--alpha must be greater than 0; for the most probable text use --temperature 0.")
    return [1 / alpha for alpha in options.alpha]


def _prompt(given: str | None) -> str:
    """The prompt of the option, else standard input, where that is no terminal, without its last line end."""
    if given not in (None, FROM_INPUT):
        return str(given)
    if given is None and sys.stdin.isatty():
        return ""
    return sys.stdin.read().removesuffix("\n").removesuffix("\r")


def _stream(prompt: str, letters: Iterator[str]) -> None:
    print(prompt, end="", flush=True)
    for letter in letters:
        print(letter, end="", flush=True)
    print()


def _print_json(model: Model, prompt: str, sampling: Sampling, seed: int, letters: Iterator[str]) -> None:
    written = {
        "model": model.name,
        "temperature": round(sampling.temperature, 4),
        "seed": seed,
        "prompt": prompt,
        "text": "".join(letters),
    }
    print(json.dumps(written, ensure_ascii=False), flush=True)
