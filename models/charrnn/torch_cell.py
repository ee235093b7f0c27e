"""The network on PyTorch: CUDA and MPS, and the reference that the ONNX graphs are held against."""

from __future__ import annotations

import numpy as np
import safetensors.torch
import torch

from charrnn.artifact import CONFIG, WEIGHTS, Artifact
from charrnn.cell import Ids, Logits, State
from charrnn.errors import ModelError, OptionError
from charrnn.network import CharRNN

# How pickles of protocols 2 to 5 and zip archives begin. A length can begin so too, but then has a header behind it.
FOREIGN = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK")


class TorchCell:
    """Runs `weights.safetensors` on a device. Raises `ModelError` or, where the device is not there, `OptionError`."""

    def __init__(self, artifact: Artifact, device: str = "cpu") -> None:
        self.architecture = artifact.architecture
        self.device = torch_device(device)
        self._network = load_network(artifact).to(self.device).eval()

    @torch.inference_mode()
    def run(self, ids: Ids, state: State) -> tuple[Logits, State]:
        """See `charrnn.cell.Cell.run`."""
        logits, state = self.score(ids, state)
        return logits[:, -1], state

    @torch.inference_mode()
    def score(self, ids: Ids, state: State) -> tuple[Logits, State]:
        """See `charrnn.cell.Cell.score`."""
        logits, new = self._network(
            torch.from_numpy(np.ascontiguousarray(ids)).to(self.device),
            torch.from_numpy(np.ascontiguousarray(state)).to(self.device),
        )
        return logits.cpu().numpy(), new.cpu().numpy()


def load_network(artifact: Artifact) -> CharRNN:
    """The network of a model in float32, on the CPU. Raises `ModelError`."""
    file, content = artifact.path / WEIGHTS, artifact.open(WEIGHTS)
    if content.startswith(FOREIGN) and content[8:9] != b"{":
        raise ModelError(f"{file} is a pickle or an archive, which could run anything. Do not use this model.")
    misfit = ModelError(f"{file} does not fit the network that {CONFIG} describes. Install the model again.")
    if len(content) < 2 * artifact.architecture.parameters:  # before memory is taken for a network that it cannot fill
        raise misfit
    try:
        weights = safetensors.torch.load(content)
        network = CharRNN(artifact.architecture)
        network.load_state_dict({name: value.float() for name, value in weights.items()})
    except (safetensors.SafetensorError, RuntimeError, ValueError, KeyError) as error:
        raise misfit from error
    if not all(parameter.isfinite().all() for parameter in network.parameters()):
        raise ModelError(f"{file} has weights that are no numbers. Install the model again.")
    return network


def torch_device(name: str) -> torch.device:
    """The device of that name. Raises `OptionError` where this computer has no such device."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not there.get(name):
        have = ", ".join(device for device, is_there in there.items() if is_there)
        raise OptionError(f"The device {name!r} is not there; this computer has {have}.")
    return torch.device(name)
