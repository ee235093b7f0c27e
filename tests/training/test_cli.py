from __future__ import annotations

import json
import os
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
    assert artifact.open("report.html").startswith(b"<!doctype html>")
    said = capsys.readouterr().err
    assert "held out" in said
    assert "The model mine is in" in said
    assert charrnn_cli.main(["complete", "The old man", "-m", "mine", "--json", "-c", "2"]) == 0
    assert len(json.loads(capsys.readouterr().out)) <= 2
    assert charrnn_cli.main(["evaluate", "mine", "essays/1.txt", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["bits_per_character"] < 6


def test_progress_as_json_is_a_line_an_event_and_nothing_else(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workplace / "essays" / "scan.pdf").write_bytes(b"%PDF")
    assert main(["essays", "--name", "mine", "--recipe", "small.toml", "--json"]) == 0
    captured = capsys.readouterr()
    events = [json.loads(line) for line in captured.out.splitlines()]
    names = [event["event"] for event in events]
    assert names == ["reading", "started", *["progress"] * (len(names) - 3), "done"]
    reading, started, *progress, done = events
    assert reading["files"] == len(PROSE)
    assert [Path(one["file"]).name for one in reading["skipped"]] == ["scan.pdf"]
    assert started["base"] is None
    assert started["characters"] > started["heldOut"] > 0
    shares = [event["share"] for event in progress]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert progress[-1]["secondsLeft"] == 0
    assert done["model"] == "mine"
    assert Path(done["report"]).is_file()
    assert done["after"]["bitsPerCharacter"] > 0
    assert not captured.err


def test_a_model_is_fine_tuned_from_its_base_and_compared_with_it(
    workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["essays", "--name", "first", "--recipe", "small.toml"]) == 0
    (workplace / "essays" / "new.txt").write_text("Größe und Wörter: ößäü. " * 400, encoding="utf-8")
    capsys.readouterr()
    assert main(["essays", "--name", "second", "--base", "first", "--epochs", "1", "--json"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    done = events[-1]
    assert events[1]["base"] == "first"
    assert done["kept"] in ("tuned", "base")
    assert done["before"]["bitsPerCharacter"] > 0
    first, second = (read_artifact(workplace / "models" / name) for name in ("first", "second"))
    assert second.vocabulary.symbols[: len(first.vocabulary)] == first.vocabulary.symbols
    assert "ö" in second.vocabulary
    assert second.training["base"]["name"] == "first"
    assert second.training["data"]
    assert not second.training["base"]["data"]  # the second read what the first had
    assert second.training["start"] is not None


def test_text_of_the_base_can_be_read_beside_the_new(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["essays", "--name", "first", "--recipe", "small.toml"]) == 0
    (workplace / "new.txt").write_text("\n\n\n".join(f"{n} sheep on a hill. " * 9 for n in range(25)), encoding="utf-8")
    characters = {}
    for name, replay in (("without", []), ("with", ["--replay", "essays"])):
        capsys.readouterr()
        command = ["new.txt", "--name", name, "--base", "first", "--epochs", "0.2", "--json", *replay]
        assert main(command) == 0
        events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        characters[name] = events[1]["characters"]
    new, replayed = characters["without"], characters["with"] - characters["without"]
    assert 0.8 * new < replayed < 2 * new
    data = [entry["file"] for entry in read_artifact(workplace / "models" / "with").training["data"]]
    assert "essays/0.txt" in data
    assert any(file.endswith("new.txt") for file in data)


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
        (["nowhere", "--name", "mine"], "nowhere does not exist. Name a text file, a folder"),
        (["empty", "--name", "mine"], "Name a file or folder with prose"),
        (["short.txt", "--name", "mine"], "The text has 50 characters, without any that are held out; training needs"),
        (
            ["essays", "--name", "mine", "--validation", "essays"],
            "The text has 0 characters, without any that are held",
        ),
        (["same.txt", "--name", "mine"], "only 1 different characters"),
        (["binary.txt", "--name", "mine"], "binary.txt is not text"),
        (["essays", "--name", "a/b"], "--name is 'a/b'"),
        (["essays", "--name", "essays", "--output", "."], "essays is there and is no model"),
        (["essays", "--name", "essays", "--runs", "."], "essays is there and is no training"),
        (["essays", "--name", "mine", "--sources", "nowhere.md"], "--sources is nowhere.md; it must be a file"),
        (["essays", "--name", "english"], "which is a bundled model"),
        (["essays", "--name", "mine", "--recipe", "grand"], "There is no recipe 'grand'"),
        (["essays", "--name", "mine", "--recipe", "misspelt.toml"], "'hiden' is not a key of a recipe"),
        (["essays", "--name", "mine", "--base", "nobody"], "There is no model named 'nobody'"),
        (["essays", "--name", "mine", "--base", "english", "--from-scratch"], "exclude each other"),
        (["essays", "--name", "mine", "--rnn", "gru", "--base", "english"], "--rnn is 'gru', but the model english"),
        (["essays", "--name", "mine", "--device", "tpu"], "The device 'tpu' is not there"),
        (["essays", "--name", "mine", "--resume"], "There is no run in"),
    ],
)
@pytest.mark.parametrize("json_lines", [False, True])
def test_bad_input_gives_one_message_and_leaves_nothing(
    workplace: Path, arguments: list[str], message: str, json_lines: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    (workplace / "empty").mkdir()
    (workplace / "short.txt").write_text("x" * 25 + "y" * 25, encoding="utf-8")
    (workplace / "same.txt").write_text("a" * 20_000, encoding="utf-8")
    (workplace / "binary.txt").write_bytes(b"\x89PNG\0\0\0\0" * 400)
    (workplace / "misspelt.toml").write_text("hiden = 24", encoding="utf-8")
    own_recipe = ["--recipe", "small.toml"] if not {"--recipe", "--base"} & {*arguments} else []
    assert main([*arguments, *own_recipe, *(["--json"] if json_lines else [])]) == 1
    captured = capsys.readouterr()
    if json_lines:
        (event,) = map(json.loads, captured.out.splitlines())
        assert event["event"] == "error"
        assert message in event["message"]
    else:
        assert message in captured.err
        assert "Traceback" not in captured.err
    assert not (workplace / "models").exists()
    assert len(list((workplace / "essays").iterdir())) == len(PROSE)
    assert [path.name for path in (workplace / "runs").glob("[!.]*")] == []


def test_a_file_that_cannot_be_read_is_named(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workplace / "pipe.docx").write_bytes(b"PK\x03\x04 not a document at all")
    assert main(["pipe.docx", "--name", "mine", "--recipe", "small.toml"]) == 1
    assert "pipe.docx cannot be read: it is damaged" in capsys.readouterr().err


def test_a_folder_of_texts_in_runs_is_no_training(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARRNN_MODELS", str(workplace / "user" / "models"))
    (workplace / "runs").mkdir()
    (workplace / "essays").rename(workplace / "runs" / "mine")
    assert main(["runs/mine", "--name", "mine", "--recipe", "small.toml"]) == 0
    assert len(list((workplace / "runs" / "mine").iterdir())) == len(PROSE)


def test_held_out_text_among_the_text_is_not_trained_on(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["essays", "--name", "mine", "--recipe", "small.toml", "--validation", "essays/0.txt", "--json"]
    assert main(command) == 0
    reading, *_ = map(json.loads, capsys.readouterr().out.splitlines())
    assert reading["duplicates"] == len(PROSE) - len(set(PROSE)) + 1


def test_a_file_whose_name_is_no_text_does_not_stop_the_report(workplace: Path) -> None:
    name = os.fsdecode(b"essays/caf\xe9.txt")
    try:
        Path(name).write_bytes("Größe und Wörter. ".encode() * 20 + b"caf\xe9")
    except OSError:
        pytest.skip("this system's names are text")
    assert main(["essays", name, "--name", "mine", "--recipe", "small.toml"]) == 0
    assert "caf\ufffd.txt" in (workplace / "models" / "mine" / "report.html").read_text(encoding="utf-8")
