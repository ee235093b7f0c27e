"""Training on a GPU: skipped where there is none."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import torch

from charrnn.network import CharRNN
from charrnn.vocabulary import Vocabulary
from charrnn_training.corpus import Shard
from charrnn_training.trainer import Trainer

from .conftest import RECIPE

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here")
needs_mps = pytest.mark.skipif(not torch.backends.mps.is_available(), reason="there is no MPS device here")


def trainer_on(device: str, shard: Shard, vocabulary: Vocabulary, folder: Path, **changes: Any) -> Trainer:
    recipe = dataclasses.replace(RECIPE, **changes)
    torch.manual_seed(recipe.seed)
    network = CharRNN(recipe.architecture(len(vocabulary)), recipe.dropout)
    return Trainer(network, recipe, shard, shard, folder, torch.device(device))


@pytest.mark.parametrize("device", [pytest.param("cuda", marks=needs_cuda), pytest.param("mps", marks=needs_mps)])
@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_gpu_learns_what_a_cpu_learns(
    device: str, cell: str, shard: Shard, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    (tmp_path / "cpu").mkdir()
    expected = trainer_on("cpu", shard, vocabulary, tmp_path / "cpu", cell=cell).run()
    trainer = trainer_on(device, shard, vocabulary, tmp_path, cell=cell)
    assert trainer.run() == pytest.approx(expected, abs=0.1)


@needs_cuda
@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_nothing_in_an_update_waits_for_the_gpu(
    optimizer: str, shard: Shard, vocabulary: Vocabulary, tmp_path: Path
) -> None:
    trainer = trainer_on("cuda", shard, vocabulary, tmp_path, optimizer=optimizer, hidden=128, embedding=128)
    for _ in range(3):  # the first updates set up libraries and the optimisers' state
        trainer.update()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(10):
            trainer.update()
    finally:
        torch.cuda.set_sync_debug_mode("default")
