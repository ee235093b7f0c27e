"""`charrnn complete`: the likeliest ways to go on from a text."""

from __future__ import annotations

import argparse
import json

from charrnn.calibration import percent
from charrnn.commands.options import Commands, add_cuts, add_model
from charrnn.model import load_model
from charrnn.sampling import Sampling
from charrnn.search import LENGTHS, SearchOptions
from charrnn.terminal import GREY, styled


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("complete", help="go on from a text")
    command.add_argument("text")
    command.add_argument("-c", "--count", type=int, default=3, help="how many ways (default: 3)")
    command.add_argument("--candidates", type=int, default=8, help="how many to follow at once (default: 8)")
    command.add_argument("--length", choices=LENGTHS, default="phrase")
    command.add_argument("--json", action="store_true")
    add_model(command)
    command.add_argument("-t", "--temperature", type=float, default=0.0, help="0 is greedy (default: 0)")
    add_cuts(command)
    command.set_defaults(run=complete)


def complete(options: argparse.Namespace) -> None:
    """Print the best continuations of a text with their probabilities."""
    model = load_model(options.model, options.device)
    sampling = Sampling(options.temperature, options.top_k, options.top_p, options.min_p)
    found = model.complete(options.text, SearchOptions(sampling, options.candidates, options.length), options.count)
    if options.json:
        print(json.dumps([{"text": s.text, "confidence": round(s.confidence, 4)} for s in found], ensure_ascii=False))
        return
    for suggestion in found:
        print(f"{percent(suggestion.confidence):>4}  {options.text}{styled(suggestion.text, GREY)}")
