from __future__ import annotations

import json
from pathlib import Path

import pytest

from charrnn import cli as charrnn_cli
from charrnn.artifact import read_artifact
from charrnn_training.cli import main

from .conftest import PROSE

RECIPE = """
hidden = 24
embedding = 8
batch = 8
steps = 32
epochs = 2
vary = 0.5
learning_rate = 0.01
"""


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with prose, a recipe, and a model directory of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHARRNN_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "essays").mkdir()
    for n, text in enumerate(PROSE):
        (tmp_path / "essays" / f"{n}.txt").write_text(text + "\n", encoding="utf-8")
    (tmp_path / "small.toml").write_text(RECIPE, encoding="utf-8")
    return tmp_path


def test_from_a_folder_of_prose_to_an_installed_model(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["essays", "--name", "mine", "--recipe", "small.toml"]) == 0
    artifact = read_artifact(workplace / "models" / "mine")
    assert artifact.training["recipe"]["hidden"] == 24
    assert len(artifact.training["data"]) == len(PROSE)
    card = (artifact.path / "README.md").read_text(encoding="utf-8")
    assert "essays/0.txt" in card
    assert "Samples" in card
    said = capsys.readouterr().err
    assert "held out" in said
    assert "The model mine is in" in said
    assert charrnn_cli.main(["complete", "The old man", "-m", "mine", "--json", "-c", "2"]) == 0
    assert len(json.loads(capsys.readouterr().out)) <= 2
    assert charrnn_cli.main(["evaluate", "mine", "essays/1.txt", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["bits_per_character"] < 6


def test_a_finished_run_can_be_exported_again_by_resuming(workplace: Path) -> None:
    command = ["essays", "--name", "mine", "--recipe", "small.toml"]
    assert main(command) == 0
    first = read_artifact(workplace / "models" / "mine")
    assert main([*command, "--resume", "--output", "elsewhere"]) == 0
    again = read_artifact(workplace / "elsewhere" / "mine")
    assert again.files["weights.safetensors"] == first.files["weights.safetensors"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere", "--name", "mine"], "nowhere does not exist. Name a text file or a folder"),
        (["empty", "--name", "mine"], "Name a file or folder with prose"),
        (["short.txt", "--name", "mine"], "training needs at least 1000"),
        (["binary.txt", "--name", "mine"], "binary.txt is not text"),
        (["essays", "--name", "a/b"], "--name is 'a/b'"),
        (["essays", "--name", "mine", "--recipe", "grand"], "There is no recipe 'grand'"),
        (["essays", "--name", "mine", "--device", "tpu"], "The device 'tpu' is not there"),
        (["essays", "--name", "mine", "--resume"], "There is no checkpoint"),
    ],
)
def test_bad_input_gives_one_message_and_no_model(
    workplace: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (workplace / "empty").mkdir()
    (workplace / "short.txt").write_text("Too short to learn from.", encoding="utf-8")
    (workplace / "binary.txt").write_bytes(b"\x89PNG\0\0\0\0" * 400)
    assert main(arguments if "--recipe" in arguments else [*arguments, "--recipe", "small.toml"]) == 1
    said = capsys.readouterr().err
    assert message in said
    assert "Traceback" not in said
    assert not (workplace / "models").exists()
