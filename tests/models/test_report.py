"""Figures are sums over what happened: whatever way they are grouped, they agree."""

from __future__ import annotations

import random

import pytest

from charrnn.report import blocks, estimates, first_looks, place_of, reliability, typing_figures
from charrnn.writer import Offer, Typing, take_blindly, take_reading, type_text

TEXT = "It was a bright cold day. The clocks were striking.\n\nHe said so, and went on walking. " * 20


def typed(seed: int, blind: bool = False) -> Typing:
    """A text typed with suggestions that are right by chance, with a confidence drawn beside it."""
    rng = random.Random(seed)

    def suggest(place: int) -> Offer | None:
        ahead = TEXT[place : place + rng.randint(1, 40)].rstrip()
        if not ahead or rng.random() < 0.5:
            return None
        return Offer(ahead if rng.random() < 0.6 else ahead[::-1], rng.random())

    return type_text(TEXT, 7, suggest, take_blindly if blind else take_reading)


@pytest.mark.parametrize("blind", [False, True])
@pytest.mark.parametrize("size", [1, 50, 500, 10_000])
def test_blocks_add_up_to_the_whole(size: int, blind: bool) -> None:
    typing = typed(3, blind)
    parts = blocks(typing, size)
    assert sum(part.characters for part in parts) == typing.characters
    assert sum(part.asked for part in parts) == typing.asked
    assert sum(part.saved for part in parts) == typing.characters - typing.keys
    assert sum(part.shown for part in parts) == len(typing.looks)


def test_estimates_are_those_of_the_writer() -> None:
    typing = typed(4)
    found = estimates([typing])
    assert found["keystroke_savings"].value == pytest.approx(typing.savings)
    assert found["shown_rate"].value == pytest.approx(typing.shown_rate)
    assert found["precision"].value == pytest.approx(typing.precision)
    assert found["item_precision"].value <= found["precision"].value


def test_each_way_of_grouping_holds_every_look() -> None:
    typings = [typed(5), typed(6)]
    figures = typing_figures(typings)
    for group in ("by_length", "by_words", "by_place"):
        assert sum(part["shown"] for part in figures[group].values()) == sum(len(t.looks) for t in typings)
        assert sum(part["saved"] for part in figures[group].values()) == sum(t.characters - t.keys for t in typings)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("It wa", "s", "mid-word"),
        ("It was", " a", "word end"),
        ("It was ", "a", "word end"),
        ("don", "'t", "mid-word"),
        ("It was.", " He", "word end"),
        ("It was. ", "He", "sentence start"),
        ('It was." ', "He", "sentence start"),
        ("It was,\n", "He", "sentence start"),
        ("\n", "He", "sentence start"),
        ("the end", "", "word end"),
    ],
)
def test_places_are_told_apart(before: str, after: str, expected: str) -> None:
    assert place_of(before + after, len(before)) == expected


def test_what_is_left_of_an_item_is_not_counted_again() -> None:
    text = "one two three"
    shown = {4: "two thirty", 5: "wo thirty", 6: "o thirty", 9: "other"}
    typing = type_text(
        text, 0, lambda place: Offer(shown[place], 0.5) if place in shown else None, lambda *_: (0, 0, 0)
    )
    assert [look.place for look in first_looks(typing)] == [4, 9]


@pytest.mark.parametrize("confidence", [0.0, 0.25, 0.6, 1.0])
def test_the_calibration_error_is_the_distance_of_confidence_and_outcome(confidence: float) -> None:
    rng = random.Random(7)

    def suggest(place: int) -> Offer:
        return Offer(TEXT[place : place + 2] if rng.random() < 0.6 else "~~", confidence)

    typing = type_text(TEXT, 0, suggest, lambda shown, ahead: (2 * (shown == ahead[:2]), 0, 0))
    looks = first_looks(typing)
    right = sum(look.all_right for look in looks) / len(looks)
    said = reliability([typing])
    assert said["expected_calibration_error"] == pytest.approx(abs(confidence - right), abs=1e-3)
    assert [row["count"] for row in said["bins"]] == [len(looks)]


def test_nothing_shown_is_nothing_measured() -> None:
    figures = typing_figures([type_text(TEXT, 0, lambda place: None)])
    assert figures["precision"]["value"] == 0
    assert figures["reliability"] == {"expected_calibration_error": 0, "bins": []}
