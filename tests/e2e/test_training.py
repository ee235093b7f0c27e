"""Trainings that are stopped, killed, or run out of disk: what was installed stays whole, and --resume goes on."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from charrnn.artifact import read_artifact

pytestmark = pytest.mark.e2e

RECIPE = """
hidden = 24
embedding = 8
batch = 8
steps = 32
updates = {updates}
learning_rate = 0.01
"""
SENTENCES = (
    "The old man went down to the sea.",
    "She opened the window and looked at the rain.",
    "It was the first day of the new year.",
    "Nobody knew what to say to the children.",
)
LONG = 100_000  # updates; nobody waits for its end


class Workplace:
    """A folder with prose in which `charrnn-train` runs as a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        rng = random.Random(7)
        (folder / "essays").mkdir()
        for n in range(12):
            text = " ".join(rng.choices(SENTENCES, k=40))
            (folder / "essays" / f"{n}.txt").write_text(text, encoding="utf-8")
        for name, updates in (("short", 30), ("long", LONG)):
            (folder / f"{name}.toml").write_text(RECIPE.format(updates=updates), encoding="utf-8")

    def start(self, *arguments: str, recipe: str = "short") -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "charrnn_training.cli", "essays", "--name", "mine", "--json"]
        environment = {**os.environ, "CHARRNN_MODELS": str(self.folder / "models"), "OMP_NUM_THREADS": "1"}
        return subprocess.Popen(
            [*command, "--recipe", f"{recipe}.toml", *arguments],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, recipe: str = "short") -> tuple[int, list[dict[str, Any]]]:
        """Exit status and events of a training that nobody disturbs."""
        process = self.start(*arguments, recipe=recipe)
        out, err = process.communicate(timeout=300)
        assert not err, err
        return process.returncode, [json.loads(line) for line in out.splitlines()]

    def check_model(self) -> None:
        """The installed model is whole: every file has the hash that the configuration seals."""
        artifact = read_artifact(self.folder / "models" / "mine")
        for name in artifact.files:
            artifact.open(name)


@pytest.fixture
def workplace(tmp_path: Path) -> Workplace:
    return Workplace(tmp_path)


def events_of(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)


def wait_for(events: Iterator[dict[str, Any]], wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first progress that is as wanted."""
    return next(event for event in events if event["event"] == "progress" and wanted(event))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_training_that_is_stopped_goes_on_where_it_was(number: signal.Signals, workplace: Workplace) -> None:
    with workplace.start(recipe="long") as process:
        events = events_of(process)
        wait_for(events, lambda event: event["bitsPerCharacter"] < 5)  # a random network needs 6.6
        process.send_signal(number)
        assert [*events][-1] == {"event": "stopped"}
        assert process.wait(60) == 130
    assert not (workplace.folder / "models").exists()
    assert (workplace.folder / "runs" / "mine" / "checkpoint.safetensors").exists()
    with workplace.start("--resume", recipe="long") as process:
        first = wait_for(events_of(process), lambda event: True)
        process.kill()
    assert first["bitsPerCharacter"] < 5.5


def test_a_killed_training_leaves_the_installed_model_whole_and_goes_on(workplace: Workplace) -> None:
    status, undisturbed = workplace.run()
    assert status == 0
    rng = random.Random(11)
    resume: list[str] = []
    for _ in range(3):
        left = rng.randrange(1, len(undisturbed))
        with workplace.start(*resume) as process:
            for _ in events_of(process):
                left -= 1
                if not left:
                    break
            process.kill()
        workplace.check_model()
        resume = ["--resume"] if (workplace.folder / "runs" / "mine").exists() else []
    status, events = workplace.run(*resume)
    assert status == 0
    assert events[-1]["event"] == "done"
    workplace.check_model()
    assert [path.name for path in (workplace.folder / "models").iterdir() if not path.name.startswith(".")] == ["mine"]


def test_a_second_training_under_one_name_is_refused_while_the_first_runs(workplace: Workplace) -> None:
    with workplace.start(recipe="long") as process:
        wait_for(events_of(process), lambda event: True)
        status, (event,) = workplace.run()
        process.kill()
    assert status == 1
    assert event["event"] == "error"
    assert "A training named 'mine' is running" in event["message"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 500 KB. Skips where nobody may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=500k", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a file system as Linux does")
def test_a_full_disk_leaves_the_installed_model_as_it_was(workplace: Workplace, small_disk: Path) -> None:
    models = small_disk / "models"
    status, _ = workplace.run("--output", str(models))
    assert status == 0
    before = read_artifact(models / "mine")
    free = os.statvfs(small_disk)
    (small_disk / "ballast").write_bytes(b"\0" * (free.f_bavail * free.f_frsize - 80_000))
    status, events = workplace.run("--output", str(models), "--seed", "5")
    assert status == 1
    assert events[-1]["event"] == "error"
    assert "No space left on device. Nothing was installed" in events[-1]["message"]
    assert read_artifact(models / "mine") == before
    assert [path.name for path in models.iterdir()] == ["mine"]
    (small_disk / "ballast").unlink()
    status, events = workplace.run("--output", str(models), "--resume")
    assert status == 0
    assert read_artifact(models / "mine").files != before.files
