"""The ONNX graphs: equal to PyTorch, to themselves in a batch, and to themselves in pieces."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from charrnn.artifact import CELL, CELL_INT8, CONFIG, Artifact, read_artifact
from charrnn.cell import Cell, initial_state
from charrnn.errors import ModelError
from charrnn.onnx_cell import MOST_BOUND, OnnxCell
from charrnn.torch_cell import TorchCell

Floats = npt.NDArray[np.float32]
KINDS = list(itertools.product(("rnn", "gru", "lstm"), (0, 8), (False, True)))


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: "-".join(map(str, kind)))
def artifact(request: pytest.FixtureRequest, make_model: Callable[..., Artifact]) -> Artifact:
    """A model of each kind."""
    cell, embedding, residual = request.param
    return make_model(cell=cell, embedding=embedding, residual=residual, layers=3)


@pytest.fixture(params=[True, False], ids=["int8", "float"])
def cell(request: pytest.FixtureRequest, artifact: Artifact) -> OnnxCell:
    """Both graphs of it."""
    return OnnxCell(artifact, int8=request.param)


def read(artifact: Artifact, batch: int, steps: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """Ids and a state such as reading leaves: hidden rows within (-1, 1)."""
    rng = np.random.default_rng(3)
    ids = rng.integers(0, artifact.architecture.vocabulary, (batch, steps))
    shape = initial_state(artifact.architecture, batch).shape
    return ids, rng.uniform(-0.9, 0.9, shape).astype(np.float32)


def test_float_is_pytorch(artifact: Artifact) -> None:
    ids, state = read(artifact, 3, 20)
    ours, theirs = OnnxCell(artifact, int8=False).score(ids, state), TorchCell(artifact).score(ids, state)
    for our, their in zip(ours, theirs, strict=True):
        assert our.shape == their.shape
        assert np.allclose(our, their, atol=1e-4)


def test_int8_is_close_to_float(artifact: Artifact) -> None:
    ids, state = read(artifact, 3, 20)
    logits = [OnnxCell(artifact, int8=int8).score(ids, state)[0] for int8 in (True, False)]
    assert np.corrcoef(logits[0].ravel(), logits[1].ravel())[0, 1] > 0.99


def test_a_batch_is_its_rows(cell: OnnxCell, artifact: Artifact) -> None:
    ids, state = read(artifact, 4, 6)
    logits, new = cell.run(ids, state)
    for row in range(4):
        single, single_state = cell.run(ids[row : row + 1], state[:, row : row + 1])
        assert np.allclose(single, logits[row : row + 1], atol=1e-5)
        assert np.allclose(single_state, new[:, row : row + 1], atol=1e-5)


def test_int8_state_does_not_depend_on_the_batch_at_all(artifact: Artifact) -> None:
    cell = OnnxCell(artifact)
    ids, state = read(artifact, 4, 6)
    _, new = cell.run(ids, state)
    for row in range(4):
        assert np.array_equal(cell.run(ids[row : row + 1], state[:, row : row + 1])[1], new[:, row : row + 1])


def test_steps_are_one_sequence(cell: OnnxCell, artifact: Artifact) -> None:
    ids, state = read(artifact, 2, 12)
    whole, end = cell.score(ids, state)
    last, same_end = cell.run(ids, state)
    stepped, rows = state, []
    for t in range(ids.shape[1]):
        row, stepped = cell.run(ids[:, t : t + 1], stepped)
        rows.append(row)
    assert np.allclose(np.stack(rows, axis=1), whole, atol=1e-5)
    assert np.allclose(whole[:, -1], last, atol=1e-5)
    assert np.allclose(stepped, end, atol=1e-5)
    assert np.allclose(stepped, same_end, atol=1e-5)


def test_what_goes_in_is_left_as_it_was(cell: Cell, artifact: Artifact) -> None:
    ids, state = read(artifact, 2, 3)
    before = state.copy()
    _, new = cell.run(ids, state)
    assert np.array_equal(state, before)
    assert not np.shares_memory(new, state)


@pytest.mark.parametrize("batches", [(1, 4, 2, 4, 1), (MOST_BOUND, MOST_BOUND + 1)])
def test_steps_in_kept_arrays_are_those_of_the_session(
    cell: OnnxCell, artifact: Artifact, batches: tuple[int, ...]
) -> None:
    found, expected = [], []
    for batch in batches:  # all before any is looked at: what was given out is not written to again
        ids, state = read(artifact, batch, 1)
        found.append(cell.run(ids, state[:, ::-1]))
        logits, new = cell._session.run(None, {"ids": ids, "state": np.ascontiguousarray(state[:, ::-1])})
        expected.append((logits[:, 0], new))
    for ours, theirs in zip(found, expected, strict=True):
        assert np.array_equal(ours[0], theirs[0])
        assert np.array_equal(ours[1], theirs[1])


@pytest.mark.parametrize("name", [CELL, CELL_INT8])
@pytest.mark.parametrize("change", [{"hidden": 24}, {"layers": 1}, {"cell": "gru", "layers": 4}])
def test_a_graph_of_another_network_is_refused(
    name: str, change: dict[str, object], make_model: Callable[..., Artifact], tmp_path: Path
) -> None:
    path = make_model(folder=tmp_path, **({"hidden": 16} | change)).path
    config = json.loads((path / CONFIG).read_text(encoding="utf-8"))
    config["architecture"] |= {"cell": "lstm", "hidden": 16, "layers": 2}
    if "cell" in change:
        config["architecture"]["hidden"] = 17
    (path / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        OnnxCell(read_artifact(path), int8=name == CELL_INT8)
    assert str(caught.value) == (
        f"{path / name} does not fit the network that {CONFIG} describes. Install the model again."
    )


def test_an_idle_cell_of_several_threads_computes_the_same(tiny: Artifact) -> None:
    ids, state = read(tiny, 2, 5)
    one, two = (OnnxCell(tiny, threads=threads).run(ids, state) for threads in (1, 2))
    assert np.array_equal(one[1], two[1])
