"""`charrnn-lsp check`: one screen that says what is installed, what serves, and what to do about what is not well."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import charrnn
from charrnn.artifact import Artifact, read_artifact
from charrnn.devices import PROCESSOR, why
from charrnn.errors import CharRNNError
from charrnn.library import BUNDLED, DEFAULT, installed_models, user_directory
from charrnn.model import Model, load_model
from charrnn.record import facts
from charrnn.search import SearchOptions

PROGRAM = "charrnn-lsp"
PROMPT = "It was the first ti"
NEEDED = ("pygls", "lsprotocol", "onnxruntime", "numpy", "platformdirs", "rich")
EXTRAS = {"train": ("torch", "onnx", "safetensors", "filelock", "lxml"), "ui": ("gradio",)}


def run_check() -> int:
    """Print the state of the installation, and a remedy for each thing that is not well; 0 if there is none, else 1."""
    print(f"{PROGRAM} {charrnn.__version__} on Python {platform.python_version()}, {platform.platform()}")
    problems = [*_check_packages()]
    print(f"Models; your own go to {user_directory()}")
    problems += [*_check_folder(), *_check_models()]
    print("Serving")
    problems += _check_serving()
    print(f"\n{len(problems)} not well:" if problems else "\nAll is well.")
    for number, problem in enumerate(problems, 1):
        print(f"  {number}. {problem}")
    return 1 if problems else 0


def _say(name: str, text: str) -> None:
    print(f"  {name:12} {text}")


def _check_packages() -> Iterator[str]:
    """Say which packages are there; what to do where one is missing that serving needs."""
    _say("command", _command())
    versions = {package: _version(package) for package in NEEDED}
    _say("serving", ", ".join(f"{package} {version or 'missing'}" for package, version in versions.items()))
    for extra, packages in EXTRAS.items():
        missing = [package for package in packages if not _version(package)]
        found = ", ".join(f"{package} {_version(package)}" for package in packages if package not in missing)
        absent = f"needs {', '.join(missing)}: pip install '{PROGRAM}[{extra}]'" if missing else ""
        _say(f"extra {extra}", "; ".join(filter(None, (found, absent))))
    if missing := [package for package, version in versions.items() if not version]:
        yield f"{', '.join(missing)} is not installed in {sys.prefix}: pip install --force-reinstall {PROGRAM}"


def _command() -> str:
    """Where an editor finds the server."""
    found = shutil.which(PROGRAM)
    if found is None:
        folder = Path(sys.executable).parent
        return f"not on the PATH here; an editor needs {folder} on its PATH, or {folder / PROGRAM} as the command"
    return found


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _check_folder() -> Iterator[str]:
    """What to do where the folder of the user's models cannot be one."""
    folder = user_directory()
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        yield f"{there} is no folder, so no models can be in {folder}. Move it away, or set CHARRNN_MODELS to a folder."
    elif not os.access(there, os.W_OK):
        yield f"No model can be installed in {folder}: {there} cannot be written. Set CHARRNN_MODELS to another folder."


def _check_models() -> Iterator[str]:
    """Read every file of the installed models; what to do where one is not whole."""
    for name, path in installed_models().items():
        try:
            artifact = read_artifact(path)
            for file in artifact.files:
                artifact.open(file)
        except CharRNNError as error:
            _say(name, f"cannot be used, see below; in {path}")
            yield str(error)
        else:
            _say(name, _described(artifact))


def _described(artifact: Artifact) -> str:
    known = facts(artifact)
    bits = f", {known.bits_per_character:.3f} bits per character" if known.bits_per_character else ""
    place = "bundled" if artifact.path.parent == BUNDLED else f"in {artifact.path}"
    return f"{known.shape}, {known.weights / 1e6:.1f} M weights{bits}, {place}"


def _check_serving() -> Iterator[str]:
    """Use the default model; what to do where that does not work."""
    _say("model", f"{DEFAULT}, unless the editor's setting charrnn.model names another")
    try:
        model = load_model(DEFAULT)
    except CharRNNError as error:
        _say("tried", "cannot be loaded, see below")
        yield str(error)
        return
    _say("device", f"{getattr(model.cell, 'device', PROCESSOR)}, as {why(model.artifact)}")
    yield from _try(model)


def _try(model: Model) -> Iterator[str]:
    started = time.perf_counter()
    found = model.complete(PROMPT, SearchOptions())
    milliseconds = 1000 * (time.perf_counter() - started)
    if found:
        _say("tried", f"{PROMPT!r} goes on with {found[0].text!r}, after {milliseconds:.0f} ms")
    else:
        _say("tried", f"{PROMPT!r} goes on with nothing")
        yield f"The model {model.name} has no continuation for {PROMPT!r}. Install it again: pip install {PROGRAM}"
