from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch

from charrnn.config import Architecture
from charrnn.network import CharRNN
from charrnn_training.onnx_graphs import float_graph, int8_graph

SHAPES: list[dict[str, Any]] = [
    {"cell": "rnn", "layers": 1},
    {"cell": "rnn", "layers": 3, "residual": True},
    {"cell": "gru", "layers": 2},
    {"cell": "gru", "layers": 3, "residual": True, "embedding": 0},
    {"cell": "lstm", "layers": 1, "embedding": 0},
    {"cell": "lstm", "layers": 2},
    {"cell": "lstm", "layers": 4, "residual": True},
]


def session(graph: Any) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_graphs_compute_what_the_network_computes(shape: dict[str, Any]) -> None:
    torch.manual_seed(1)
    architecture = Architecture(**{"vocabulary": 30, "embedding": 12, "hidden": 32, **shape})
    network = CharRNN(architecture).eval().half().float()  # as a model's weights are stored
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    ids = torch.randint(0, 30, (3, 12))
    state = torch.randn(network.initial_state(3).shape).tanh()
    with torch.no_grad():
        expected, expected_state = network(ids, state)

    inputs = {"ids": ids.numpy(), "state": state.numpy()}
    logits, new_state = session(float_graph(architecture, weights)).run(None, inputs)
    assert np.allclose(logits, expected.numpy(), atol=1e-5)
    assert np.allclose(new_state, expected_state.numpy(), atol=1e-5)

    step = session(int8_graph(architecture, weights))
    rows, carried = [], state.numpy()
    for t in range(ids.shape[1]):
        logits, carried = step.run(None, {"ids": ids.numpy()[:, t : t + 1], "state": carried})
        rows.append(logits)
    rounded = np.concatenate(rows, axis=1)
    # Rounding is not free, but it is small beside the spread of the logits.
    assert np.abs(rounded - expected.numpy()).mean() < 0.05 * float(expected.std())


def test_a_row_of_the_int8_graph_does_not_depend_on_the_others() -> None:
    torch.manual_seed(1)
    architecture = Architecture(30, "lstm", 12, 32, 2, residual=True)
    network = CharRNN(architecture)
    step = session(int8_graph(architecture, {name: v.numpy() for name, v in network.state_dict().items()}))
    ids = np.array([[3], [17], [29], [4], [8]])
    state = np.random.default_rng(0).uniform(-0.9, 0.9, (4, 5, 32)).astype(np.float32)
    _, together = step.run(None, {"ids": ids, "state": state})
    for row in range(5):
        _, alone = step.run(None, {"ids": ids[row : row + 1], "state": state[:, row : row + 1]})
        assert np.array_equal(alone[:, 0], together[:, row])
