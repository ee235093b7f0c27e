"""Baselines are compared where they are as precise as the network."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import compare
import pytest

from charrnn.artifact import Artifact


def point(precision: float, savings: float) -> dict[str, Any]:
    return {"precision": {"value": precision}, "keystroke_savings": {"value": savings}}


POINTS = [point(0.2, 0.3), point(0.5, 0.2), point(0.7, 0.1)]


@pytest.mark.parametrize(
    ("precision", "savings"), [(0.1, 0.3), (0.2, 0.3), (0.35, 0.25), (0.5, 0.2), (0.6, 0.15), (0.7, 0.1), (0.9, 0.1)]
)
def test_savings_are_taken_at_the_same_precision(precision: float, savings: float) -> None:
    assert compare.at_precision(POINTS, point(precision, 0)) == pytest.approx(savings)
    assert compare.at_precision(POINTS[::-1], point(precision, 0)) == pytest.approx(savings)


def test_the_comparison_runs_from_texts_to_a_table(
    tiny: Artifact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "The old man went down to the sea.\n\nHe looked, and then he went home again.\n\n" * 8
    for name in ("own-chesterton/test", "own-thoreau/test", "english-prose/train", "english-prose/valid"):
        file = tmp_path / f"{name}.txt"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (tmp_path / "modern-prose").mkdir()
    (tmp_path / "modern-prose" / "valid.txt").write_text(text, encoding="utf-8")
    out = tmp_path / "results" / "compare.json"
    command = ["compare.py", str(tmp_path), "--model", str(tiny.path), "--limit", "40", "--out", str(out)]
    monkeypatch.setattr(sys, "argv", [*command, "--sets", "own-thoreau", "english-prose", "--jobs", "1"])
    compare.main()
    said = json.loads(out.read_text(encoding="utf-8"))
    assert {row["set"] for row in said["rows"]} == {"own-thoreau", "english-prose"}
    assert len(said["rows"]) == 2 * 6
    assert "| own-thoreau | word 4-gram |" in capsys.readouterr().out
