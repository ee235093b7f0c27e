"""Where models live: the user's model directory first, then the ones that come with the package."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import platformdirs

from charrnn.artifact import CONFIG, Artifact, read_artifact
from charrnn.errors import ModelError

BUNDLED = Path(__file__).parent / "pretrained"
DEFAULT = "english"


def user_directory() -> Path:
    """The user's model directory; `CHARRNN_MODELS` overrides it."""
    override = os.environ.get("CHARRNN_MODELS")
    return Path(override) if override else platformdirs.user_data_path("charrnn", appauthor=False) / "models"


def installed_models() -> dict[str, Path]:
    """Names and directories of all models that can be named."""
    found: dict[str, Path] = {}
    for directory in (BUNDLED, user_directory()):
        with contextlib.suppress(OSError):  # a directory that is not there, or may not be looked into
            found |= {path.parent.name: path.parent for path in sorted(directory.glob(f"[!.]*/{CONFIG}"))}
    return found


def find_model(name: str) -> Artifact:
    """The model of that name, or in that directory. Raises `ModelError`."""
    directory = directory_of(name)
    if directory is not None:
        return read_artifact(directory)
    known = ", ".join(installed_models()) or "none"
    raise ModelError(f"There is no model named {name!r}. Installed: {known}. A path must contain a slash.")


def directory_of(name: str) -> Path | None:
    """The directory of the model of that name, or the one with that path, whatever is in it."""
    if (directory := installed_models().get(name)) is not None:
        return directory
    return Path(os.path.expanduser(name)) if is_path(name) else None  # noqa: PTH111 - Path's raises for unknown users


def is_installed(directory: Path) -> bool:
    """Whether this is in one of the directories of models, as links in its path lead."""
    try:
        return any(directory.resolve().is_relative_to(models.resolve()) for models in (BUNDLED, user_directory()))
    except (OSError, RuntimeError, ValueError):  # no path, or a circle of links
        return False


def is_path(name: str) -> bool:
    """Whether this names a directory rather than an installed model."""
    return os.sep in name or "/" in name or name in (".", "..")
