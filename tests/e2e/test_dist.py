"""What is released: a wheel made from the source distribution, installed where there is nothing else, and used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from charrnn.artifact import CONFIG
from charrnn.library import BUNDLED

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not (BUNDLED / "english").exists(), reason="the bundled model is not here"),
]

ROOT = Path(__file__).parents[2]
PYTHONS = ("3.11", "3.12", "3.13")
THIS = f"{sys.version_info.major}.{sys.version_info.minor}"
LARGEST_WHEEL = 60 << 20  # bytes
UV = Path(sysconfig.get_path("scripts"), "uv")
UNREACHABLE = ("Failed to fetch", "client error (Connect)", "dns error")  # as uv says it
MODEL = "charrnn/pretrained/english"


def run(*command: object, cwd: Path | None = None) -> str:
    """What a command prints, without the folders of this checkout on Python's path, or a failure with all it said."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "CHARRNN"))}
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def interpreter(version: str) -> str | None:
    """An interpreter of that version: this one, one on the PATH, or one of pyenv's."""
    if version == THIS:
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [shutil.which(f"python{version}"), *pyenv.glob(f"versions/{version}.*/bin/python")]
    return next((str(path) for path in found if path and _works(path)), None)


def _works(python: str | Path) -> bool:
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def install(wheel: Path, python: Path) -> None:
    """Install a wheel and what it needs. Skips where that cannot be fetched."""
    command = [UV, "pip", "install", "--quiet", "--python", python, "--constraint", ROOT / "constraints.txt", wheel]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if any(sign in done.stderr for sign in UNREACHABLE):
        pytest.skip("the packages that it needs cannot be fetched")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel made from what a source distribution of the checkout holds."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=ROOT)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    source = folder / archive.name.removesuffix(".tar.gz")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=source)
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_holds_the_model_and_is_not_large(wheel: Path) -> None:
    assert wheel.stat().st_size < LARGEST_WHEEL
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
        sealed = json.loads(opened.read(f"{MODEL}/{CONFIG}"))["files"]
    assert {f"{MODEL}/{name}" for name in sealed} <= names
    assert {"charrnn/py.typed", "charrnn/ui/assets/page.css", "charrnn_training/configs/finetune.toml"} <= names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "texts/", "configs/"))]
    assert not [name for name in names if name.endswith(".sources.md")], "they lie with the model"


@pytest.mark.parametrize("version", PYTHONS)
def test_it_works_in_an_empty_environment(version: str, wheel: Path, tmp_path: Path) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"Python {version} is not here")
    environment = tmp_path / "environment"
    run(UV, "venv", "--quiet", "--python", python, environment)
    programs = Path(sysconfig.get_path("scripts", "venv", {"base": str(environment)}))
    install(wheel, programs / "python")

    listed = json.loads(run(UV, "pip", "list", "--python", programs / "python", "--format=json"))
    installed = {entry["name"] for entry in listed}
    assert "charrnn-lsp" in installed
    assert not installed & {"torch", "safetensors", "onnx", "gradio"}
    said = run(programs / "charrnn-lsp", "check", cwd=tmp_path)
    assert f"on Python {version}." in said
    assert "All is well." in said
    assert "keys saved" in run(programs / "charrnn-lsp", "demo", cwd=tmp_path)
    (best,) = json.loads(
        run(programs / "charrnn", "complete", "It was the first ti", "-c", "1", "--json", cwd=tmp_path)
    )
    assert best["text"].startswith("me")
