"""The greatest are the greatest, and drawn ranks never exceed the parent's."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from charrnn.beam import drawn, greatest
from charrnn.sampling import log_softmax
from charrnn.vocabulary import SPECIALS

VALUES = hnp.arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(1, 6)), elements=st.floats(-9, 9, width=16))


@given(VALUES, st.lists(st.floats(0.01, 100), min_size=4, max_size=4), st.integers(0, 30))
def test_the_greatest_are_those_of_a_sorted_list(
    values: npt.NDArray[np.float32], scales: list[float], count: int
) -> None:
    scaled = {place: values.item(*place) * scales[place[0]] for place in np.ndindex(values.shape)}
    found = list(greatest(values.copy(), scales, count))
    assert [rank for rank, _, _ in found] == sorted(scaled.values(), reverse=True)[:count]
    assert all(scaled[row, column] == rank for rank, row, column in found)
    assert len({(row, column) for _, row, column in found}) == len(found)


@given(st.integers(0, 1000), st.floats(-20, 20, width=16))
def test_the_greatest_drawn_rank_of_a_row_is_the_parents(seed: int, limit: float) -> None:
    rng = np.random.default_rng(seed)
    log_p = log_softmax(rng.normal(size=(3, 8)).astype(np.float32))
    ranks = drawn(log_p, [limit, 0.0, -limit], rng)
    assert ranks.max(axis=1) == pytest.approx([limit, 0.0, -limit], abs=1e-4)
    assert (ranks[:, : len(SPECIALS)] == -math.inf).all()
    assert np.isfinite(ranks[:, len(SPECIALS) :]).all()


def test_the_first_of_a_row_comes_first_as_often_as_it_is_probable() -> None:
    log_p = np.log(np.array([[0.7, 0.2, 0.1]], np.float32))
    rng = np.random.default_rng(0)
    firsts = [next(greatest(drawn(log_p, [0.0], rng), [1.0], 1))[2] for _ in range(3000)]
    assert np.bincount(firsts) / 3000 == pytest.approx([0.7, 0.2, 0.1], abs=0.03)
