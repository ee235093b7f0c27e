from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import charrnn_training.export as exporting
from charrnn.artifact import CELL, WEIGHTS, Artifact, read_artifact
from charrnn.cell import initial_state
from charrnn.onnx_cell import OnnxCell
from charrnn.torch_cell import TorchCell
from charrnn.vocabulary import Vocabulary
from charrnn_training.corpus import Shard
from charrnn_training.export import ExportError, export

from .conftest import PROSE, make_trainer


def make(shard: Shard, vocabulary: Vocabulary, folder: Path, card: str = "# A card\n") -> Artifact:
    trainer = make_trainer(shard, vocabulary, folder)
    return export(
        trainer.network,
        vocabulary,
        folder / "models" / "small",
        PROSE[:3],
        {"seed": 3},
        lambda draft, record: {"README.md": card.encode()},
        lambda draft: {"slope": 1.1, "intercept": -0.1},
    )


def test_an_exported_model_is_whole_and_its_engines_agree(shard: Shard, vocabulary: Vocabulary, tmp_path: Path) -> None:
    artifact = make(shard, vocabulary, tmp_path)
    assert artifact == read_artifact(tmp_path / "models" / "small")
    assert artifact.calibration == {"slope": 1.1, "intercept": -0.1}
    assert artifact.training["seed"] == 3
    assert abs(artifact.training["bpc_int8"] - artifact.training["bpc_float32"]) <= 0.005
    ids, state = np.arange(12).reshape(2, 6), initial_state(artifact.architecture, 2)
    theirs, _ = TorchCell(artifact).score(ids, state)
    ours, _ = OnnxCell(artifact, int8=False).score(ids, state)
    assert np.allclose(theirs, ours, atol=1e-4)


def test_a_model_that_would_be_large_goes_without_its_float32_graph(
    shard: Shard, vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = make(shard, vocabulary, tmp_path)
    size = sum((whole.path / name).stat().st_size for name in whole.files)
    monkeypatch.setattr(exporting, "LARGEST_MODEL", size - 1)
    artifact = make(shard, vocabulary, tmp_path)
    assert set(whole.files) - set(artifact.files) == {CELL}
    assert not (artifact.path / CELL).exists()
    assert artifact.files[WEIGHTS] == whole.files[WEIGHTS]
    monkeypatch.setattr(exporting, "LARGEST_MODEL", size)
    assert CELL in make(shard, vocabulary, tmp_path).files


@pytest.mark.parametrize(
    ("limit", "message"),
    [("LARGEST_LOGIT_DIFFERENCE", "ONNX and PyTorch disagree"), ("LARGEST_INT8_COST", "int8 costs")],
)
def test_a_graph_that_disagrees_is_not_exported_and_the_old_model_stays(
    limit: str, message: str, shard: Shard, vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = make(shard, vocabulary, tmp_path, "# The old card\n")
    monkeypatch.setattr(exporting, limit, -1.0)
    with pytest.raises(ExportError, match=f"{message}.*othing was exported"):
        make(shard, vocabulary, tmp_path, "# The new card\n")
    assert read_artifact(tmp_path / "models" / "small") == before
    assert before.open("README.md") == b"# The old card\n"
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["small"]


def test_a_network_with_broken_weights_is_not_exported(shard: Shard, vocabulary: Vocabulary, tmp_path: Path) -> None:
    trainer = make_trainer(shard, vocabulary, tmp_path)
    torch.nn.init.constant_(trainer.network.output.weight, float("nan"))
    with pytest.raises(ExportError, match=r"output\.weight has values that are no numbers"):
        export(trainer.network, vocabulary, tmp_path / "models" / "bad", PROSE[:1], {}, lambda d, r: "")
    assert not (tmp_path / "models" / "bad").exists()
