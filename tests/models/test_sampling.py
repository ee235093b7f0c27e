"""Shaping and drawing, against the plainest reference that can be written."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from charrnn.errors import OptionError
from charrnn.sampling import Sampling, draw, log_softmax, shape, softmax
from charrnn.vocabulary import SPECIALS

LOGITS = hnp.arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(4, 12)), elements=st.floats(-9, 9, width=16))
SAMPLINGS = st.builds(
    Sampling,
    temperature=st.sampled_from([0.0, 0.3, 1.0, 2.0]),
    top_k=st.integers(0, 6),
    top_p=st.sampled_from([1.0, 0.95, 0.5, 0.01]),
    min_p=st.sampled_from([0.0, 0.05, 0.5, 1.0]),
)


def naive(probabilities: list[float], sampling: Sampling) -> dict[int, float]:
    """What may be drawn and how probable it is, one character at a time."""
    order = sorted(range(len(probabilities)), key=lambda i: -probabilities[i])
    if sampling.temperature == 0:
        return {order[0]: 1.0}
    tempered = [p ** (1 / sampling.temperature) for p in probabilities]
    total = sum(tempered)
    tempered = [p / total for p in tempered]
    kept: dict[int, float] = {}
    before = 0.0
    for place, i in enumerate(order):
        small = tempered[i] < sampling.min_p * tempered[order[0]]
        if (sampling.top_k and place >= sampling.top_k) or before >= sampling.top_p or small:
            break
        kept[i] = tempered[i]
        before += tempered[i]
    return {i: p / sum(kept.values()) for i, p in kept.items()}


def distinct(log_p: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Rows without ties, with which no two implementations need agree on an order."""
    return log_softmax(log_p + np.arange(log_p.shape[1], dtype=np.float32) / 8)


@given(LOGITS, SAMPLINGS)
def test_shape_is_the_naive_shape(logits: npt.NDArray[np.float32], sampling: Sampling) -> None:
    log_p = distinct(np.round(logits))
    shaped = np.exp(shape(log_p, sampling).astype(np.float64))
    for row, plain in zip(shaped, np.exp(log_p.astype(np.float64)), strict=True):
        expected = naive(plain.tolist(), sampling)
        borderline = _borderline(plain, sampling)
        if not borderline:
            assert set(np.flatnonzero(row).tolist()) == {i for i, p in expected.items() if p > 0}
            assert np.allclose(row, [expected.get(i, 0.0) for i in range(len(row))], atol=1e-5)
        assert math.isclose(row.sum(), 1, abs_tol=1e-5)


def _borderline(plain: npt.NDArray[np.float64], sampling: Sampling) -> bool:
    """Whether float32 and float64 may rightly differ about what is cut."""
    if sampling.temperature == 0:
        return False
    p = np.sort(plain ** (1 / sampling.temperature))[::-1]
    p /= p.sum()
    return bool(
        np.abs(p.cumsum() - p - sampling.top_p).min() < 1e-4 or np.abs(p / p[0] - sampling.min_p)[1:].min() < 1e-4
    )


@given(LOGITS)
def test_log_softmax_is_a_distribution_without_specials(logits: npt.NDArray[np.float32]) -> None:
    before = logits.copy()
    probabilities = np.exp(log_softmax(logits))
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert (probabilities[:, : len(SPECIALS)] == 0).all()
    assert np.array_equal(logits, before)


@given(LOGITS, st.integers(0, 2**32))
def test_temperature_0_takes_the_most_probable(logits: npt.NDArray[np.float32], seed: int) -> None:
    log_p = log_softmax(logits)
    drawn = draw(shape(log_p, Sampling(temperature=0)), np.random.default_rng(seed))
    assert drawn.tolist() == log_p.argmax(axis=1).tolist()


@given(LOGITS, st.integers(0, 2**32))
def test_top_k_of_1_is_greedy(logits: npt.NDArray[np.float32], seed: int) -> None:
    log_p = log_softmax(logits)
    drawn = draw(shape(log_p, Sampling(top_k=1)), np.random.default_rng(seed))
    assert np.take_along_axis(log_p, drawn[:, None], 1)[:, 0].tolist() == log_p.max(axis=1).tolist()


def test_frequencies_are_the_probabilities() -> None:
    log_p = log_softmax(np.array([[0, 0, 2.0, 1.0, 0.0, -1.0]], np.float32))
    draws = 20_000
    ids = draw(np.repeat(log_p, draws, axis=0), np.random.default_rng(1))
    expected = draws * np.exp(log_p[0].astype(np.float64))
    counts = np.bincount(ids, minlength=6)
    assert (counts[:2] == 0).all()
    # Chi-square with 3 degrees of freedom; 16.3 is exceeded once in a thousand seeds, and the seed is fixed.
    assert ((counts[2:] - expected[2:]) ** 2 / expected[2:]).sum() < 16.3


def test_the_same_seed_draws_the_same() -> None:
    log_p = np.repeat(log_softmax(np.zeros((1, 50), np.float32)), 40, axis=0)
    first, second, other = (draw(log_p, np.random.default_rng(seed)).tolist() for seed in (3, 3, 4))
    assert first == second
    assert first != other


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"temperature": -0.1}, "temperature is -0.1; it must be from 0 to 10."),
        ({"temperature": math.nan}, "temperature is nan; it must be from 0 to 10."),
        ({"temperature": math.inf}, "temperature is inf; it must be from 0 to 10."),
        ({"top_k": -1}, "top_k is -1; it must be 0 or more."),
        ({"top_p": 0.0}, "top_p is 0.0; it must be greater than 0 and at most 1."),
        ({"top_p": 1.5}, "top_p is 1.5; it must be greater than 0 and at most 1."),
        ({"min_p": 2.0}, "min_p is 2.0; it must be from 0 to 1."),
    ],
)
def test_a_value_out_of_range_is_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        Sampling(**options)  # type: ignore[arg-type]
    assert str(caught.value) == message


@pytest.mark.parametrize("size", [-4000.0, 4000.0])
@pytest.mark.parametrize("axes", [(), (1,), (2, 1)])
def test_logits_of_any_size_and_shape_give_probabilities(size: float, axes: tuple[int, ...]) -> None:
    logits = np.full((*axes, 5), size, np.float32)
    logits[..., -1] += np.float32(math.log(3))
    expected = np.broadcast_to([0, 0, 0.2, 0.2, 0.6], logits.shape)
    assert np.allclose(softmax(logits), expected, atol=1e-3)
    assert np.allclose(np.exp(log_softmax(logits)), expected, atol=1e-3)


def test_as_few_characters_as_top_p_allows_stay() -> None:
    log_p = np.log(np.array([[0.25, 0.5, 0.25]], np.float32))
    assert np.exp(shape(log_p, Sampling(top_p=0.5))).tolist() == [[0, 1, 0]]


def test_unlikely_texts_are_shaped_like_others() -> None:
    shaped = shape(np.array([[-5000.0, -5000.0]], np.float32), Sampling(temperature=0.5))
    assert np.allclose(np.exp(shaped), 0.5)


def test_without_a_word_about_it_the_model_is_drawn_from_as_it_is() -> None:
    assert Sampling() == Sampling(temperature=1, top_k=0, top_p=1, min_p=0)


def test_the_ends_of_the_ranges_are_in_them() -> None:
    Sampling(temperature=10, top_k=0, top_p=1, min_p=0)
    Sampling(temperature=0, top_p=1e-9, min_p=1)
