"""The programs that measure training run, and compare like with like."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

import classics
import numpy as np
import pytest
import shakespeare
import torch
import training

from charrnn.network import CharRNN
from charrnn.vocabulary import Vocabulary
from charrnn_training import validation
from charrnn_training.corpus import write_shard
from charrnn_training.recipe import load_recipe

OPTIONS = argparse.Namespace(
    device="cpu", hidden=64, layers=2, embedding=8, batch=4, steps=6, seconds=0.01, threads=1, optimizer="muon"
)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_every_candidate_of_a_cell_is_measured(cell: str, tmp_path: Path) -> None:
    speeds = training.on_cpu(cell, OPTIONS, tmp_path)
    names = " ".join(speeds)
    assert all(part in names for part in (f"nn.{cell.upper()}", "fast layers", "bare products", "updates of a trainer"))
    assert all(speed > 0 for speed in speeds.values())


@pytest.mark.parametrize("name", classics.SYSTEMS)
def test_a_plain_loop_reads_as_its_system_did_and_learns(name: str, tmp_path: Path) -> None:
    system = classics.SYSTEMS[name]
    recipe = dataclasses.replace(load_recipe(name), hidden=16, embedding=8, layers=1, batch=8, learning_rate=0.02)
    text = [classics.VERSE * 4, classics.VERSE[::-1] * 4]
    vocabulary = Vocabulary.of("".join(text))
    shard = write_shard(tmp_path, iter(text), vocabulary)
    torch.manual_seed(0)
    network = CharRNN(recipe.architecture(len(vocabulary)))
    before = {key: value.clone() for key, value in network.named_parameters()}
    characters = next(classics.plain_loop(system, recipe, shard, network))
    assert characters % recipe.steps == 0
    assert (characters // recipe.steps > recipe.batch) == (system.reads == "articles")
    assert all(not torch.equal(value, before[key]) for key, value in network.named_parameters() if "output" in key)
    inputs, targets = next(classics._plain_batches(system, recipe, shard, np.random.default_rng(0)))
    assert inputs.shape[1] == recipe.steps
    assert torch.equal(inputs[:, 1:], targets[:, :-1])


def test_tiny_shakespeare_is_measured_on_its_last_tenth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tinyshakespeare").mkdir()
    (tmp_path / "tinyshakespeare" / "input.txt").write_text(classics.VERSE * 40, encoding="utf-8")
    recipe = tmp_path / "small.toml"
    recipe.write_text("hidden = 16\nembedding = 8\nbatch = 8\nsteps = 16\naverage = 0.9", encoding="utf-8")
    command = ["shakespeare.py", "--data", tmp_path, "--recipe", recipe, "--runs", tmp_path / "runs"]
    monkeypatch.setattr("sys.argv", [*map(str, command), "--updates", "3"])
    monkeypatch.setattr(validation, "VALIDATION_STREAM", 3000)  # the program changes it; put back after the test
    shakespeare.main()
    said = capsys.readouterr().out
    assert "nats on the last tenth" in said
    assert "3 updates" in said
