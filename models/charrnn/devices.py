"""Which device answers fastest: measured once for a model, by a process of its own, and remembered.

A small network is quicker on the processor than on a graphics card, whose every step waits for a launch and a copy; a
large one is not. So `auto` takes the processor until `measure` has shown otherwise, and never waits for that.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from importlib import metadata, util
from pathlib import Path

import numpy as np
import platformdirs

from charrnn.artifact import Artifact
from charrnn.cell import Cell, initial_state
from charrnn.errors import CharRNNError

PROCESSOR = "cpu"
BATCH, STEPS = 4, 40  # of what is timed: a beam that looks a phrase ahead
MARGIN = 0.9  # share of the processor's time that another device may take at most: it costs memory and seconds to load
MOST_REMEMBERED = 100  # models

# What is there where a driver of Nvidia's is: on Linux, and on Linux within Windows.
_LINUX_DRIVERS = ("/proc/driver/nvidia/version", "/usr/lib/wsl/lib/libcuda.so.1")
_WINDOWS_DRIVERS = ("${SYSTEMROOT}/System32/nvcuda.dll",)


def fastest(artifact: Artifact) -> str:
    """The device that was measured to be the fastest for this model; the processor where nothing was measured."""
    times = _remembered().get(_key(artifact))
    if not isinstance(times, dict) or PROCESSOR not in times or set(map(type, times.values())) != {float}:
        return PROCESSOR
    best = min(times, key=times.__getitem__)
    return str(best) if times[best] < MARGIN * times[PROCESSOR] else PROCESSOR


def wants_measuring(artifact: Artifact) -> bool:
    """Whether there may be another device, and it was not measured with this model yet."""
    return bool(_others()) and util.find_spec("torch") is not None and _key(artifact) not in _remembered()


def why(artifact: Artifact) -> str:
    """In words, why `fastest` says what it does."""
    others = " or ".join(_others())
    times = _remembered().get(_key(artifact))
    if not others:
        return "no other device is here"
    if isinstance(times, dict):
        return "it was measured: " + ", ".join(f"{device} {time} ms" for device, time in times.items())
    if util.find_spec("torch") is None:
        return f"{others} needs PyTorch: pip install 'charrnn-lsp[torch]'"
    return f"{others} was not measured yet, which the server does when it first serves"


def measure(artifact: Artifact, load: Callable[[str], Cell]) -> dict[str, float]:
    """Milliseconds that a suggestion takes on each device that is there, which are remembered.

    `load` gives the cell on a device.
    """
    times: dict[str, float] = {}
    for device in (PROCESSOR, *_others()):
        with contextlib.suppress(CharRNNError):  # a device that is not there after all
            times[device] = _milliseconds(load(device))
    _remember(_key(artifact), times)
    return times


def _milliseconds(cell: Cell) -> float:
    ids = np.ones((BATCH, 1), np.int64)
    best = np.inf
    for _ in range(4):  # of which the first ones prepare
        state = initial_state(cell.architecture, BATCH)
        began = time.perf_counter()
        for _ in range(STEPS):
            _, state = cell.run(ids, state)
        best = min(best, time.perf_counter() - began)
    return round(1000 * float(best), 3)


def _others() -> list[str]:
    """Devices that this computer may have, told without loading PyTorch."""
    if sys.platform == "darwin":
        found = ["mps"] if platform.machine() == "arm64" else []
    else:
        drivers = _WINDOWS_DRIVERS if sys.platform == "win32" else _LINUX_DRIVERS
        found = ["cuda"] if any(Path(os.path.expandvars(driver)).exists() for driver in drivers) else []
    return found


def _key(artifact: Artifact) -> str:
    """What a measurement is good for: this network, these libraries, this computer."""
    a = artifact.architecture
    versions = []
    for package in ("torch", "onnxruntime"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions.append(f"{package} {metadata.version(package)}")
    return f"{a.cell} {a.layers}x{a.hidden} {a.embedding} {a.vocabulary}, {', '.join(versions)}, {platform.node()}"


def _file() -> Path:
    return platformdirs.user_cache_path("charrnn", appauthor=False) / "devices.json"


def _remembered() -> dict[str, object]:
    try:
        content = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _remember(key: str, times: dict[str, float]) -> None:
    """A cache that cannot be written is none: the processor goes on."""
    known = {**_remembered(), key: times}
    kept = dict(list(known.items())[-MOST_REMEMBERED:])
    with contextlib.suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        scratch = _file().with_suffix(f".{os.getpid()}")
        scratch.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        scratch.replace(_file())


def main() -> None:
    """`python -m charrnn.devices MODEL`: measure, and print the milliseconds."""
    from charrnn.library import find_model  # noqa: PLC0415
    from charrnn.model import load_cell  # noqa: PLC0415

    artifact = find_model(sys.argv[1])
    print(json.dumps(measure(artifact, lambda device: load_cell(artifact, device))))


if __name__ == "__main__":
    main()
