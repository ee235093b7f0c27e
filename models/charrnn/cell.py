"""The seam between decoding and the engines that run a network: one method, two implementations."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from charrnn.config import Architecture

Ids = npt.NDArray[np.int64]
State = npt.NDArray[np.float32]  # [S, B, H]
Logits = npt.NDArray[np.float32]


class Cell(Protocol):
    """A network that reads characters and carries a state."""

    architecture: Architecture

    def run(self, ids: Ids, state: State) -> tuple[Logits, State]:
        """Read ids [B, T] from state [S, B, H]: the logits [B, V] after the last one, and the new state.

        Results are new arrays; `state` is left as it was.
        """
        ...

    def score(self, ids: Ids, state: State) -> tuple[Logits, State]:
        """As `run`, with the logits [B, T, V] after each id."""
        ...


def initial_state(architecture: Architecture, batch: int = 1) -> State:
    """The state of streams that have read nothing, zeros [S, B, H]."""
    return np.zeros((architecture.state_rows, batch, architecture.hidden), np.float32)
