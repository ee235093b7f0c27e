"""A recipe: everything that decides what a training run does, apart from the text. One TOML file each."""

from __future__ import annotations

import dataclasses
import math
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_type_hints

from charrnn.config import Architecture, Cell
from charrnn.errors import OptionError

OPTIMIZERS = ("adamw", "muon")
WINDOWS = ("no", "any", "document")
_HERE = Path(__file__).parent
RECIPES = next(path for path in (_HERE / "configs", _HERE.parent / "configs") if path.is_dir())  # wheel; checkout


@dataclass(frozen=True)
class Recipe:
    """Training options. Raises `OptionError` where a value is out of its range."""

    cell: Cell = "lstm"
    embedding: int = 128
    hidden: int = 512
    layers: int = 2
    residual: bool = False
    dropout: float = 0.0  # before each layer and before the output
    locked: bool = False  # one dropout mask for all steps of a stream between two updates
    weight_drop: float = 0.0  # share of the recurrent weights that are zero in an update
    windows: str = "no"  # "no": streams with carried state; "any", "document": windows with an empty state
    batch: int = 128  # streams or windows read side by side, B
    steps: int = 128  # characters of each between two updates, T
    epochs: float = 1.0  # passes over the training text
    updates: int = 0  # if not 0, stop after so many, whatever the epochs
    max_minutes: float = 0.0  # stop then at the latest; 0 is no limit
    optimizer: str = "adamw"
    learning_rate: float = 3e-3
    warmup: int = 200  # updates with a rising learning rate
    decay: float = 0.3  # last part of training, with a falling learning rate
    weight_decay: float = 0.01  # on matrices only
    clip: float = 1.0  # largest norm of the gradient
    accumulate: int = 1  # parts in which a batch is computed, one after another, to spare memory
    average: float = 0.0  # if not 0, keep a moving average of the weights with this share of the past, as the model
    forget: float = 0.01  # chance that a stream starts a chunk with an empty state, as an editor does
    vary: float = 0.0  # share of the documents that is laid out anew: hard-wrapped, or without blank lines
    pull: float = 0.0  # towards the weights that fine-tuning starts from: their share in each update, times its rate's
    replay: float = 1.0  # characters of replayed text for each of the new, where there is any
    patience: int = 0  # if not 0, stop after so many validations without a better one
    rarest: int = 200  # a character that is not ASCII needs to stand this often to have a place in the alphabet
    validate_minutes: float = 5.0  # between two validations
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("batch", "steps", "epochs", "learning_rate", "clip", "validate_minutes", "accumulate"):
            if not 0 < getattr(self, name) < math.inf:
                raise OptionError(f"{name} is {getattr(self, name)}; it must be greater than 0, and finite.")
        for name in (
            "updates",
            "max_minutes",
            "warmup",
            "weight_decay",
            "pull",
            "replay",
            "patience",
            "rarest",
            "seed",
        ):
            if not 0 <= getattr(self, name) < math.inf:
                raise OptionError(f"{name} is {getattr(self, name)}; it must be 0 or more, and finite.")
        for name in ("dropout", "weight_drop", "average", "decay", "forget", "vary"):
            if not 0 <= getattr(self, name) <= 1:
                raise OptionError(f"{name} is {getattr(self, name)}; it must be from 0 to 1.")
        if self.batch % self.accumulate:
            raise OptionError(f"accumulate is {self.accumulate}; it must divide batch, which is {self.batch}.")
        for name, choices in (("optimizer", OPTIMIZERS), ("windows", WINDOWS)):
            if getattr(self, name) not in choices:
                raise OptionError(f"{name} is {getattr(self, name)!r}; it must be one of {', '.join(choices)}.")

    def architecture(self, vocabulary: int) -> Architecture:
        return Architecture(vocabulary, self.cell, self.embedding, self.hidden, self.layers, self.residual)


def load_recipe(name: str) -> Recipe:
    """The recipe of that name in `training/configs`, or in the file of that path."""
    path = Path(name) if name.endswith(".toml") else RECIPES / f"{name}.toml"
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        known = ", ".join(sorted(file.stem for file in RECIPES.glob("*.toml")))
        raise OptionError(f"There is no recipe {name!r}. Name one of {known}, or a .toml file.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"{path} is not valid TOML: {error}.") from error
    return recipe_from(values, str(path))


def recipe_from(values: dict[str, Any], source: str) -> Recipe:
    """A recipe of these values; `source` names them in the message of an `OptionError`."""
    types = get_type_hints(Recipe)
    names = [field.name for field in dataclasses.fields(Recipe)]
    for name, value in values.items():
        if name not in names:
            raise OptionError(f"{source}: {name!r} is not a key of a recipe. The keys are {', '.join(names)}.")
        wanted = types[name]
        fits = isinstance(value, int | float) and not isinstance(value, bool) if wanted is float else None
        if fits is None:
            fits = type(value) is (str if wanted not in (int, bool) else wanted)
        if not fits:
            kind = getattr(wanted, "__name__", "str")
            raise OptionError(f"{source}: {name} is {value!r}; it must be of type {kind}.")
    return Recipe(**values)
