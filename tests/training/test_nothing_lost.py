"""Whatever ends a run, its checkpoint is whole and it goes on from there."""

from __future__ import annotations

import contextlib
import logging
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from charrnn.config import Architecture
from charrnn.errors import ModelError
from charrnn.network import CharRNN
from charrnn.vocabulary import Vocabulary
from charrnn_training import trainer as trainer_module
from charrnn_training.checkpoint import FILE, Checkpoint, load_checkpoint, save_checkpoint
from charrnn_training.cli import main
from charrnn_training.corpus import Shard, write_shard
from charrnn_training.trainer import BEST, Report

from .conftest import PROSE, make_trainer

# Trains without end, saving after every update, and goes on from what is there.
ENDLESS = """
import sys
from pathlib import Path
import torch
from charrnn.network import CharRNN
from charrnn_training import trainer
from charrnn_training.cli import main
from charrnn_training.corpus import Shard
from charrnn_training.recipe import Recipe

trainer.SAVE_MINUTES = 0.0
folder = Path(sys.argv[1])
recipe = Recipe(hidden=32, embedding=8, batch=8, steps=32, epochs=1e9, validate_minutes=0.002, average=0.9)
shard = Shard.open(folder / "shard")
network = CharRNN(recipe.architecture(int(sys.argv[2])))
run = trainer.Trainer(network, recipe, shard, shard, folder, torch.device("cpu"))
if (folder / "checkpoint.safetensors").exists():
    run.resume()
print("resumed at", run.progress.updates, flush=True)
run.run(lambda report: print(report.progress.updates, flush=True))
"""


def test_killed_at_random_moments_a_run_goes_on_where_it_was(vocabulary: Vocabulary, tmp_path: Path) -> None:
    write_shard(tmp_path / "shard", iter(PROSE), vocabulary)
    rng = random.Random(int(os.environ.get("CHARRNN_SEED", "1")))
    command = [sys.executable, "-c", ENDLESS, str(tmp_path), str(len(vocabulary))]
    reached = 0
    for _ in range(3):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        resumed = int(process.stdout.readline().split()[-1])
        # At most the update in progress is lost, and the one whose checkpoint was being written.
        assert reached - 2 <= resumed <= reached + 1
        for _ in range(rng.randint(3, 12)):
            reached = int(process.stdout.readline())
        time.sleep(rng.uniform(0, 0.02))
        process.kill()
        rest, _ = process.communicate()
        reached = int(rest.split()[-1]) if rest.split() else reached
        for name in (FILE, BEST):
            if (tmp_path / name).exists():
                assert load_checkpoint(tmp_path / name, None, []).progress["updates"] <= reached


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        done = False
    if not done:
        pytest.skip("a small file system can only be mounted by root on Linux")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(file: Path) -> None:
    """Write to a file until there is no room."""
    with file.open("wb", buffering=0) as opened, contextlib.suppress(OSError):
        while opened.write(bytes(4096)):
            pass


def test_a_full_disk_costs_neither_the_run_nor_its_checkpoint(
    small_disk: Path,
    shard: Shard,
    vocabulary: Vocabulary,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(trainer_module, "SAVE_MINUTES", 0.0)
    trainer = make_trainer(shard, vocabulary, small_disk)
    trainer.save()
    saved = (small_disk / FILE).read_bytes()
    filler = small_disk / "filler"
    caplog.set_level(logging.WARNING)

    def watch(report: Report) -> None:
        if report.progress.updates == 2:
            fill(filler)
        if report.progress.updates == 5:
            saved_then = (small_disk / FILE).read_bytes()
            assert load_checkpoint(small_disk / FILE, None, []).progress["updates"] <= 2
            assert len(saved_then) >= len(saved) // 2
            assert not list(small_disk.glob("*.tmp"))
            with pytest.raises(ModelError, match=r"cannot be written .*\. What was saved before is kept; make room"):
                trainer.save()
            filler.unlink()

    trainer.run(watch)
    assert "cannot be written" in caplog.text
    assert load_checkpoint(small_disk / FILE, None, []).progress["updates"] == trainer.progress.updates


@pytest.mark.parametrize("room", [0, 1 << 18])  # for nothing, and for the text without the first weights
def test_a_full_disk_before_training_gives_one_message(
    small_disk: Path, room: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.txt").write_text("\n\n\n".join(PROSE), encoding="utf-8")
    (tmp_path / "wide.toml").write_text("hidden = 256", encoding="utf-8")
    filler = small_disk / "filler"
    fill(filler)
    os.truncate(filler, filler.stat().st_size - room)
    command = [str(tmp_path / "text.txt"), "--name", "mine", "--recipe", str(tmp_path / "wide.toml")]
    assert main([*command, "--runs", str(small_disk)]) == 1
    said = capsys.readouterr().err.replace("\n", " ")
    assert f"{small_disk} cannot be written" in said
    assert "Make room" in said
    assert {file.name for file in small_disk.iterdir()} == {"filler", ".mine.lock"}


def test_a_checkpoint_can_be_replaced_while_what_was_loaded_from_it_is_in_use(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    """Windows replaces no file that is mapped into memory."""
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("what is mapped is read from /proc")
    network = CharRNN(Architecture(len(vocabulary), embedding=4, hidden=8, layers=1))
    average = {name: value.clone() for name, value in network.state_dict().items()}
    saved = Checkpoint(torch.zeros(2, 1, 8), {}, average)
    save_checkpoint(tmp_path / FILE, saved, network, [])
    loaded = load_checkpoint(tmp_path / FILE, network, [])
    assert loaded.average
    assert FILE not in maps.read_text(encoding="utf-8")


def test_what_is_flushed_to_the_disk_may_be_written(
    vocabulary: Vocabulary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows demands."""
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda file: flushed.append(os.write(file, b"")))  # which fails where it is read
    network = CharRNN(Architecture(len(vocabulary), embedding=4, hidden=8, layers=1))
    save_checkpoint(tmp_path / FILE, Checkpoint(torch.zeros(2, 1, 8), {}), network, [])
    assert flushed == [0]
