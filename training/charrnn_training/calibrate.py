"""What a suggestion's probability is worth: Platt's calibration on held-out text, as a writer would meet it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from charrnn.calibration import Calibration
from charrnn.model import Model
from charrnn.prefix_cache import Context
from charrnn.search import SearchOptions

PASSAGES = 24
CONTEXT = 400  # characters that are given before each passage
PASSAGE = 120  # places, one after another, at which a suggestion is made
GATES = (0.0, 0.3, 0.6)  # a gate changes which suggestion is found, so each is tried


def calibrate(model: Model, documents: Sequence[str]) -> Calibration:
    """Fit the calibration of `model` on suggestions made at places all over `documents`."""
    outcomes = np.array(list(_outcomes(model, documents)), np.float64).reshape(-1, 2)
    return fit(outcomes[:, 0], outcomes[:, 1])


def fit(probabilities: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> Calibration:
    """Maximum likelihood by Newton's method, with a weak prior that the probabilities are as they should be."""
    p = np.clip(probabilities, 1e-6, 1 - 1e-6)
    x = np.stack([np.log(p / (1 - p)), np.ones_like(p)], axis=1)
    prior, weight = np.array([1.0, 0.0]), 1.0
    w = prior.copy()
    for _ in range(50):
        predicted = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (predicted - right) + weight * (w - prior)
        hessian = (x * (predicted * (1 - predicted))[:, None]).T @ x + weight * np.eye(2)
        w -= np.clip(np.linalg.solve(hessian, gradient), -1, 1)  # far from the optimum, Newton's steps overshoot
    return Calibration(slope=max(0.1, float(w[0])), intercept=float(w[1]))


def expected_error(confidences: npt.NDArray[np.float64], right: npt.NDArray[np.float64], bins: int = 10) -> float:
    """Expected calibration error (Naeini et al. 2015): mean distance of confidence and outcome over equal bins."""
    places = np.minimum((confidences * bins).astype(int), bins - 1)
    gaps = [abs(float((confidences - right)[places == b].sum())) for b in range(bins)]
    return sum(gaps) / max(1, len(right))


def _outcomes(model: Model, documents: Sequence[str]) -> Iterator[tuple[float, float]]:
    """For each suggestion that is made: its probability, and 1 if the text goes on so."""
    for text in passages(documents):
        for place in range(CONTEXT, len(text) - 80):
            for gate in GATES:
                search = model.look_ahead(Context(text[:place], from_start=False), SearchOptions(min_confidence=gate))
                for found in search.best():
                    yield found.probability, float(text.startswith(found.text, place))


def passages(documents: Sequence[str]) -> list[str]:
    """Pieces from all over the documents, in the model's typography."""
    whole = "\n\n".join(documents)
    length = min(CONTEXT + PASSAGE + 80, len(whole))
    count = min(PASSAGES, max(1, len(whole) // length))
    stride = (len(whole) - length) / max(1, count - 1) if count > 1 else 0
    return [whole[math.floor(n * stride) :][:length] for n in range(count)]
