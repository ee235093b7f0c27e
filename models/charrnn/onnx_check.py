"""Whether an ONNX file is one of ours, found out before ONNX Runtime sees it.

A graph from elsewhere can name files to read, load code, loop for ever or ask for terabytes. So the file is walked
here, field by field, and whatever the exporter does not write is refused: a list of what is allowed needs no list of
attacks. The reader knows as much of protobuf as that takes, and the core install needs no package `onnx`.
"""

from __future__ import annotations

import math
import struct
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from charrnn.artifact import CONFIG
from charrnn.config import Architecture
from charrnn.errors import ModelError
from charrnn.onnx_shapes import ShapeError, check_shapes

OPSET, IR_VERSION = 17, 8
# Operators and their attributes: those that `charrnn_training.onnx_graphs` writes (a test compares them).
OPERATORS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("Add", "Gather", "Gemm", "Identity", "MatMul", "MatMulInteger", "Mul"), frozenset()),
    **dict.fromkeys(("QuantizeLinear", "Sigmoid", "Squeeze", "Sub", "Tanh", "Unsqueeze"), frozenset()),
    **dict.fromkeys(("Concat", "Split"), frozenset({"axis"})),
    **dict.fromkeys(("LSTM", "RNN"), frozenset({"hidden_size"})),
    "GRU": frozenset({"hidden_size", "linear_before_reset"}),
    "Transpose": frozenset({"perm"}),
    "Cast": frozenset({"to"}),
}
MOST_ENTRIES = 2048  # of anything repeated: nodes, constants, inputs of a node
LARGEST_DIMENSION, MOST_DIMENSIONS = 65536, 3
LARGEST_WEIGHT = 1e6  # with weights up to here, nothing that a network of allowed size computes overflows
FLOAT, INT64, HALF = 1, 7, 10
ITEM_SIZES = {FLOAT: 4, 2: 1, 3: 1, INT64: 8, HALF: 2}  # element type -> bytes: float, uint8, int8, int64, float16
FLOATS = {FLOAT: "<f4", HALF: "<f2"}

# Message -> field number -> (name, type); a type with * may repeat, others of these names are messages of their own.
FIELDS: dict[str, dict[int, tuple[str, str]]] = {
    "model": {
        **{1: ("ir_version", "int"), 2: ("producer_name", "bytes"), 3: ("producer_version", "bytes")},
        **{4: ("domain", "bytes"), 5: ("model_version", "int"), 6: ("doc_string", "bytes")},
        **{7: ("graph", "graph"), 8: ("opset_import", "opset*")},
    },
    "opset": {1: ("domain", "bytes"), 2: ("version", "int")},
    "graph": {
        **{1: ("node", "node*"), 2: ("name", "bytes"), 5: ("initializer", "tensor*"), 10: ("doc_string", "bytes")},
        **{11: ("input", "value*"), 12: ("output", "value*")},
    },
    "node": {
        **{1: ("input", "bytes*"), 2: ("output", "bytes*"), 3: ("name", "bytes"), 4: ("op_type", "bytes")},
        **{5: ("attribute", "attribute*"), 6: ("doc_string", "bytes"), 7: ("domain", "bytes")},
    },
    "attribute": {1: ("name", "bytes"), 3: ("i", "int"), 8: ("ints", "int*"), 20: ("type", "int")},
    "tensor": {1: ("dims", "int*"), 2: ("data_type", "int"), 8: ("name", "bytes"), 9: ("raw_data", "bytes")},
    "value": {1: ("name", "bytes"), 2: ("type", "type"), 3: ("doc_string", "bytes")},
    "type": {1: ("tensor_type", "tensor type")},
    "tensor type": {1: ("elem_type", "int"), 2: ("shape", "shape")},
    "shape": {1: ("dim", "dimension*")},
    "dimension": {1: ("dim_value", "int"), 2: ("dim_param", "bytes")},
}
# What the best known of the other fields would do.
REFUSED = {
    ("model", 20): "has training information",
    ("model", 25): "has functions of its own",
    ("graph", 15): "has sparse constants",
    ("attribute", 5): "has a constant inside a node",
    ("attribute", 6): "has control flow: a graph inside a node",
    ("attribute", 11): "has control flow: graphs inside a node",
    ("tensor", 13): "has external data: it would read another file",
    ("tensor", 14): "has external data: it would read another file",
}

Message = dict[str, list[Any]]


class _RefusedError(Exception):
    """Why a file is refused, as the rest of a sentence that begins with its name."""


def check_graph(file: Path, content: bytes, architecture: Architecture, steps: int | None) -> None:
    """Raise `ModelError` unless `content` can be a graph of ours; `steps` is T where it is fixed."""
    try:
        model = _parse(memoryview(content), "model")
        _check_versions(model)
        graph = _only(model, "graph")
        for node in graph["node"]:
            _check_node(node)
        for tensor in graph["initializer"]:
            _check_tensor(tensor)
        _check_fit(graph, architecture, steps)
        _check_shapes(graph, architecture, steps)
    except _RefusedError as refusal:
        raise ModelError(f"{file} {refusal}. Install the model again.") from refusal


def _check_versions(model: Message) -> None:
    ir_version = _only(model, "ir_version")
    if ir_version != IR_VERSION:
        _refuse(f"has ONNX IR version {ir_version}, not {IR_VERSION}")
    for opset in model["opset_import"]:
        if domain := _text(opset, "domain"):
            _refuse(f"uses operators of the domain {domain!r}")
    versions = [_only(opset, "version") for opset in model["opset_import"]]
    if versions != [OPSET]:
        _refuse(f"has operator set versions {versions}, not [{OPSET}]")


def _check_node(node: Message) -> None:
    operator, domain = _text(node, "op_type"), _text(node, "domain")
    if domain:
        _refuse(f"uses operators of the domain {domain!r}")
    if operator not in OPERATORS:
        _refuse(f"uses the operator {operator!r}, which no model of this kind has")
    for attribute in node["attribute"]:
        name = _text(attribute, "name")
        if name not in OPERATORS[operator]:
            _refuse(f"gives the operator {operator} the attribute {name!r}, which no model of this kind does")


def _check_tensor(tensor: Message) -> None:
    dimensions, kind = tensor["dims"], _only(tensor, "data_type")
    name = _text(tensor, "name")
    if kind not in ITEM_SIZES:
        _refuse(f"has a constant {name!r} of the unexpected type {kind}")
    if len(dimensions) > MOST_DIMENSIONS or not all(0 <= size <= LARGEST_DIMENSION for size in dimensions):
        _refuse(f"has a constant {name!r} of absurd dimensions")
    data = _only(tensor, "raw_data", b"")
    if math.prod(dimensions) * ITEM_SIZES[kind] != len(data):
        _refuse(f"has a constant {name!r} whose size is not what its dimensions say")
    # The comparison is false for what is no number.
    if kind in FLOATS and not (np.abs(np.frombuffer(data, FLOATS[kind]).astype(np.float32)) <= LARGEST_WEIGHT).all():
        _refuse(f"has weights {name!r} that are no numbers, or are absurdly large")


def _check_fit(graph: Message, a: Architecture, steps: int | None) -> None:
    """Refuse a graph of another network, or one whose state would grow."""
    state = ("state", FLOAT, [a.state_rows, None, a.hidden])
    inputs = [("ids", INT64, [None, steps]), state]
    outputs = [("logits", FLOAT, [None, steps, a.vocabulary]), ("new_state", *state[1:])]
    joined = [len(node["input"]) for node in graph["node"] if _text(node, "op_type") == "Concat"]
    constants = {_text(tensor, "name") for tensor in graph["initializer"]}
    if (
        [_end(value) for value in graph["input"]] != inputs
        or [_end(value) for value in graph["output"]] != outputs
        or joined != [a.state_rows]
        or constants & {"ids", "state"}
    ):
        _refuse(f"does not fit the network that {CONFIG} describes")


def _check_shapes(graph: Message, architecture: Architecture, steps: int | None) -> None:
    names = [_name(tensor["name"]) for tensor in graph["initializer"]]
    constants = {name: tuple(tensor["dims"]) for name, tensor in zip(names, graph["initializer"], strict=True)}
    ints = {
        name: struct.unpack(f"<{tensor['dims'][0]}q", _only(tensor, "raw_data"))
        for name, tensor in zip(names, graph["initializer"], strict=True)
        if _only(tensor, "data_type") == INT64 and len(tensor["dims"]) == 1
    }
    nodes = [
        (
            _text(node, "op_type"),
            [_name([name]) for name in node["input"]],
            [_name([name]) for name in node["output"]],
            {
                _text(attribute, "name"): attribute["ints"] or _only(attribute, "i", 0)
                for attribute in node["attribute"]
            },
        )
        for node in graph["node"]
    ]
    try:
        check_shapes(nodes, constants, ints, architecture, steps)
    except ShapeError as error:
        _refuse(str(error))


def _name(value: list[Any]) -> str:
    """The whole name of something, as other fields refer to it."""
    return bytes(value[0]).decode("utf-8", "replace") if value else ""


def _end(value: Message) -> tuple[str, int, list[int | None]]:
    """Name, element type and shape of an input or output; `None` is any number."""
    kind = _only(_only(value, "type"), "tensor_type")
    sizes = [dimension["dim_value"] or [None] for dimension in _only(kind, "shape")["dim"]]
    return _text(value, "name"), _only(kind, "elem_type"), [size for (size,) in sizes]


def _only(message: Message, name: str, default: Any = None) -> Any:
    values = message[name] or [default]
    if values[0] is None:
        _refuse(f"cannot be loaded: it has no {name}")
    return values[0]


def _text(message: Message, name: str) -> str:
    """A string as it may stand in a message: short, whatever it is."""
    return bytes(_only(message, name, b"")[:40]).decode("utf-8", "replace")


def _parse(data: memoryview, kind: str) -> Message:
    """The fields of a message by name. Nesting ends, as no message of `FIELDS` contains itself."""
    message: Message = defaultdict(list)
    for number, value in _fields(data):
        if number not in FIELDS[kind]:
            _refuse(REFUSED.get((kind, number), f"cannot be loaded: it has field {number} in a {kind}"))
        name, type_ = FIELDS[kind][number]
        values = message[name]
        values += _values(value, type_.removesuffix("*"))
        # Of what may stand once, one reader takes the first, another the last, a third joins them.
        if len(values) > (MOST_ENTRIES if type_.endswith("*") else 1):
            _refuse(f"cannot be loaded: it has too many entries {name!r} in a {kind}")
    return message


def _values(value: int | memoryview, type_: str) -> list[Any]:
    """A field's value as its type wants it; numbers may come packed, several in one field."""
    if type_ == "int":
        return [_signed(number) for number in ([value] if isinstance(value, int) else _varints(value))]
    if isinstance(value, int):
        _refuse("cannot be loaded: it has a number where something else should be")
    return [value if type_ == "bytes" else _parse(value, type_)]


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Numbers and raw values of the fields of a message."""
    place = 0
    while place < len(data):
        tag, place = _varint(data, place)
        value, place = _varint(data, place)
        match tag & 7:
            case 0:
                yield tag >> 3, value
            case 2 if place + value <= len(data):
                yield tag >> 3, data[place : place + value]
                place += value
            case _:
                _refuse("cannot be loaded: it is not an ONNX model, or is cut")


def _varints(data: memoryview) -> Iterator[int]:
    place = 0
    while place < len(data):
        value, place = _varint(data, place)
        yield value


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    """The number at `place`, and where it ends."""
    value = 0
    for shift, byte in enumerate(data[place : place + 10]):
        value |= (byte & 0x7F) << 7 * shift
        if byte < 0x80 and value < 1 << 64:
            return value, place + shift + 1
    raise _RefusedError("cannot be loaded: it is not an ONNX model, or is cut")


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def _refuse(reason: str) -> NoReturn:
    raise _RefusedError(reason)
