"""`charrnn-lsp check`: one screen, and for each thing that is not well what to do about it."""

from __future__ import annotations

import importlib.metadata
import os
import sys
from pathlib import Path

import pytest
from tests.conftest import ModelMaker

from charrnn import library
from charrnn.artifact import CELL_INT8, CONFIG, Artifact
from charrnn_lsp import check
from charrnn_lsp.check import run_check

LINES = 24  # of a terminal


@pytest.fixture
def english(make_model: ModelMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Artifact:
    """The one model that is there, bundled; the user's folder is `models` and not made yet."""
    monkeypatch.setattr(library, "BUNDLED", tmp_path / "bundled")
    monkeypatch.setattr(check, "BUNDLED", tmp_path / "bundled")
    monkeypatch.setenv("CHARRNN_MODELS", str(tmp_path / "models"))
    return make_model("english", tmp_path / "bundled", sharpness=20.0)


def checked(capsys: pytest.CaptureFixture[str], status: int) -> str:
    """What the check says, which ends with this status."""
    assert run_check() == status
    said = capsys.readouterr().out
    assert len(said.splitlines()) <= LINES
    return said


def test_all_is_well(english: Artifact, capsys: pytest.CaptureFixture[str]) -> None:
    said = checked(capsys, 0)
    assert said.endswith("\nAll is well.\n")
    assert f"onnxruntime {importlib.metadata.version('onnxruntime')}" in said
    assert "english      lstm 2x16, 0.0 M weights, bundled" in said
    assert "cpu, as " in said
    assert f"{check.PROMPT!r} goes on with" in said


def test_a_damaged_model_is_named_once_and_hides_no_other(
    english: Artifact, make_model: ModelMaker, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = make_model("mine", tmp_path / "models")
    (mine.path / CELL_INT8).write_bytes(b"cut")
    said = checked(capsys, 1)
    assert "  mine         cannot be used, see below" in said
    assert "1 not well:\n  1. " in said
    assert said.count(f"{mine.path / CELL_INT8} is damaged or was altered") == 1
    assert "goes on with" in said


def test_without_the_default_model_it_says_what_is_missing(
    english: Artifact, capsys: pytest.CaptureFixture[str]
) -> None:
    (english.path / CONFIG).unlink()
    said = checked(capsys, 1)
    assert "There is no model named 'english'" in said


def test_a_missing_package_comes_with_the_command_that_installs_it(
    english: Artifact, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    absent = {"pygls", "torch", "gradio"}
    there = check._version
    monkeypatch.setattr(check, "_version", lambda package: "" if package in absent else there(package))
    said = checked(capsys, 1)
    assert "1 not well:" in said
    assert f"pygls is not installed in {sys.prefix}: pip install --force-reinstall charrnn-lsp" in said
    assert "needs torch: pip install 'charrnn-lsp[train]'" in said
    assert "needs gradio: pip install 'charrnn-lsp[ui]'" in said


def test_an_engine_that_cannot_be_loaded_comes_with_a_remedy(
    english: Artifact, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As on Windows without the libraries that it needs."""
    monkeypatch.delitem(sys.modules, "charrnn.onnx_cell", raising=False)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    said = checked(capsys, 1)
    assert "ONNX Runtime cannot be loaded" in said
    assert "Visual C++ Redistributable" in said


def test_a_file_where_the_folder_of_models_should_be_is_named(
    english: Artifact, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "models").write_text("", encoding="utf-8")
    assert f"{tmp_path / 'models'} is no folder" in checked(capsys, 1)


def test_a_folder_that_cannot_be_written_is_named(
    english: Artifact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    assert f"{tmp_path} cannot be written. Set CHARRNN_MODELS" in checked(capsys, 1)


def test_where_the_command_is_not_on_the_path_it_says_where_it_is(
    english: Artifact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert f"or {Path(sys.executable).parent / 'charrnn-lsp'} as the command" in checked(capsys, 0)
