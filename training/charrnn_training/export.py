"""From a trained network to an artifact, by way of a gate: what is written must behave as what was trained."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch

from charrnn.artifact import CELL, CELL_INT8, WEIGHTS, Artifact, write_artifact
from charrnn.cell import initial_state
from charrnn.errors import CharRNNError
from charrnn.evaluation import bits_per_character
from charrnn.network import CharRNN
from charrnn.onnx_cell import OnnxCell
from charrnn.torch_cell import TorchCell
from charrnn.vocabulary import Vocabulary
from charrnn_training.onnx_graphs import float_graph, int8_graph

LARGEST_LOGIT_DIFFERENCE = 2e-3  # PyTorch to ONNX, in nats
LARGEST_INT8_COST = 0.005  # bits per character
LARGEST_MODEL = 50_000_000  # bytes, beyond which a model goes without its float32 graph, which nobody types with


class ExportError(CharRNNError):
    """An exported graph does not do what the trained network does. Nothing was written."""


def export(
    network: CharRNN,
    vocabulary: Vocabulary,
    target: Path,
    check_documents: Sequence[str],
    training: Mapping[str, Any],
    describe: Callable[[Artifact, dict[str, Any]], Mapping[str, bytes]],
    calibrate: Callable[[Artifact], Mapping[str, float]] = lambda artifact: {},
) -> Artifact:
    """Write `network` as the model directory `target`. Raises `ExportError` where a graph disagrees with PyTorch.

    `check_documents` is held-out text (50,000 characters are enough) on which int8 is compared with float32.
    `calibrate` sees the finished model before it is put in place, and `describe` sees it calibrated: it gives the files
    that go with it, the card among them, and may add to the training record.
    """
    weights = {name: value.detach().cpu().half() for name, value in network.state_dict().items()}
    if broken := [name for name, value in weights.items() if not value.isfinite().all()]:
        raise ExportError(f"{broken[0]} has values that are no numbers. Nothing was exported. Train at a lower rate.")

    def write_files(folder: Path) -> None:
        # Every file holds the same weights, rounded to float16: the engines then differ in arithmetic only.
        arrays = {name: value.float().numpy() for name, value in weights.items()}
        (folder / WEIGHTS).write_bytes(safetensors.torch.save(weights))
        (folder / CELL).write_bytes(float_graph(network.architecture, arrays).SerializeToString())
        (folder / CELL_INT8).write_bytes(int8_graph(network.architecture, arrays).SerializeToString())

    with tempfile.TemporaryDirectory() as scratch:
        draft = write_artifact(Path(scratch) / target.name, network.architecture, vocabulary, write_files, {}, {})
        check_parity(draft)
        record = {**training, **int8_cost(draft, check_documents)}
        calibration = dict(calibrate(draft))
        described = describe(dataclasses.replace(draft, calibration=calibration), record)

        def write_all(folder: Path) -> None:
            files = {name: draft.open(name) for name in (WEIGHTS, CELL, CELL_INT8)} | dict(described)
            if sum(map(len, files.values())) > LARGEST_MODEL:
                del files[CELL]
            for name, content in files.items():
                (folder / name).write_bytes(content)

        return write_artifact(target, network.architecture, vocabulary, write_all, calibration, record)


def check_parity(artifact: Artifact) -> None:
    """Run both float engines on random characters from a random state. Raises `ExportError` where they differ."""
    rng = np.random.default_rng(0)
    ids = rng.integers(0, artifact.architecture.vocabulary, (3, 40))
    state = rng.uniform(-0.5, 0.5, initial_state(artifact.architecture, 3).shape).astype(np.float32)
    theirs, _ = TorchCell(artifact).score(ids, state)
    ours, _ = OnnxCell(artifact, int8=False).score(ids, state)
    difference = float(np.abs(theirs - ours).max())
    if not difference <= LARGEST_LOGIT_DIFFERENCE:
        raise ExportError(f"ONNX and PyTorch disagree by {difference:.4g} in a logit. Nothing was exported.")


def int8_cost(artifact: Artifact, documents: Sequence[str]) -> dict[str, float]:
    """Bits per character of both graphs on `documents`. Raises `ExportError` where int8 costs too much."""
    exact = bits_per_character(OnnxCell(artifact, int8=False), artifact.vocabulary, documents)
    rounded = bits_per_character(OnnxCell(artifact), artifact.vocabulary, documents)
    if not rounded - exact <= LARGEST_INT8_COST:
        raise ExportError(
            f"int8 costs {rounded - exact:.4f} bits per character on held-out text; {LARGEST_INT8_COST} is the most. "
            "Nothing was exported."
        )
    return {"bpc_float32": round(exact, 4), "bpc_int8": round(rounded, 4), "bpc_characters": sum(map(len, documents))}
