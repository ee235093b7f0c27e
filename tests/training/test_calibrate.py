from __future__ import annotations

import numpy as np
import pytest

from charrnn.artifact import Artifact
from charrnn.calibration import Calibration
from charrnn.model import open_model
from charrnn_training.calibrate import calibrate, expected_error, fit, passages

from .conftest import PROSE


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (0.6, -0.4), (1.5, 0.8)])
def test_a_known_miscalibration_is_found(slope: float, intercept: float) -> None:
    rng = np.random.default_rng(0)
    p = rng.uniform(0.02, 0.98, 20_000)
    truth = Calibration(slope, intercept)
    right = (rng.random(len(p)) < [truth.confidence(x) for x in p]).astype(np.float64)
    found = fit(p, right)
    assert found.slope == pytest.approx(slope, abs=0.08)
    assert found.intercept == pytest.approx(intercept, abs=0.08)
    confidences = np.array([found.confidence(x) for x in p])
    assert expected_error(confidences, right) < 0.02


@pytest.mark.parametrize("outcome", [0.0, 1.0])
def test_one_sided_outcomes_pull_all_one_way(outcome: float) -> None:
    p = np.linspace(0.001, 0.999, 500)
    found = fit(p, np.full(500, outcome))
    assert all(abs(found.confidence(x) - outcome) < 0.15 for x in (0.1, 0.5, 0.9))
    assert found.slope > 0


def test_without_outcomes_probabilities_are_believed() -> None:
    nothing = np.zeros(0)
    assert fit(nothing, nothing) == Calibration(1.0, 0.0)


def test_a_random_model_is_not_believed(tiny: Artifact) -> None:
    calibration = calibrate(open_model(tiny), PROSE[:2])
    assert calibration.confidence(0.5) < 0.5 or calibration == Calibration()


def test_passages_are_pieces_of_the_text() -> None:
    whole = "\n\n".join(PROSE)
    pieces = passages(PROSE)
    assert len(pieces) > 5
    assert len(set(pieces)) > 1
    assert all(piece in whole for piece in pieces)
    assert passages(["short"]) == ["short"]
