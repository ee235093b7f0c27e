"""A model on disk: a directory of plain files, described and sealed by its `config.json`.

    config.json          format version, architecture, alphabet, calibration, training record, sha256 of each file
    cell.onnx            the network in float32, ids [B, T]; a large model goes without it
    cell.int8.onnx       one step of it with int8 weights, ids [B, 1]: what typing uses on a CPU
    weights.safetensors  the weights in float16, for fine-tuning and for the torch backend
    README.md            model card

Nothing in it is executable and nothing is a pickle. A file is used only after its size and hash were checked.
"""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import os
import reprlib
import shutil
import stat
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from charrnn.calibration import Calibration
from charrnn.config import Architecture
from charrnn.errors import ModelError, OptionError
from charrnn.exchange import exchange
from charrnn.vocabulary import Vocabulary

FORMAT_VERSION = 1
CONFIG, CELL, CELL_INT8, WEIGHTS, CARD = (
    "config.json",
    "cell.onnx",
    "cell.int8.onnx",
    "weights.safetensors",
    "README.md",
)
LARGEST_CONFIG = 1 << 20  # bytes
LARGEST_FILE = 1 << 30


@dataclass(frozen=True)
class Artifact:
    """A model directory whose configuration was read and found sound; `open` gives the bytes of its files."""

    path: Path
    name: str
    architecture: Architecture
    vocabulary: Vocabulary
    calibration: Mapping[str, float] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)  # name -> sha256

    def open(self, name: str) -> bytes:
        """The checked content of a file of the model. Raises `ModelError` if it is missing, cut or altered."""
        if name not in self.files:
            raise ModelError(f"The model {self.name} in {self.path} has no {name}. Export or install it again.")
        content = _read(self.path / name, LARGEST_FILE)
        if hashlib.sha256(content).hexdigest() != self.files[name]:
            raise ModelError(
                f"{self.path / name} is damaged or was altered: its hash is not the one in {CONFIG}. "
                "Install or export the model again."
            )
        return content


def read_artifact(path: Path) -> Artifact:
    """Read and check the configuration of the model in the directory `path`. Raises `ModelError`."""
    if not _is_directory(path):
        raise ModelError(f"There is no model directory {path}.")
    content = _read(path / CONFIG, LARGEST_CONFIG)
    try:
        config = json.loads(content)
        version = config["format_version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _not_a_configuration(path, error) from error
    if version != FORMAT_VERSION:
        raise ModelError(_wrong_version(path, version))
    try:
        architecture = Architecture(**config["architecture"])
        vocabulary = Vocabulary(config["symbols"])
        files = {name: str(entry) for name, entry in config["files"].items()}
        calibration = {str(key): float(value) for key, value in config["calibration"].items()}
        Calibration(**calibration)  # refuses what no search can use
        training = dict(config["training"])
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise _not_a_configuration(path, error) from error
    except (OptionError, ModelError) as error:
        raise ModelError(f"{path / CONFIG}: {error} Install the model again.") from error
    if len(vocabulary) != architecture.vocabulary:
        raise ModelError(
            f"{path / CONFIG} lists {len(vocabulary)} symbols for a network of {architecture.vocabulary}. "
            "Install the model again."
        )
    if any(Path(name).name != name or name in ("", "..") or "\0" in name for name in files):
        raise ModelError(f"{path / CONFIG} names a file outside the model's directory. Do not use this model.")
    return Artifact(path, path.name, architecture, vocabulary, calibration, training, files)


def write_artifact(
    target: Path,
    architecture: Architecture,
    vocabulary: Vocabulary,
    write_files: Callable[[Path], None],
    calibration: Mapping[str, float],
    training: Mapping[str, Any],
) -> Artifact:
    """Make the model directory `target`; `write_files(folder)` puts the cells, weights and card into a folder.

    Everything happens in a temporary directory beside it that is renamed at the end: `target` is never half written,
    and an older model there stays until the new one is whole.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
        folder = Path(scratch) / target.name
        folder.mkdir()
        write_files(folder)
        config = {
            "format_version": FORMAT_VERSION,
            "architecture": dataclasses.asdict(architecture),
            "symbols": vocabulary.symbols,
            "calibration": dict(calibration),
            "training": dict(training),
            "files": {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(folder.iterdir())},
        }
        (folder / CONFIG).write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        _write_through(folder)
        _replace_directory(folder, target, Path(scratch))
    return read_artifact(target)


def _replace_directory(new: Path, target: Path, scratch: Path) -> None:
    """Rename `new` to `target`; what was there goes to `scratch`, and comes back if that fails."""
    if target.exists() and exchange(new, target):
        return
    old = scratch / "old"
    had_one = target.exists()
    if had_one:
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if had_one:
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _write_through(folder: Path) -> None:
    """Have the files on the disk before their directory gets its name: power can fail as a process can."""
    for file in folder.iterdir():
        with file.open("r+b") as opened:
            os.fsync(opened.fileno())


def _is_directory(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # a name that is too long, a parent that may not be searched
        return False


def _read(file: Path, largest: int) -> bytes:
    if not hasattr(os, "O_NOFOLLOW") and file.is_symlink():  # Windows, where making a link takes a privilege
        raise _not_a_plain_file(file)
    try:
        # Opened once and then looked at: between a look at a path and its opening it can become another file.
        with open(file, "rb", opener=_open_plainly) as opened:
            status = os.fstat(opened.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise _not_a_plain_file(file)
            if status.st_size > largest:
                raise ModelError(f"{file} is larger than {largest >> 20} MB; a model of this kind never is.")
            return opened.read(largest)
    except (FileNotFoundError, IsADirectoryError, ValueError) as error:
        raise _not_a_plain_file(file) from error
    except OSError as error:
        # What O_NOFOLLOW makes of a symbolic link, and Windows of a directory.
        if error.errno == errno.ELOOP or _is_directory(file):
            raise _not_a_plain_file(file) from error
        raise ModelError(f"{file} cannot be read: {error.strerror}.") from error


def _open_plainly(file: str, flags: int) -> int:
    """Open a file, but no symbolic link; and do not wait for the other end of a pipe."""
    return os.open(file, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))


def _not_a_plain_file(file: Path) -> ModelError:
    return ModelError(f"{file} is missing or is not a plain file. Install the model again.")


def _not_a_configuration(path: Path, error: Exception) -> ModelError:
    reason = repr(error)[:200]  # it can quote all of what was found
    return ModelError(f"{path / CONFIG} is not a model configuration ({reason}). Install the model again.")


def _wrong_version(path: Path, version: object) -> str:
    remedy = "Install the model again."
    if isinstance(version, int) and version > FORMAT_VERSION:
        remedy = "Upgrade to use this model: pip install --upgrade charrnn-lsp."
    elif isinstance(version, int):
        remedy = f"Train it again (charrnn-train TEXTS --name {path.name}), or use the release that made it."
    found = reprlib.repr(version)
    return f"{path / CONFIG} has format version {found}; this release reads version {FORMAT_VERSION}. {remedy}"
