"""The fastest device: the processor until another was measured to be faster, and nothing that goes wrong matters."""

from __future__ import annotations

import importlib.util
import json
import time
from pathlib import Path

import numpy as np
import platformdirs
import pytest

from charrnn import devices, model
from charrnn.artifact import Artifact
from charrnn.cell import Cell, Ids, Logits, State
from charrnn.devices import fastest, measure, wants_measuring
from charrnn.errors import OptionError
from charrnn.onnx_cell import OnnxCell

OTHERS = devices._others


class Slow:
    """A cell that takes its time."""

    def __init__(self, cell: Cell, seconds: float) -> None:
        self.architecture = cell.architecture
        self._cell, self._seconds = cell, seconds

    def run(self, ids: Ids, state: State) -> tuple[Logits, State]:
        time.sleep(self._seconds)
        return self._cell.run(ids, state)

    def score(self, ids: Ids, state: State) -> tuple[Logits, State]:
        return self._cell.score(ids, state)


@pytest.fixture(autouse=True)
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer with a graphics card and an empty cache; the file of the cache."""
    monkeypatch.setattr(platformdirs, "user_cache_path", lambda *_, **__: tmp_path / "cache")
    monkeypatch.setattr(devices, "_others", lambda: ["cuda"])
    monkeypatch.setattr(devices, "STEPS", 2)
    return tmp_path / "cache" / "devices.json"


@pytest.mark.parametrize(
    ("system", "machine", "driver", "found"),
    [
        ("linux", "x86_64", "proc/driver/nvidia/version", ["cuda"]),
        ("linux", "x86_64", "usr/lib/wsl/lib/libcuda.so.1", ["cuda"]),
        ("linux", "x86_64", "usr/lib/other", []),
        ("win32", "AMD64", "Windows/System32/nvcuda.dll", ["cuda"]),
        ("win32", "AMD64", "Windows/System32/other.dll", []),
        ("darwin", "arm64", "nothing", ["mps"]),
        ("darwin", "x86_64", "nothing", []),
    ],
)
def test_devices_are_told_from_what_is_there(
    system: str, machine: str, driver: str, found: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / driver).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / driver).touch()
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path / "Windows"))
    monkeypatch.setattr(devices, "_LINUX_DRIVERS", [f"{tmp_path}{name}" for name in devices._LINUX_DRIVERS])
    monkeypatch.setattr(devices.sys, "platform", system)
    monkeypatch.setattr(devices.platform, "machine", lambda: machine)
    assert OTHERS() == found


def cells(tiny: Artifact, **seconds: float) -> devices.Callable[[str], Cell]:
    return lambda device: Slow(OnnxCell(tiny), seconds[device])


def test_what_was_not_measured_is_the_processor(tiny: Artifact) -> None:
    assert fastest(tiny) == "cpu"
    assert wants_measuring(tiny)


@pytest.mark.parametrize(("cpu", "cuda", "best"), [(0.02, 0.001, "cuda"), (0.001, 0.02, "cpu")])
def test_it_is_measured_once_and_remembered(tiny: Artifact, cpu: float, cuda: float, best: str) -> None:
    times = measure(tiny, cells(tiny, cpu=cpu, cuda=cuda))
    assert set(times) == {"cpu", "cuda"}
    assert fastest(tiny) == best
    assert not wants_measuring(tiny)


def test_a_device_that_is_hardly_faster_is_not_worth_it(tiny: Artifact, computer: Path) -> None:
    measure(tiny, cells(tiny, cpu=0.001, cuda=0.001))
    (key,) = json.loads(computer.read_text(encoding="utf-8"))
    computer.write_text(json.dumps({key: {"cpu": 1.0, "cuda": 0.95}}), encoding="utf-8")
    assert fastest(tiny) == "cpu"


def test_another_network_is_measured_anew(tiny: Artifact, make_model: devices.Callable[..., Artifact]) -> None:
    measure(tiny, cells(tiny, cpu=0.0, cuda=0.0))
    assert wants_measuring(make_model(hidden=24))


def test_a_device_that_is_not_there_is_left_out(tiny: Artifact) -> None:
    def load(device: str) -> Cell:
        if device == "cuda":
            raise OptionError("There is none.")
        return OnnxCell(tiny)

    assert set(measure(tiny, load)) == {"cpu"}
    assert not wants_measuring(tiny)


@pytest.mark.parametrize("content", ["", "[]", "nonsense", "{}", '{"KEY": 5}', '{"KEY": {"cpu": "x", "cuda": 1.0}}'])
def test_a_cache_that_makes_no_sense_is_none(tiny: Artifact, computer: Path, content: str) -> None:
    computer.parent.mkdir()
    computer.write_text(content.replace("KEY", devices._key(tiny)), encoding="utf-8")
    assert fastest(tiny) == "cpu"


def test_a_cache_that_cannot_be_written_is_none(tiny: Artifact, computer: Path) -> None:
    computer.parent.write_text("a file where the folder should be", encoding="utf-8")
    assert measure(tiny, cells(tiny, cpu=0.0, cuda=0.0))
    assert fastest(tiny) == "cpu"


def test_without_pytorch_or_another_device_nothing_is_measured(tiny: Artifact, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    with monkeypatch.context() as patch:
        patch.setattr(devices.util, "find_spec", lambda name: None if name == "torch" else find(name))
        assert not wants_measuring(tiny)
    monkeypatch.setattr(devices, "_others", list)
    assert not wants_measuring(tiny)


def test_what_is_gone_since_it_was_measured_is_not_missed(tiny: Artifact, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "fastest", lambda _: "mps")

    def load(device: str) -> str:
        raise OptionError(device)

    monkeypatch.setattr("charrnn.torch_cell.torch_device", load)
    assert isinstance(model.open_model(tiny).cell, OnnxCell)


def test_measuring_prints_what_it_found(
    tiny: Artifact, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(devices, "_others", list)
    monkeypatch.setattr("sys.argv", ["devices", str(tiny.path)])
    devices.main()
    times = json.loads(capsys.readouterr().out)
    assert set(times) == {"cpu"}
    assert np.isfinite(times["cpu"])


def test_it_says_why_it_is_this_device(tiny: Artifact, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "cuda was not measured yet" in devices.why(tiny)
    measure(tiny, cells(tiny, cpu=0.0, cuda=0.0))
    assert devices.why(tiny).startswith("it was measured: cpu ")
    monkeypatch.setattr(devices, "_remembered", dict)
    monkeypatch.setattr(devices.util, "find_spec", lambda name: None)
    assert devices.why(tiny) == "cuda needs PyTorch: pip install 'charrnn-lsp[torch]'"
    monkeypatch.setattr(devices, "_others", list)
    assert devices.why(tiny) == "no other device is here"
