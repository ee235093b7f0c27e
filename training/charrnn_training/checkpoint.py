"""A training run on disk: enough to go on from the last minute after anything short of a lost disk.

`checkpoint.safetensors` holds weights, optimiser state and the streams' state; its header holds the rest as JSON, so
one rename replaces the whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.optim import Optimizer

from charrnn.errors import ModelError
from charrnn.network import CharRNN

FILE = "checkpoint.safetensors"


@dataclass(frozen=True)
class Checkpoint:
    """What a run needs to go on, besides its weights and optimisers."""

    state: Tensor  # [S, B, H] of the streams
    progress: dict[str, Any]
    average: Mapping[str, Tensor] = field(default_factory=dict)  # the averaged weights by name
    random: Tensor | None = None  # the state of the random numbers


def save_checkpoint(file: Path, checkpoint: Checkpoint, network: CharRNN, optimizers: list[Optimizer]) -> None:
    """Write everything to a file beside `file`, make sure that it is on the disk, and rename it.

    Raises `ModelError` where the disk does not take it; `file` is then as before.
    """
    tensors = {f"network.{name}": value for name, value in network.state_dict().items()}
    for n, optimizer in enumerate(optimizers):
        for m, parameter_state in optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{n}.{m}.{key}": value for key, value in parameter_state.items()}
    tensors |= {f"average.{name}": value for name, value in checkpoint.average.items()}
    tensors["state"] = checkpoint.state
    if checkpoint.random is not None:
        tensors["random"] = checkpoint.random
    temporary = file.with_suffix(".tmp")
    try:
        save_file(
            {name: value.detach().cpu().contiguous() for name, value in tensors.items()},
            temporary,
            {"progress": json.dumps(checkpoint.progress)},
        )
        with temporary.open("r+b") as written:  # Windows flushes only what may be written
            os.fsync(written.fileno())
        temporary.replace(file)
    except (OSError, SafetensorError) as error:
        temporary.unlink(missing_ok=True)
        raise ModelError(f"{file} cannot be written ({error}). What was saved before is kept; make room.") from error


def load_checkpoint(file: Path, network: CharRNN | None, optimizers: list[Optimizer]) -> Checkpoint:
    """Fill `network` and `optimizers` from `file`, and return the rest. Raises `ModelError`."""
    try:
        with safe_open(file, "pt") as reader:
            # Copied: what is still mapped into memory cannot be replaced on Windows.
            tensors = {name: reader.get_tensor(name).clone() for name in reader.keys()}  # noqa: SIM118 - not a dict
            progress = json.loads(reader.metadata()["progress"])
        state = tensors["state"]
    except FileNotFoundError:
        raise ModelError(f"There is no checkpoint {file} to resume from. Start without --resume.") from None
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{file} is not a checkpoint ({error}). Start without --resume.") from error
    if network is not None:
        _fill(network, _named(tensors, "network."), file)
    for n, optimizer in enumerate(optimizers):
        _fill_optimizer(optimizer, _named(tensors, f"optimizer.{n}."))
    return Checkpoint(state, progress, _named(tensors, "average."), tensors.get("random"))


def _named(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _fill(network: CharRNN, weights: dict[str, Tensor], file: Path) -> None:
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        raise ModelError(f"{file} is of a network of another shape. Resume with the recipe of the run.") from error


def _fill_optimizer(optimizer: Optimizer, tensors: dict[str, Tensor]) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        parameter, key = name.split(".", 1)
        state.setdefault(int(parameter), {})[key] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
