"""A training on disk while it goes on: what it was asked for, its encoded text, its checkpoints.

    runs/NAME/run.json       the plan and what is known of the text
    runs/NAME/training/      encoded text; validation/ and test/ likewise
    runs/NAME/start.safetensors, checkpoint.safetensors, best.safetensors

The folder appears when all of it is there, and one process at a time works on it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from charrnn.errors import ModelError, OptionError
from charrnn.vocabulary import Vocabulary
from charrnn_training.checkpoint import FILE as CHECKPOINT
from charrnn_training.corpus import Shard
from charrnn_training.recipe import Recipe, recipe_from

RECORD = "run.json"


@dataclass(frozen=True)
class Record:
    """What a run is to do and what it was made from, as `run.json` has it."""

    recipe: dict[str, Any]
    base: str | None = None  # the name or path of the model that it starts from
    base_weights: str = ""  # sha256 of that model's weights
    data: list[dict[str, Any]] = field(default_factory=list)
    reading: dict[str, Any] = field(default_factory=dict)  # what was read and what was not
    finished: bool = False


@dataclass(frozen=True)
class Corpus:
    """The encoded text of a run; `test` is None where the validation text was given and nothing else is held out."""

    vocabulary: Vocabulary
    training: Shard
    validation: Shard
    test: Shard | None

    @classmethod
    def open(cls, folder: Path) -> Corpus:
        """The text that was encoded into a run's folder. Raises `ModelError`."""
        try:
            symbols = json.loads((folder / "training" / "vocabulary.json").read_text(encoding="utf-8"))
            test = Shard.open(folder / "test") if (folder / "test").exists() else None
            return cls(Vocabulary(symbols), Shard.open(folder / "training"), Shard.open(folder / "validation"), test)
        except (OSError, ValueError) as error:
            raise ModelError(
                f"The text of the run in {folder} is damaged ({error}). Start without --resume."
            ) from error

    @property
    def held_out(self) -> int:
        """Characters that are not trained on."""
        return len(self.validation) + len(self.test or ())

    @property
    def judge(self) -> Shard:
        """The text that says what the model is worth."""
        return self.test or self.validation


class RunFolder:
    """The folder of one run; use it within `locked`."""

    def __init__(self, runs: Path, name: str) -> None:
        self.path = runs / name
        self._aside = runs / f"{name}.unfinished"
        self._draft, self._old = runs / f".{name}.new", runs / f".{name}.old"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other process out. Raises `OptionError` where one is in."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.path.parent / f".{self.path.name}.lock", timeout=0)
            lock.acquire()
        except Timeout:
            raise OptionError(
                f"A training named {self.path.name!r} is running. Wait for its end, or choose another --name."
            ) from None
        except OSError as error:
            raise OptionError(f"--runs is {self.path.parent}, which cannot be written: {error.strerror}.") from error
        try:
            yield
        finally:
            shutil.rmtree(self._draft, ignore_errors=True)
            lock.release()

    def draft(self) -> Path:
        """An empty folder, in which the next run is prepared.

        Raises `OptionError` where something else than a run has its place: nobody's texts are to be replaced.
        """
        for folder in (self.path, self._aside):
            if folder.exists() and not (folder / RECORD).exists():
                raise OptionError(f"{folder} is there and is no training. Choose another --name or --runs.")
        shutil.rmtree(self._draft, ignore_errors=True)
        self._draft.mkdir(parents=True)
        return self._draft

    def begin(self, record: Record) -> list[str]:
        """Put what was prepared in place. A run that was not finished is set aside, and what to know of it returned."""
        write_record(self._draft, record)
        said = []
        shutil.rmtree(self._old, ignore_errors=True)
        if (self.path / CHECKPOINT).exists() and not _is_finished(self.path):
            shutil.rmtree(self._aside, ignore_errors=True)
            self.path.rename(self._aside)
            said.append(
                f"an unfinished training of this name is kept: --name {self._aside.name} --resume goes on with it"
            )
        elif self.path.exists():
            self.path.rename(self._old)
        self._draft.rename(self.path)
        shutil.rmtree(self._old, ignore_errors=True)
        return said

    def resume(self) -> tuple[Record, Corpus]:
        """What the folder holds. Raises `ModelError` where there is no run to go on with."""
        if not (self.path / RECORD).exists():
            raise ModelError(f"There is no run in {self.path} to go on with. Start without --resume.")
        return read_record(self.path), Corpus.open(self.path)


def read_record(folder: Path) -> Record:
    """The record of a run. Raises `ModelError`."""
    try:
        values = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return Record(**values)
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(f"{folder / RECORD} is damaged ({error}). Start without --resume.") from error


def _is_finished(folder: Path) -> bool:
    """Whether the run in a folder came to its end; not where its record is damaged."""
    try:
        return read_record(folder).finished
    except ModelError:
        return False


def write_record(folder: Path, record: Record) -> None:
    """Replace the record of a run."""
    temporary = folder / f"{RECORD}.tmp"
    temporary.write_text(json.dumps(dataclasses.asdict(record), indent=1), encoding="utf-8")
    temporary.replace(folder / RECORD)


def recorded_recipe(record: Record, folder: Path) -> Recipe:
    """The recipe of a run that is resumed. Raises `OptionError`."""
    return recipe_from(record.recipe, str(folder / RECORD))
