from __future__ import annotations

import json
from pathlib import Path

import pytest

from charrnn.artifact import Artifact
from charrnn.cli import main
from charrnn.evaluation import bits_per_character
from charrnn.onnx_cell import OnnxCell


@pytest.fixture
def model(tiny: Artifact, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("CHARRNN_MODELS", str(tiny.path.parent))
    return tiny.name


def test_completions_are_listed_with_their_confidence(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["complete", "It was a", "-m", model, "--count", "2"]) == 0
    for line in capsys.readouterr().out.splitlines():
        assert "%  It was a" in line
    assert main(["complete", "It was a", "-m", model, "--json"]) == 0
    assert all({"text", "confidence"} == set(entry) for entry in json.loads(capsys.readouterr().out))


def test_a_prompt_is_continued_by_so_many_characters(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["generate", "-p", "Once", "-n", "25", "-m", model, "--seed", "3"]
    assert main(command) == 0
    first = capsys.readouterr().out
    assert first.startswith("Once")
    assert len(first) == len("Once") + 25 + 1
    assert main(command) == 0
    assert capsys.readouterr().out == first


def test_a_prompt_of_unseen_characters_is_continued(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "-p", "\u4e2d\u6587 \U0001f600 ", "-n", "5", "-m", model]) == 0
    assert capsys.readouterr().out.startswith("\u4e2d\u6587 \U0001f600 ")


def test_installed_models_are_listed(model: str, tiny: Artifact, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    assert f"{model:16} lstm 2x16" in capsys.readouterr().out


def test_evaluation_prints_what_the_library_measures(
    model: str, tiny: Artifact, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "text.txt"
    file.write_text("One document.\n\n\nAnother one.", encoding="utf-8")
    assert main(["evaluate", model, str(file), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    expected = bits_per_character(OnnxCell(tiny), tiny.vocabulary, ["One document.", "Another one."])
    assert figures["bits_per_character"] == pytest.approx(expected, abs=1e-4)
    assert (figures["documents"], figures["characters"]) == (2, 25)


def test_typing_is_evaluated_for_each_file(model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("It was a bright cold day in April. " * 4, encoding="utf-8")
    command = ["evaluate", model, str(tmp_path / "a.txt"), str(tmp_path / "b.txt"), "--typing", "--min-confidence", "0"]
    assert main([*command, "--json", "--given", "20", "--limit", "30"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [Path(row["file"]).name for row in rows] == ["a.txt", "b.txt", "all"]
    first, second, both = (row["takers"]["gated"] for row in rows)
    assert (first["characters"], both["characters"]) == (30, 60)
    assert first["keystroke_savings"] == second["keystroke_savings"]
    assert rows[0]["takers"]["ideal"]["keystroke_savings"] == first["keystroke_savings"]  # the threshold is 0
    assert main([*command, "--given", "500"]) == 1
    assert "leaves nothing to type" in capsys.readouterr().err


def test_typing_is_told_as_a_table_and_as_plots(model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    file = tmp_path / "a.txt"
    file.write_text("It was a bright cold day in April. " * 4, encoding="utf-8")
    plots = tmp_path / "plots"
    command = ["evaluate", model, str(file), "--typing", "--limit", "40", "--takers", "gated", "--gaps", "2"]
    assert main([*command, "--plots", str(plots)]) == 0
    said = capsys.readouterr().out
    assert all(f"threshold 0.{tenth}" in said for tenth in range(10))
    assert "mid-line ideal" in said
    assert (plots / "precision-savings.png").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["complete", "It", "-m", "nobody"], "There is no model named 'nobody'"),
        (["complete", "It", "-m", "tiny", "-t", "11"], "temperature is 11.0; it must be from 0 to 10"),
        (["evaluate", "tiny", "nowhere.txt"], "nowhere.txt cannot be read"),
        (["evaluate", "tiny", "empty.txt"], "There is no text to evaluate on"),
        (["evaluate", "tiny", "bytes.txt"], "bytes.txt is not UTF-8 text"),
    ],
)
def test_bad_input_gives_one_message(
    model: str,
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty.txt").write_text("", encoding="utf-8")
    Path("bytes.txt").write_bytes(b"\xff\xfe\x00")
    assert main(arguments) == 1
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
