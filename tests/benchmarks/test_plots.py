from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("matplotlib")
import plots

from charrnn.artifact import CONFIG, Artifact

PICTURES = ("precision-savings.svg", "latency.svg", "training-speed.svg", "learning-curve.svg")


def point(precision: float, savings: float) -> dict[str, Any]:
    return {"precision": {"value": precision}, "keystroke_savings": {"value": savings}}


DATA: dict[str, dict[str, Any]] = {
    "compare.json": {
        "rows": [
            {"set": "texts", "method": "charrnn", "points": {"0.0": point(0.2, 0.3), "0.4": point(0.6, 0.2)}},
            {"set": "texts", "method": "unigram", "points": {"0.0": point(0.2, 0.1), "0.4": point(1.0, 0.01)}},
            {"set": "elsewhere", "method": "trigram", "points": {}},
        ]
    },
    "latency.json": {
        "milliseconds": {
            "at the end": {
                "p50": {"1 KB": 2.0, "1 KB, computing": 1.0, "1 MB": 2.5, "1 MB, computing": 1.0, "ratio": 1.0},
                "p95": {"1 KB": 4.0, "1 KB, computing": 2.0, "1 MB": 4.5, "1 MB, computing": 2.0, "ratio": 1.0},
            }
        }
    },
    "training.json": {
        "characters_per_second": {"lstm": {"nn.LSTM, float32": 4000, "fast layers, bfloat16": 16500}},
        **{"layers": 2, "hidden": 512, "batch": 128, "steps": 128, "threads": 2},
    },
}


@pytest.fixture
def model(tiny: Artifact, tmp_path: Path) -> Path:
    """The record of a model with a learning curve. Its files are not opened."""
    folder = tmp_path / "model"
    folder.mkdir()
    config = json.loads((tiny.path / CONFIG).read_text(encoding="utf-8"))
    config["training"] = {"history": [[1, 5.0, 2.5, 2.25], [2, 10.0, 2.0, 2.125]]}
    (folder / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    return folder


def draw(tmp_path: Path, model: Path, data: dict[str, dict[str, Any]]) -> Path:
    for name, content in data.items():
        (tmp_path / name).write_text(json.dumps(content), encoding="utf-8")
    plots.main(["--results", str(tmp_path), "--model", str(model), "--to", str(tmp_path / "drawn")])
    return tmp_path / "drawn"


def test_each_picture_says_what_was_measured(tmp_path: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = draw(tmp_path, model, DATA)
    assert capsys.readouterr().out == "".join(f"{name} is drawn.\n" for name in PICTURES)
    curve, times, speed, learning = ((drawn / name).read_text(encoding="utf-8") for name in PICTURES)
    assert "charrnn" in curve
    assert "trigram" not in curve
    assert "document of 1 MB" in times
    assert "16.5" in speed
    assert "2.12" in learning


def test_the_same_data_gives_the_same_picture(tmp_path: Path, model: Path) -> None:
    first = [(draw(tmp_path, model, DATA) / name).read_bytes() for name in PICTURES]
    assert first == [(draw(tmp_path, model, DATA) / name).read_bytes() for name in PICTURES]


def test_a_picture_without_data_is_left_out_with_a_message(
    tmp_path: Path, tiny: Artifact, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = draw(tmp_path, tiny.path, {"compare.json": {"rows": []}, "latency.json": {"other": "form"}})
    said = capsys.readouterr().out.splitlines()
    assert len(said) == len(PICTURES)
    assert said[0] == "precision-savings.svg is left out: compare.json has nothing on the set 'texts'."
    assert said[1].startswith("latency.svg is left out: its data has another form")
    assert said[2].startswith("training-speed.svg is left out: training.json is not there")
    assert said[3] == "learning-curve.svg is left out: the record of the model tiny has no learning curve."
    assert list(drawn.iterdir()) == []
