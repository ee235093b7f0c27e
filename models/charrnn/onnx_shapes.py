"""The shapes that a graph of ours computes, found out before it runs: none may be larger than the network's own.

Two small constants can broadcast to terabytes, so what bounds a file does not bound what it computes. The shapes are
followed node by node for one size of batch and one number of steps, with the rules of the few operators that
`onnx_check` allows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from charrnn.config import Architecture

BATCH, STEPS = 61, 7  # of what is followed; no size of a network, so that a mix-up shows
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}

Shape = tuple[int, ...]
Ints = Mapping[str, Sequence[int]]  # the values of constants that are lists of sizes or axes


class ShapeError(Exception):
    """Shapes that do not fit together, or one that is absurd; the message is the rest of a sentence."""


def check_shapes(
    nodes: Sequence[tuple[str, Sequence[str], Sequence[str], Mapping[str, Any]]],
    constants: Mapping[str, Shape],
    ints: Ints,
    architecture: Architecture,
    steps: int | None,
) -> None:
    """Raise `ShapeError` unless nodes (operator, inputs, outputs, attributes) compute a step of `architecture`."""
    a, length = architecture, steps or STEPS
    shapes: dict[str, Shape] = {"": (), **constants, "ids": (BATCH, length), "state": (a.state_rows, BATCH, a.hidden)}
    widest = max(a.vocabulary, a.embedding, 4 * a.hidden, a.state_rows * a.hidden)
    for operator, inputs, outputs, attributes in nodes:
        try:
            results = _RULES[operator]([shapes[name] for name in inputs], inputs, attributes, ints)
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise ShapeError(f"has a node {operator} whose inputs do not fit it") from error
        for name, shape in zip(outputs, results, strict=False):
            widened = operator == "Cast" and inputs[0] in constants  # as large as what the file has
            if math.prod(shape) > BATCH * length * widest and not widened:
                raise ShapeError(f"computes {math.prod(shape):,} numbers at once with a node {operator}: absurdly many")
            shapes[name] = shape
    if shapes.get("logits") != (BATCH, length, a.vocabulary) or shapes.get("new_state") != shapes["state"]:
        raise ShapeError("computes something else than logits and a new state")


def _same(shapes: list[Shape], *_: Any) -> list[Shape]:
    return [shapes[0]]


def _broadcast(shapes: list[Shape], *_: Any) -> list[Shape]:
    first, second = shapes
    rank = max(len(first), len(second))
    pairs = zip((1,) * (rank - len(first)) + first, (1,) * (rank - len(second)) + second, strict=True)
    return [tuple(_common(*pair) for pair in pairs)]


def _common(first: int, second: int) -> int:
    if first != second and 1 not in (first, second):
        raise ValueError
    return second if first == 1 else first


def _gather(shapes: list[Shape], *_: Any) -> list[Shape]:
    table, places = shapes
    return [places + table[1:]]


def _product(shapes: list[Shape], *_: Any) -> list[Shape]:
    """[..., K] by [K, N]; a zero point or a bias may follow."""
    rows, (inner, columns) = shapes[:2]
    if rows[-1] != inner:
        raise ValueError
    return [(*rows[:-1], columns)]


def _transpose(shapes: list[Shape], _: Any, attributes: Mapping[str, Any], __: Ints) -> list[Shape]:
    if sorted(attributes["perm"]) != list(range(len(shapes[0]))):
        raise ValueError
    return [tuple(shapes[0][axis] for axis in attributes["perm"])]


def _concat(shapes: list[Shape], _: Any, attributes: Mapping[str, Any], __: Ints) -> list[Shape]:
    axis = attributes["axis"]
    rest = {shape[:axis] + shape[axis + 1 :] for shape in shapes}
    if len(rest) != 1:
        raise ValueError
    return [(*shapes[0][:axis], sum(shape[axis] for shape in shapes), *shapes[0][axis + 1 :])]


def _split(shapes: list[Shape], inputs: Sequence[str], attributes: Mapping[str, Any], ints: Ints) -> list[Shape]:
    axis, sizes, shape = attributes["axis"], ints[inputs[1]], shapes[0]
    if min(sizes) < 0 or sum(sizes) != shape[axis]:
        raise ValueError
    return [(*shape[:axis], size, *shape[axis + 1 :]) for size in sizes]


def _squeeze(shapes: list[Shape], inputs: Sequence[str], _: Any, ints: Ints) -> list[Shape]:
    (axis,) = ints[inputs[1]]
    if axis < 0 or shapes[0][axis] != 1:
        raise ValueError
    return [shapes[0][:axis] + shapes[0][axis + 1 :]]


def _unsqueeze(shapes: list[Shape], inputs: Sequence[str], _: Any, ints: Ints) -> list[Shape]:
    (axis,) = ints[inputs[1]]
    if not 0 <= axis <= len(shapes[0]):
        raise ValueError
    return [(*shapes[0][:axis], 1, *shapes[0][axis:])]


def _recurrent(operator: str) -> Callable[..., list[Shape]]:
    def rule(shapes: list[Shape], _: Any, attributes: Mapping[str, Any], __: Ints) -> list[Shape]:
        (length, batch, width), inputs, recurrent, biases, _, *states = shapes
        hidden, gates = attributes["hidden_size"], GATES[operator]
        wanted = [(1, gates * hidden, width), (1, gates * hidden, hidden), (1, 2 * gates * hidden)]
        if [inputs, recurrent, biases] != wanted or states != [(1, batch, hidden)] * (2 if operator == "LSTM" else 1):
            raise ValueError
        return [(length, 1, batch, hidden), *states]

    return rule


_RULES: dict[str, Callable[..., list[Shape]]] = {
    **dict.fromkeys(("Cast", "Identity", "QuantizeLinear", "Sigmoid", "Tanh"), _same),
    **dict.fromkeys(("Add", "Mul", "Sub"), _broadcast),
    **dict.fromkeys(("Gemm", "MatMul", "MatMulInteger"), _product),
    **{operator: _recurrent(operator) for operator in GATES},
    **{"Concat": _concat, "Gather": _gather, "Split": _split},
    **{"Squeeze": _squeeze, "Transpose": _transpose, "Unsqueeze": _unsqueeze},
}
