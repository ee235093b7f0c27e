"""The calibration follows what becomes of suggestions."""

from __future__ import annotations

import random

import pytest

from charrnn.calibration import Calibration
from charrnn.outcomes import Outcomes
from charrnn.search import Suggestion

START = Calibration(1.0, 0.0)


def shown(text: str, probability: float = 0.5) -> Suggestion:
    return Suggestion(text, probability, probability, 1.0)


def after(*texts: str, suggestion: str = "ing home", before: str = "He was go") -> float:
    """The confidence of an even chance after a suggestion was shown and these texts stood before the cursor."""
    outcomes = Outcomes(START)
    outcomes.show(before, shown(suggestion))
    for text in texts:
        outcomes.read(text)
    return outcomes.calibration.confidence(0.5)


def test_what_was_right_makes_bolder_and_what_was_wrong_more_careful() -> None:
    assert after("He was going home.") > 0.5
    assert after("He was gone") < 0.5


@pytest.mark.parametrize("text", ["He was go", "He was going", "He was going hom"])
def test_what_is_not_decided_changes_nothing(text: str) -> None:
    assert after(text) == 0.5


@pytest.mark.parametrize("text", ["He was going home", "He was going homeward"])
def test_what_begins_a_longer_word_was_right(text: str) -> None:
    assert after(text) > 0.5


def test_an_outcome_counts_once() -> None:
    once = after("He was going home.")
    assert after("He was going home.", "He was going home. And", "He was going home. And then") == once


@pytest.mark.parametrize("text", ["", "Another page.", "He was"])
def test_what_the_writer_has_left_or_deleted_says_nothing(text: str) -> None:
    assert after(text, "He was gone") == 0.5


def test_a_window_that_has_moved_on_shows_the_outcome_too() -> None:
    before = "x" * 500 + " He was go"
    assert after(before[400:] + "ing home.", before=before) > 0.5


def test_confidence_comes_to_mean_how_often_it_is_right() -> None:
    outcomes, chance = Outcomes(START), random.Random(4)
    for n in range(2000):
        place = f"{n} He was go"
        outcomes.show(place, shown("ing home", 0.5))
        outcomes.read(place + ("ing home." if chance.random() < 0.75 else "ne."))
    assert outcomes.calibration.confidence(0.5) == pytest.approx(0.75, abs=0.1)
    outcomes.forget()
    assert outcomes.calibration == START


def test_only_so_many_are_watched() -> None:
    outcomes = Outcomes(START)
    for n in range(1000):
        outcomes.show(f"{n} He was go", shown("ing"))
    assert len(outcomes._open) < 10
