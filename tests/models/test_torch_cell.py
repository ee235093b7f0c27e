"""The torch backend: the same seam as ONNX, and messages for what this computer or file cannot do."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from charrnn.artifact import CONFIG, WEIGHTS, Artifact, read_artifact
from charrnn.cell import initial_state
from charrnn.errors import ModelError, OptionError
from charrnn.model import load_model
from charrnn.torch_cell import TorchCell, load_network, torch_device


def test_steps_are_one_sequence(tiny: Artifact) -> None:
    cell = TorchCell(tiny)
    ids = np.random.default_rng(1).integers(0, tiny.architecture.vocabulary, (2, 9))
    whole, end = cell.score(ids, initial_state(tiny.architecture, 2))
    state = initial_state(tiny.architecture, 2)
    for t in range(9):
        logits, state = cell.run(ids[:, t : t + 1], state)
        assert np.allclose(logits, whole[:, t], atol=1e-5)
    assert np.allclose(state, end, atol=1e-5)


def test_a_view_of_a_state_may_be_given(tiny: Artifact) -> None:
    cell = TorchCell(tiny)
    state = np.random.default_rng(1).uniform(-0.5, 0.5, initial_state(tiny.architecture, 4).shape).astype(np.float32)
    rows = state[:, ::2]
    assert np.allclose(
        cell.run(np.ones((2, 1), np.int64), rows)[1], cell.run(np.ones((2, 1), np.int64), rows.copy())[1]
    )


def test_weights_are_read_as_float32(tiny: Artifact) -> None:
    assert {parameter.dtype for parameter in load_network(tiny).parameters()} == {torch.float32}


@pytest.mark.parametrize("content", ["garbage", "other"])
def test_weights_that_do_not_fit_are_refused(tiny: Artifact, tmp_path: Path, content: str) -> None:
    path = Path(shutil.copytree(tiny.path, tmp_path / "copy"))
    data = b"garbage" if content == "garbage" else safetensors.torch.save({"output.bias": torch.zeros(3)})
    (path / WEIGHTS).write_bytes(data)
    config = json.loads((path / CONFIG).read_text(encoding="utf-8"))
    config["files"][WEIGHTS] = hashlib.sha256(data).hexdigest()
    (path / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        load_network(read_artifact(path))
    assert str(caught.value) == (
        f"{path / WEIGHTS} does not fit the network that {CONFIG} describes. Install the model again."
    )


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_named(tiny: Artifact, device: str) -> None:
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if there[device]:
        pytest.skip(f"this computer has {device}")
    with pytest.raises(OptionError, match=f"The device '{device}' is not there; this computer has cpu"):
        load_model(str(tiny.path), device)


def test_the_processor_is_always_there() -> None:
    assert torch_device("cpu").type == "cpu"
