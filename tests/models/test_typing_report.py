"""A plan is carried out as the single evaluations would be."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from charrnn.artifact import Artifact
from charrnn.model import Model, open_model
from charrnn.search import SearchOptions
from charrnn.table import table
from charrnn.typing_evaluation import evaluate_typing
from charrnn.typing_report import Plan, figures, measure, pooled
from charrnn.writer import take_blindly

TEXT = "It was the first day, and the last.\n\nThe old man went down to the sea, and looked. The old man"
OPTIONS = SearchOptions(max_characters=8, min_confidence=0.01)
PLAN = Plan(OPTIONS, given=30, gates=(0.0, 0.01, 0.5), gaps=3)


@pytest.fixture
def model(tiny: Artifact) -> Model:
    return open_model(tiny)


def test_the_takers_are_the_single_evaluations(model: Model) -> None:
    runs = measure(model, TEXT, PLAN)
    off = replace(OPTIONS, min_confidence=0.0)
    assert runs.takers["gated"][0].typing == evaluate_typing(model, OPTIONS, TEXT, 30).typing
    assert runs.takers["ideal"][0].typing == evaluate_typing(model, off, TEXT, 30).typing
    assert runs.takers["blind"][0].typing == evaluate_typing(model, OPTIONS, TEXT, 30, take=take_blindly).typing


def test_the_curve_passes_through_the_takers(model: Model) -> None:
    said = figures(measure(model, TEXT, PLAN))
    for gate, taker in ((0.0, "ideal"), (0.01, "gated")):
        (point,) = (point for point in said["curve"] if point["min_confidence"] == gate)
        assert point["keystroke_savings"] == said["takers"][taker]["keystroke_savings"]


def test_texts_are_pooled(model: Model) -> None:
    one = measure(model, TEXT, PLAN)
    both = figures(pooled([one, one]))
    alone = figures(one)
    assert both["takers"]["ideal"]["characters"] == 2 * alone["takers"]["ideal"]["characters"]
    for name in ("keystroke_savings", "precision", "shown_rate"):
        assert both["takers"]["ideal"][name]["value"] == alone["takers"]["ideal"][name]["value"]
    assert both["bits_per_character"]["with_memory"]["value"] == alone["bits_per_character"]["with_memory"]["value"]
    assert figures(pooled([one])) == alone


def test_figures_are_json_and_a_table(model: Model) -> None:
    said = figures(measure(model, TEXT, PLAN))
    assert json.loads(json.dumps(said)) == said
    lines = table(said).splitlines()
    for name in ("gated", "ideal", "blind", "threshold 0.5", "mid-line gated", "bits per character with memory"):
        assert any(line.strip().startswith(name) for line in lines)


def test_only_what_is_planned_is_measured(model: Model) -> None:
    said = figures(measure(model, TEXT, Plan(OPTIONS, given=80, takers=("gated",), bits=False)))
    assert set(said) == {"takers"}
    assert set(said["takers"]) == {"gated"}
