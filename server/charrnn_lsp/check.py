"""`charrnn-lsp check`: one screen that says what is installed, what is used, and whether all is well."""

from __future__ import annotations

import importlib.metadata
import platform
import time

import charrnn
from charrnn.artifact import read_artifact
from charrnn.errors import CharRNNError
from charrnn.library import DEFAULT, installed_models, user_directory
from charrnn.model import Model, load_model
from charrnn.search import SearchOptions

PROMPT = "It was the first ti"


def run_check() -> int:
    """Print the state of the installation; 0 if the default model works, else 1."""
    print(f"charrnn-lsp {charrnn.__version__} on Python {platform.python_version()}, {platform.platform()}")
    for package in ("pygls", "lsprotocol", "onnxruntime", "numpy", "torch"):
        print(f"  {package:12} {_version(package)}")
    print(f"Models (your own go to {user_directory()}):")
    sound = [_check_model(name) for name in installed_models()]
    good = all(sound)
    try:
        print(f"The model {DEFAULT} goes on from {PROMPT!r}: {_try(load_model(DEFAULT))}")
    except CharRNNError as error:
        print(f"  {error}")
        good = False
    print("All is well." if good else "Something is wrong; see above.")
    return 0 if good else 1


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed" + (" (needed only for GPUs and for training)" if package == "torch" else "")


def _check_model(name: str) -> bool:
    """Read every file of an installed model; whether it is whole."""
    try:
        artifact = read_artifact(installed_models()[name])
        for file in artifact.files:
            artifact.open(file)
    except CharRNNError as error:
        print(f"  {name:12} {error}")
        return False
    a = artifact.architecture
    print(f"  {name:12} {a.cell} {a.layers}x{a.hidden}, {a.parameters / 1e6:.1f} M weights, in {artifact.path}")
    return True


def _try(model: Model) -> str:
    started = time.perf_counter()
    found = model.complete(PROMPT, SearchOptions())
    milliseconds = 1000 * (time.perf_counter() - started)
    return f"{found[0].text!r} after {milliseconds:.0f} ms" if found else "nothing"
