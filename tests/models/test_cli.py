from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import ModelMaker

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


def test_several_temperatures_stand_one_under_another(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["generate", "--prompt", "Once", "--characters", "12", "-m", model]
    texts = []
    for temperature in ("0.3", "0.8", "1.3"):
        assert main([*command, "--temp", temperature]) == 0
        texts.append(f"temperature {temperature}\n{capsys.readouterr().out}")
    assert main([*command, "--temperature", "0.3", "0.8", "1.3"]) == 0
    assert capsys.readouterr().out == "\n".join(texts)


def test_alpha_is_one_over_temperature(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["generate", "-p", "Once", "-n", "12", "-m", model, "--json"]
    assert main([*command, "--alpha", "2", "0.5"]) == 0
    by_alpha = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert main([*command, "-t", "0.5", "2"]) == 0
    assert by_alpha == [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {len(row["text"]) for row in by_alpha} == {12}
    assert by_alpha[0] | {"text": ""} == {"model": model, "temperature": 0.5, "seed": 0, "prompt": "Once", "text": ""}


@pytest.mark.parametrize("flags", [[], ["-p", "-"]])
def test_a_prompt_is_read_from_standard_input(
    flags: list[str], model: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Dear friend\n"))
    assert main(["generate", "-n", "0", "-m", model, *flags]) == 0
    assert capsys.readouterr().out == "Dear friend\n"


def test_text_is_there_as_it_is_written(model: str) -> None:
    command = [sys.executable, "-m", "charrnn.cli", "generate", "-p", "Once", "-n", "1000000000", "-m", model]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.read(40).startswith(b"Once")  # long before the end
        process.kill()


@pytest.mark.parametrize("mode", ["0", "1"])
def test_bytes_that_are_no_text_are_a_prompt_too(model: str, mode: str) -> None:
    command = [sys.executable, "-m", "charrnn.cli", "generate", "-n", "3", "-m", model]
    environment = {**os.environ, "PYTHONUTF8": mode, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, input=b"\xff Once", capture_output=True, check=True, env=environment)
    assert done.stdout.startswith(b"\\udcff Once")


def test_installed_models_are_listed(model: str, tiny: Artifact, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models"]) == 0
    assert f"{model:16} lstm 2x16" in capsys.readouterr().out


def test_a_damaged_model_hides_no_other(
    make_model: ModelMaker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHARRNN_MODELS", str(tmp_path))
    make_model("whole", tmp_path)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "config.json").write_text("{}", encoding="utf-8")
    assert main(["models"]) == 0
    said = capsys.readouterr().out
    assert "is not a model configuration" in said
    assert "whole            lstm 2x16" in said
    assert main(["models", "--json"]) == 0
    rows = {row["name"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert "error" in rows["broken"]
    assert rows["whole"]["shape"] == "lstm 2x16"


def test_a_model_is_shown_with_its_card(model: str, tiny: Artifact, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", model]) == 0
    said = capsys.readouterr().out
    assert f"lstm 2x16, {tiny.architecture.parameters:,} weights" in said
    assert said.rstrip().endswith("tiny")  # the card
    assert main(["show", model, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["name"], shown["history"]) == (model, [])


def test_the_page_asks_for_its_extra(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Gradio; in a process of its own, as an import that fails would leave its traces in this one."""
    code = (
        "import sys; sys.modules['gradio'] = None; from charrnn.cli import main; "
        f"sys.exit(main(['ui', '--no-browser', '--port', '0', '-m', {model!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "charrnn: The page needs Gradio (gradio is missing): pip install 'charrnn-lsp[ui]'\n"


def test_a_port_that_is_taken_is_said_to_be(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["ui", "--no-browser", "--port", str(port), "-m", model]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"charrnn: Port {port} cannot be used")
    assert "--port 0" in said


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
        (["generate", "-p", "It", "-n", "-1", "-m", "tiny"], "--characters is -1; it must be 0 or more"),
        (["generate", "-p", "It", "--seed", "-1", "-m", "tiny"], "--seed is -1; it must be 0 or more"),
        (["generate", "-p", "It", "--alpha", "0", "-m", "tiny"], "--alpha must be greater than 0"),
        (["generate", "-p", "It", "-t", "0.5", "11", "-m", "tiny"], "temperature is 11.0"),
        (["show", "nobody"], "There is no model named 'nobody'"),
        (["ui", "-m", "nobody"], "There is no model named 'nobody'"),
        (["ui", "--port", "70000", "-m", "tiny"], "--port is 70000; it must be from 0 to 65535"),
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
