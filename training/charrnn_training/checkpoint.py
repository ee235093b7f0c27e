"""A training run on disk: enough to go on from the last minute after anything short of a lost disk.

`checkpoint.safetensors` holds weights, optimiser state and the streams' state; its header holds the rest as JSON, so
one rename replaces the whole.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.optim import Optimizer

from charrnn.errors import ModelError
from charrnn.network import CharRNN

FILE = "checkpoint.safetensors"


def save_checkpoint(
    file: Path, network: CharRNN, optimizers: list[Optimizer], state: Tensor, progress: dict[str, Any]
) -> None:
    """Write everything to a file beside `file` and rename it."""
    tensors = {f"network.{name}": value for name, value in network.state_dict().items()}
    for n, optimizer in enumerate(optimizers):
        for m, parameter_state in optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{n}.{m}.{key}": value for key, value in parameter_state.items()}
    tensors["state"] = state
    temporary = file.with_suffix(".tmp")
    save_file(
        {name: value.detach().cpu().contiguous() for name, value in tensors.items()},
        temporary,
        {"progress": json.dumps(progress)},
    )
    temporary.replace(file)


def load_checkpoint(file: Path, network: CharRNN, optimizers: list[Optimizer]) -> tuple[Tensor, dict[str, Any]]:
    """Fill `network` and `optimizers` from `file`; the streams' state and the progress. Raises `ModelError`."""
    try:
        with safe_open(file, "pt") as reader:
            tensors = {name: reader.get_tensor(name) for name in reader.keys()}  # noqa: SIM118 - not a dict
            progress = json.loads(reader.metadata()["progress"])
    except FileNotFoundError:
        raise ModelError(f"There is no checkpoint {file} to resume from. Start without --resume.") from None
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{file} is not a checkpoint ({error}). Start without --resume.") from error
    network.load_state_dict({name[8:]: value for name, value in tensors.items() if name.startswith("network.")})
    for n, optimizer in enumerate(optimizers):
        state: dict[int, dict[str, Tensor]] = {}
        for name, value in tensors.items():
            match name.split("."):
                case ["optimizer", index, parameter, key] if int(index) == n:
                    state.setdefault(int(parameter), {})[key] = value
        optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return tensors["state"], progress
