"""Intervals hold the figure, narrow with more text, and are the same each time."""

from __future__ import annotations

import numpy as np
import pytest

from charrnn.bootstrap import ratio


def test_a_ratio_is_of_the_sums() -> None:
    estimate = ratio([1, 0, 3], [2, 1, 5])
    assert estimate.value == pytest.approx(4 / 8)
    assert estimate.low <= estimate.value <= estimate.high


def test_blocks_that_agree_leave_no_doubt() -> None:
    estimate = ratio([1, 2, 3], [2, 4, 6])
    assert estimate.low == estimate.value == estimate.high == pytest.approx(0.5)


def test_more_text_gives_a_narrower_interval() -> None:
    rng = np.random.default_rng(1)
    parts = rng.random(400)
    few, many = (ratio(list(parts[:count]), [1.0] * count) for count in (25, 400))
    assert many.high - many.low < few.high - few.low


def test_the_interval_is_that_of_the_normal_law_where_that_holds() -> None:
    parts = np.random.default_rng(2).random(2000)
    estimate = ratio(list(parts), [1.0] * len(parts))
    expected = 1.96 * parts.std() / len(parts) ** 0.5
    assert (estimate.high - estimate.low) / 2 == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize("parts", [[], [0.0, 0.0]])
def test_nothing_measured_is_nought(parts: list[float]) -> None:
    assert ratio(parts, parts).rounded() == {"value": 0, "low": 0, "high": 0}


def test_blocks_without_anything_do_no_harm() -> None:
    estimate = ratio([0, 1], [0, 2])
    assert (estimate.low, estimate.value, estimate.high) == (0.5, 0.5, 0.5)
