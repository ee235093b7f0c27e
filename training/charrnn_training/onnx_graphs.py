"""A network as ONNX graphs, built node by node from its weights.

`float_graph` uses ONNX's own RNN, GRU and LSTM operators: ids [B, T], B and T free.
`int8_graph` is one step, ids [B, 1], with int8 matrices. ONNX Runtime's own dynamic quantisation finds a scale for the
activations at run time, over the whole batch: then what one stream gets depends on its neighbours and on how many
characters are read at a time. Here the activations are hidden states, whose range is known beforehand, so the scale is
fixed, results do not depend on the batch, and a step costs no more (2x512, one core: 0.065 ms against 0.073 ms).
The input projection of the first layer is a table: one row for each character.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, checker, helper, numpy_helper

from charrnn.config import Architecture

Array = npt.NDArray[np.float32]
Weights = Mapping[str, Array]  # by PyTorch's names

OPSET, IR_VERSION = 17, 8
# Activations are uint8 around 128, weights -63..63: products of two pairs then fit the int16 sums of CPUs that have no
# VNNI instructions, on which a full range would silently saturate.
ZERO_POINT, ACTIVATION_LEVELS, WEIGHT_LEVELS = 128, 127, 63
# PyTorch's gate order -> ONNX's.
_ORDER = {"rnn": (0,), "gru": (1, 0, 2), "lstm": (0, 3, 1, 2)}


class _Graph:
    """Nodes and constants under construction. Methods return the name of what they add."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, npt.NDArray[np.generic]] = {}

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        self.constants[name] = value
        return name

    def half(self, name: str, value: npt.NDArray[np.float32]) -> str:
        """A constant that is stored in float16, which holds a model's weights exactly; ONNX Runtime widens it once."""
        return self.node("Cast", self.constant(name, value.astype(np.float16)), to=TensorProto.FLOAT)

    def ints(self, *values: int) -> str:
        return self.constant("ints_" + "_".join(map(str, values)), np.array(values, np.int64))

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        return self.nodes_out(operator, *inputs, outputs=1, **attributes)[0]

    def nodes_out(self, operator: str, *inputs: str, outputs: int, **attributes: Any) -> list[str]:
        names = [f"{operator.lower()}_{len(self.nodes)}_{n}" for n in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, **attributes))
        return names

    def name_output(self, name: str, final: str) -> None:
        self.nodes.append(helper.make_node("Identity", [name], [final]))

    def model(self, architecture: Architecture, steps: str | int) -> ModelProto:
        state: list[str | int | None] = [architecture.state_rows, "B", architecture.hidden]
        logits: list[str | int | None] = ["B", steps, architecture.vocabulary]
        graph = helper.make_graph(
            self.nodes,
            "cell",
            [
                helper.make_tensor_value_info("ids", TensorProto.INT64, ["B", steps]),
                helper.make_tensor_value_info("state", TensorProto.FLOAT, state),
            ],
            [
                helper.make_tensor_value_info("logits", TensorProto.FLOAT, logits),
                helper.make_tensor_value_info("new_state", TensorProto.FLOAT, state),
            ],
            [numpy_helper.from_array(value, name) for name, value in self.constants.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        checker.check_model(model, full_check=True)
        return model


def float_graph(architecture: Architecture, weights: Weights) -> ModelProto:
    """The network in float32: ids [B, T], state [S, B, H] -> logits [B, T, V], new_state [S, B, H]."""
    a = architecture
    g = _Graph()
    ids = g.node("Transpose", "ids", perm=[1, 0])
    table = weights["embedding.weight"] if a.embedding else np.eye(a.vocabulary, dtype=np.float32)
    x = g.node("Gather", g.half("embedding", table), ids)  # [T, B, E]
    rows = _state_rows(g, a)
    new_rows: list[str] = []
    for n in range(a.layers):
        y, new = _float_layer(g, a, weights, n, x, rows)
        new_rows += new
        x = g.node("Add", x, y) if a.residual and n > 0 else y
    g.name_output(g.node("Concat", *new_rows, axis=0), "new_state")
    product = g.node("MatMul", x, g.half("output_weight", weights["output.weight"].T.copy()))
    logits = g.node("Add", product, g.half("output_bias", weights["output.bias"]))
    g.name_output(g.node("Transpose", logits, perm=[1, 0, 2]), "logits")
    return g.model(a, "T")


def _state_rows(g: _Graph, a: Architecture) -> list[str]:
    """The rows of the state, each [1, B, H]."""
    if a.state_rows == 1:
        return ["state"]
    return g.nodes_out("Split", "state", g.ints(*[1] * a.state_rows), outputs=a.state_rows, axis=0)


def _float_layer(
    g: _Graph, a: Architecture, weights: Weights, n: int, x: str, rows: list[str]
) -> tuple[str, list[str]]:
    def reordered(name: str) -> Array:
        blocks = np.split(weights[f"layers.{n}.{name}"], len(_ORDER[a.cell]))
        return np.concatenate([blocks[gate] for gate in _ORDER[a.cell]])[None]

    inputs = [
        x,
        g.half(f"w{n}", reordered("weight_ih_l0")),
        g.half(f"r{n}", reordered("weight_hh_l0")),
        g.half(f"b{n}", np.concatenate([reordered("bias_ih_l0"), reordered("bias_hh_l0")], axis=1)),
        "",
    ]
    if a.cell == "lstm":
        inputs += rows[2 * n : 2 * n + 2]
        y, *new = g.nodes_out("LSTM", *inputs, outputs=3, hidden_size=a.hidden)
    else:
        inputs.append(rows[n])
        # PyTorch's GRU applies the reset gate after the recurrent product.
        extra = {"linear_before_reset": 1} if a.cell == "gru" else {}
        y, *new = g.nodes_out(a.cell.upper(), *inputs, outputs=2, hidden_size=a.hidden, **extra)
    return g.node("Squeeze", y, g.ints(1)), new  # the axis of directions


def int8_graph(architecture: Architecture, weights: Weights) -> ModelProto:
    """One step with int8 matrices: ids [B, 1], state [S, B, H] -> logits [B, 1, V], new_state [S, B, H]."""
    a = architecture
    g = _Graph()
    g.constant("activation_scale", np.array(1 / ACTIVATION_LEVELS, np.float32))
    g.constant("zero_point", np.array(ZERO_POINT, np.uint8))
    ids = g.node("Squeeze", "ids", g.ints(1))
    rows = [g.node("Squeeze", row, g.ints(0)) for row in _state_rows(g, a)]
    new_rows: list[str] = []
    x, bound = "", 1.0  # activations lie in (-bound, bound)
    for n in range(a.layers):
        if n == 0:
            w = weights["layers.0.weight_ih_l0"].T
            table = weights["embedding.weight"] @ w if a.embedding else w
            projected = g.node("Gather", g.constant("table", table + weights["layers.0.bias_ih_l0"]), ids)
        else:
            scaled = x if bound == 1 else g.node("Mul", x, g.constant(f"bound{n}", np.array(1 / bound, np.float32)))
            w = weights[f"layers.{n}.weight_ih_l0"] * np.float32(bound)
            product = _int8_product(g, scaled, w, f"w{n}")
            projected = g.node("Add", product, g.constant(f"bias{n}", weights[f"layers.{n}.bias_ih_l0"]))
        y, new = _int8_layer(g, a, weights, n, projected, rows)
        new_rows += [g.node("Unsqueeze", row, g.ints(0)) for row in new]
        if a.residual and n > 0:
            x, bound = g.node("Add", x, y), bound + 1
        else:
            x, bound = y, 1.0
    g.name_output(g.node("Concat", *new_rows, axis=0), "new_state")
    output = g.constant("output_weight", weights["output.weight"].T.copy())
    logits = g.node("Gemm", x, output, g.constant("output_bias", weights["output.bias"]))
    g.name_output(g.node("Unsqueeze", logits, g.ints(1)), "logits")
    return g.model(a, 1)


def _int8_product(g: _Graph, x: str, matrix: Array, name: str) -> str:
    """X [B, I] in (-1, 1) times the transpose of matrix [N, I], rounded to int8 with one scale a row."""
    scale = np.maximum(np.abs(matrix).max(axis=1), 1e-12) / WEIGHT_LEVELS
    quantised = np.rint(matrix / scale[:, None]).astype(np.int8).T.copy()
    activation = g.node("QuantizeLinear", x, "activation_scale", "zero_point")
    product = g.node("MatMulInteger", activation, g.constant(name, quantised), "zero_point")
    factors = g.constant(f"{name}_scale", (scale / ACTIVATION_LEVELS).astype(np.float32))
    return g.node("Mul", g.node("Cast", product, to=TensorProto.FLOAT), factors)


def _int8_layer(
    g: _Graph, a: Architecture, weights: Weights, n: int, projected: str, rows: list[str]
) -> tuple[str, list[str]]:
    """One layer from its projected input [B, G*H]: its output [B, H] and its new rows of the state."""
    hidden = rows[2 * n] if a.cell == "lstm" else rows[n]
    product = _int8_product(g, hidden, weights[f"layers.{n}.weight_hh_l0"], f"r{n}")
    recurrent = g.node("Add", product, g.constant(f"recurrent_bias{n}", weights[f"layers.{n}.bias_hh_l0"]))
    match a.cell:
        case "rnn":
            h = g.node("Tanh", g.node("Add", projected, recurrent))
            return h, [h]
        case "gru":
            h = _gru(g, a.hidden, projected, recurrent, hidden)
            return h, [h]
        case _:
            return _lstm(g, a.hidden, g.node("Add", projected, recurrent), rows[2 * n + 1])


def _lstm(g: _Graph, hidden: int, gates: str, c: str) -> tuple[str, list[str]]:
    i, f, candidate, o = g.nodes_out("Split", gates, g.ints(*[hidden] * 4), outputs=4, axis=1)
    kept = g.node("Mul", g.node("Sigmoid", f), c)
    added = g.node("Mul", g.node("Sigmoid", i), g.node("Tanh", candidate))
    c = g.node("Add", kept, added)
    h = g.node("Mul", g.node("Sigmoid", o), g.node("Tanh", c))
    return h, [h, c]


def _gru(g: _Graph, hidden: int, projected: str, recurrent: str, h: str) -> str:
    sizes = g.ints(2 * hidden, hidden)
    inputs_rz, inputs_n = g.nodes_out("Split", projected, sizes, outputs=2, axis=1)
    recurrent_rz, recurrent_n = g.nodes_out("Split", recurrent, sizes, outputs=2, axis=1)
    rz = g.node("Sigmoid", g.node("Add", inputs_rz, recurrent_rz))
    r, z = g.nodes_out("Split", rz, g.ints(hidden, hidden), outputs=2, axis=1)
    candidate = g.node("Tanh", g.node("Add", inputs_n, g.node("Mul", r, recurrent_n)))
    # (1 - z) * n + z * h, with one product less.
    return g.node("Add", candidate, g.node("Mul", z, g.node("Sub", h, candidate)))
