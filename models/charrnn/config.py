"""The architecture of a network: the few numbers that, with the weights, make a model."""

from __future__ import annotations

import reprlib
from dataclasses import dataclass
from typing import Literal

from charrnn.errors import OptionError

Cell = Literal["rnn", "gru", "lstm"]
STATES_PER_LAYER = {"rnn": 1, "gru": 1, "lstm": 2}
LIMITS = {"vocabulary": 65536, "embedding": 4096, "hidden": 8192, "layers": 16}


@dataclass(frozen=True)
class Architecture:
    """What `charrnn.network.CharRNN` is built from.

    Raises `OptionError` where a number is out of its range.
    """

    vocabulary: int  # number of ids V
    cell: Cell = "lstm"
    embedding: int = 128  # width E; 0 feeds one-hot vectors
    hidden: int = 512  # width H of every layer
    layers: int = 2
    residual: bool = False  # add a layer's input to its output from the second layer on

    def __post_init__(self) -> None:
        if self.cell not in STATES_PER_LAYER:
            raise OptionError(f"cell is {reprlib.repr(self.cell)}; it must be one of {', '.join(STATES_PER_LAYER)}.")
        for name, limit in LIMITS.items():
            value, lowest = getattr(self, name), 0 if name == "embedding" else 1
            if type(value) is not int or not lowest <= value <= limit:
                raise OptionError(
                    f"{name} is {reprlib.repr(value)}; it must be a whole number from {lowest} to {limit}."
                )
        if type(self.residual) is not bool:
            raise OptionError(f"residual is {reprlib.repr(self.residual)}; it must be true or false.")

    @property
    def state_rows(self) -> int:
        """S: how many vectors of width H the state of one stream has."""
        return self.layers * STATES_PER_LAYER[self.cell]

    @property
    def parameters(self) -> int:
        """Number of weights."""
        gates = {"rnn": 1, "gru": 3, "lstm": 4}[self.cell]
        inputs = self.embedding or self.vocabulary
        widths = [inputs] + [self.hidden] * (self.layers - 1)
        layers = sum(gates * self.hidden * (width + self.hidden + 2) for width in widths)
        return self.vocabulary * self.embedding + layers + self.vocabulary * (self.hidden + 1)
