"""`charrnn`: use a model from the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import charrnn
from charrnn.commands import complete, evaluate, generate, models, ui
from charrnn.errors import CharRNNError
from charrnn.terminal import run_printing


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point: 0, or 1 with one message."""
    options = _parser().parse_args(arguments)

    def run() -> int:
        try:
            options.run(options)
        except CharRNNError as error:
            print(f"charrnn: {error}", file=sys.stderr)
            return 1
        return 0

    return run_printing(run)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="charrnn", description="Character-level models of prose.")
    parser.add_argument("--version", action="version", version=f"charrnn {charrnn.__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (complete, generate, models, evaluate, ui):
        command.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
