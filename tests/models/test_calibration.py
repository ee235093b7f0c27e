"""Confidences: probabilities that grow with the model's, and are as they are where nothing was measured."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.calibration import IDENTITY, Calibration, percent
from charrnn.errors import OptionError


@pytest.mark.parametrize(("slope", "intercept"), [(1, 0), (0.3, -2), (1e6, 1e6), (1e6, -1e6)])
def test_a_confidence_is_a_probability_that_grows_with_the_models(slope: float, intercept: float) -> None:
    values = [Calibration(slope, intercept).confidence(p) for p in np.linspace(0, 1, 50)]
    assert values == sorted(values)
    assert all(0 <= value <= 1 for value in values)


def test_without_measurement_it_is_the_models_probability() -> None:
    assert math.isclose(IDENTITY.confidence(0.3), 0.3)


@pytest.mark.parametrize(("slope", "intercept"), [(0, 0), (-1, 0), (math.inf, 0), (math.nan, 0), (1, math.nan)])
def test_what_is_no_calibration_is_refused(slope: float, intercept: float) -> None:
    with pytest.raises(OptionError, match="calibration has slope"):
        Calibration(slope, intercept)


def test_a_writer_is_never_told_that_something_is_certain_or_out_of_the_question() -> None:
    assert [percent(p) for p in (0, 0.0099, 0.01, 0.454, 0.99, 0.996, 1)] == [
        "<1%",
        "<1%",
        "1%",
        "45%",
        "99%",
        ">99%",
        ">99%",
    ]


@given(st.floats(0.1, 5), st.floats(-5, 5), st.floats(0.01, 0.99))
def test_a_confidence_has_its_probability(slope: float, intercept: float, confidence: float) -> None:
    calibration = Calibration(slope, intercept)
    probability = calibration.probability(confidence)
    if 1e-8 < probability < 1 - 1e-8:  # beyond, `confidence` is the same for all
        assert calibration.confidence(probability) == pytest.approx(confidence, rel=1e-4)


def test_nothing_is_less_sure_than_0_and_only_what_is_certain_as_sure_as_1() -> None:
    assert (Calibration(2, 1).probability(0), Calibration(2, 1).probability(1)) == (0, 1)
