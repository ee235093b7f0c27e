from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import distributed

from charrnn.errors import OptionError
from charrnn.model import load_model
from charrnn.vocabulary import Vocabulary
from charrnn_training.checkpoint import FILE
from charrnn_training.corpus import write_shard
from charrnn_training.distribution import Group

from .conftest import PROSE

PROGRAM = Path(__file__).with_name("two_processes.py")
needs_gloo = pytest.mark.skipif(
    not distributed.is_available() or not distributed.is_gloo_available(), reason="this PyTorch has no gloo"
)


def launch(folder: Path, processes: int, accumulate: int) -> list[dict[str, Any]]:
    """Train in so many processes; what each found."""
    (folder / str(processes)).mkdir()
    run = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    command = [sys.executable, *(run if processes > 1 else []), str(PROGRAM), str(folder), str(accumulate)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    files = [folder / str(processes) / f"{rank}.json" for rank in range(processes)]
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


@needs_gloo
def test_two_processes_train_as_one_with_the_same_batch(vocabulary: Vocabulary, tmp_path: Path) -> None:
    write_shard(tmp_path / "shard", iter(PROSE), vocabulary)
    (one,) = launch(tmp_path, 1, accumulate=1)
    leader, follower = launch(tmp_path, 2, accumulate=2)
    assert len(one["curve"]) == 12
    assert one["history"][-1][3] < 0.95 * one["history"][0][3]
    assert leader["curve"] == pytest.approx(one["curve"], rel=0.01)
    assert leader["best"] == pytest.approx(one["best"], rel=0.01)
    # The same decisions in both, at the same moments.
    assert follower["curve"] == leader["curve"]
    assert follower["history"] == leader["history"]
    first, second = (load_file(tmp_path / processes / FILE) for processes in ("1", "2"))
    assert first.keys() == second.keys()
    assert first["state"].shape == second["state"].shape
    assert torch.allclose(first["state"], second["state"], rtol=0.01, atol=0.1)
    assert not list((tmp_path / "2").glob("*.tmp"))


@needs_gloo
def test_the_command_trains_in_two_processes(tmp_path: Path) -> None:
    (tmp_path / "prose.txt").write_text("\n\n\n".join(PROSE), encoding="utf-8")
    recipe = "hidden = 16\nembedding = 8\nbatch = 8\nsteps = 16\nupdates = 4"
    (tmp_path / "small.toml").write_text(recipe, encoding="utf-8")
    run = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command = "-m charrnn_training.cli prose.txt --name two --recipe small.toml --output models --runs runs --json"
    done = subprocess.run(
        [*run, *command.split()], capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events if event["event"] != "progress"] == ["reading", "started", "done"]
    assert load_model(str(tmp_path / "models" / "two")).artifact.architecture.hidden == 16


def test_streams_are_shared_out() -> None:
    assert [Group(rank, 4).rows(128) for rank in (0, 3)] == [slice(0, 32), slice(96, 128)]
    with pytest.raises(OptionError, match="batch is 10; it must be a multiple of the number of processes, 4"):
        Group(0, 4).rows(10)
