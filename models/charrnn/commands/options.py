"""Options that commands share, and the texts that they read."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

from charrnn.errors import TextError
from charrnn.library import DEFAULT
from charrnn.model import DEVICES

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_model(command: argparse.ArgumentParser) -> None:
    """The model, and what computes it."""
    command.add_argument("-m", "--model", default=DEFAULT, help=f"a name or a path (default: {DEFAULT})")
    command.add_argument("--device", choices=DEVICES, default="auto")


def add_cuts(command: argparse.ArgumentParser) -> None:
    """What sampling leaves out."""
    command.add_argument("--top-k", type=int, default=0, metavar="K", help="draw from so many characters only")
    command.add_argument("--top-p", type=float, default=1.0, metavar="P", help="from those with this much probability")
    command.add_argument("--min-p", type=float, default=0.0, metavar="P", help="from this share of the greatest on")


def read_text(file: Path) -> str:
    """The text of a UTF-8 file. Raises `TextError`."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TextError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise TextError(f"{file} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
