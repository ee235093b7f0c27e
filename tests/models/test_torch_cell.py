"""The torch backend: the same seam as ONNX, and messages for what this computer or file cannot do."""

from __future__ import annotations

import io
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch
from tests.models.test_artifact import assert_one_message, change_config, seal

from charrnn.artifact import CONFIG, WEIGHTS, Artifact, read_artifact
from charrnn.cell import initial_state
from charrnn.errors import ModelError, OptionError
from charrnn.model import Model, load_model, open_model
from charrnn.onnx_cell import OnnxCell
from charrnn.prefix_cache import PrefixCache
from charrnn.sampling import Sampling
from charrnn.search import SearchOptions
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


def header(length: int, text: bytes = b"{}") -> bytes:
    return length.to_bytes(8, "little") + text + bytes(60_000)


MISFITS = {
    "garbage": b"garbage",
    "empty": b"",
    "another network's": safetensors.torch.save({"output.bias": torch.zeros(30_000)}),
    "a header of 16 EB": header(2**64 - 1),
    "a header beyond the end": header(10**6),
    "a header that is not JSON": header(4, b"{{{{"),
    "a nested header": header(40_000, b"[" * 40_000),
    "weights beyond the end": header(59, b'{"a":{"dtype":"F16","shape":[9],"data_offsets":[0,999999]}}'),
    "overlapping weights": header(
        106,
        b'{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[8],"data_offsets":[4,12]}}',
    ),
    "an absurd shape": header(75, b'{"a":{"dtype":"F16","shape":[4294967296,4294967296],"data_offsets":[0,18]}}'),
}


def spoil_weights(tiny: Artifact, folder: Path, content: bytes) -> Artifact:
    path = Path(shutil.copytree(tiny.path, folder / "copy"))
    seal(path, WEIGHTS, content)
    return read_artifact(path)


@pytest.mark.parametrize("kind", MISFITS)
def test_weights_that_do_not_fit_are_refused(tiny: Artifact, tmp_path: Path, kind: str) -> None:
    artifact = spoil_weights(tiny, tmp_path, MISFITS[kind])
    with pytest.raises(ModelError) as caught:
        load_network(artifact)
    assert str(caught.value) == (
        f"{artifact.path / WEIGHTS} does not fit the network that {CONFIG} describes. Install the model again."
    )


def test_memory_is_not_taken_for_a_network_that_the_weights_cannot_fill(tiny: Artifact, tmp_path: Path) -> None:
    path = Path(shutil.copytree(tiny.path, tmp_path / "copy"))
    change_config(path, lambda config: config["architecture"].update(hidden=8192, layers=16))
    with pytest.raises(ModelError, match="does not fit the network"):
        load_network(read_artifact(path))


def pickled_by_torch() -> bytes:
    file = io.BytesIO()
    torch.save({"output.bias": torch.zeros(3)}, file)
    return file.getvalue()


@pytest.mark.parametrize("content", [*(pickle.dumps([1], protocol) for protocol in (2, 3, 4, 5)), pickled_by_torch()])
def test_a_pickle_is_known_by_how_it_begins(tiny: Artifact, tmp_path: Path, content: bytes) -> None:
    artifact = spoil_weights(tiny, tmp_path, content)
    with pytest.raises(ModelError) as caught:
        load_network(artifact)
    assert_one_message(caught.value, str(artifact.path / WEIGHTS), "is a pickle or an archive")


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_named(tiny: Artifact, device: str) -> None:
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if there[device]:
        pytest.skip(f"this computer has {device}")
    with pytest.raises(OptionError, match=f"The device '{device}' is not there; this computer has cpu"):
        load_model(str(tiny.path), device)


def test_the_processor_is_always_there() -> None:
    assert torch_device("cpu").type == "cpu"


@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_suggestions_are_those_of_onnx(tiny: Artifact, temperature: float) -> None:
    """The same text gives the same seed, and with it the same suggestions, whatever computes."""
    options = SearchOptions(Sampling(temperature), candidates=8, max_characters=64, length="line")
    ours, theirs = (
        Model(tiny, cell, PrefixCache(cell, tiny.vocabulary)) for cell in (TorchCell(tiny), float_cell(tiny))
    )
    for text in ("It was a", "The rain had", "Dear reader,\n\nthe"):
        expected = theirs.complete(text, options, count=3)
        found = ours.complete(text, options, count=3)
        assert [suggestion.text for suggestion in found] == [suggestion.text for suggestion in expected]
        for one, other in zip(found, expected, strict=True):
            assert one.probability == pytest.approx(other.probability, rel=1e-3)


def float_cell(artifact: Artifact) -> OnnxCell:
    return OnnxCell(artifact, int8=False)


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_on_a_device_suggestions_are_those_of_the_processor(tiny: Artifact, device: str) -> None:
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not there[device]:
        pytest.skip(f"this computer has no {device}")
    options = SearchOptions(candidates=8, max_characters=64, length="line")
    texts = [open_model(tiny, name).complete("It was a", options)[0].text for name in (device, "cpu")]
    cells = [TorchCell(tiny, name) for name in (device, "cpu")]
    ids = np.random.default_rng(1).integers(0, tiny.architecture.vocabulary, (8, 64))
    logits = [cell.score(ids, initial_state(tiny.architecture, 8))[0] for cell in cells]
    assert np.allclose(*logits, atol=1e-3)
    assert all(texts)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_refused(tiny: Artifact, tmp_path: Path, value: float) -> None:
    weights = safetensors.torch.load(tiny.open(WEIGHTS))
    weights["output.bias"][3] = value
    artifact = spoil_weights(tiny, tmp_path, safetensors.torch.save(weights))
    with pytest.raises(ModelError) as caught:
        load_network(artifact)
    assert_one_message(caught.value, str(artifact.path / WEIGHTS), "weights that are no numbers")
