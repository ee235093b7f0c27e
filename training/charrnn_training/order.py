"""What a training was asked for, however it was asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from charrnn.artifact import WEIGHTS
from charrnn.config import Cell
from charrnn.errors import OptionError
from charrnn.library import BUNDLED, user_directory


@dataclass(frozen=True)
class Order:
    """The options of `charrnn-train`. `runs` is where checkpoints go, `output` a folder for the model instead of
    the user's model directory.
    """

    paths: tuple[Path, ...]
    name: str
    runs: Path
    output: Path | None = None
    recipe: str | None = None
    base: str | None = None
    from_scratch: bool = False
    validation: tuple[Path, ...] = ()
    replay: tuple[Path, ...] = ()
    sources: Path | None = None
    resume: bool = False
    device: str = "cpu"
    cell: Cell | None = None
    max_minutes: float | None = None
    epochs: float | None = None
    seed: int | None = None
    command: str = ""

    def __post_init__(self) -> None:
        """Raise `OptionError` where the name cannot be a directory's, or the place is that of what must not be lost."""
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", self.name):
            raise OptionError(
                f"--name is {self.name!r}; it must be letters, digits, '.', '_' and '-', 64 at most, "
                "and begin with a letter or a digit."
            )
        if self.output is None and (BUNDLED / self.name).exists():
            raise OptionError(f"--name is {self.name!r}, which is a bundled model. Choose another name.")
        if self.from_scratch and self.base:
            raise OptionError("--from-scratch and --base exclude each other.")
        if self.target.is_dir() and not (self.target / WEIGHTS).exists():
            raise OptionError(f"{self.target} is there and is no model. Choose another --name or --output.")
        if self.sources and not self.sources.is_file():
            raise OptionError(f"--sources is {self.sources}; it must be a file.")

    @property
    def target(self) -> Path:
        """Where the model goes."""
        return (self.output or user_directory()) / self.name
