"""Graphs that no exporter of ours writes are refused before ONNX Runtime sees them, each for its own reason."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from tests.models.test_artifact import assert_one_message, seal

from charrnn import onnx_cell
from charrnn.artifact import CELL, CELL_INT8, CONFIG, Artifact, read_artifact
from charrnn.config import Architecture
from charrnn.errors import ModelError
from charrnn.onnx_cell import OnnxCell
from charrnn.onnx_check import IR_VERSION, OPERATORS, OPSET, check_graph
from charrnn_training import onnx_graphs

Spoil = Callable[[ModelProto], object]
FILE = Path("/models/x/cell.onnx")


@pytest.fixture(scope="module")
def graph(tiny: Artifact) -> bytes:
    """A sound graph."""
    return (tiny.path / CELL).read_bytes()


def spoiled(graph: bytes, spoil: Spoil) -> bytes:
    model = onnx.load_from_string(graph)
    spoil(model)
    return bytes(model.SerializeToString())


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("layers", [1, 3])
def test_what_the_exporter_writes_is_accepted(cell: str, layers: int, make_model: Callable[..., Artifact]) -> None:
    artifact = make_model(cell=cell, layers=layers, residual=layers > 1)
    check_graph(FILE, artifact.open(CELL), artifact.architecture, None)
    check_graph(FILE, artifact.open(CELL_INT8), artifact.architecture, 1)


def test_the_list_is_what_the_exporter_writes(make_model: Callable[..., Artifact]) -> None:
    written: dict[str, set[str]] = {}
    for cell, residual, name in itertools.product(("rnn", "gru", "lstm"), (False, True), (CELL, CELL_INT8)):
        artifact = make_model(cell=cell, residual=residual, layers=3)
        for node in onnx.load_from_string(artifact.open(name)).graph.node:
            written.setdefault(node.op_type, set()).update(attribute.name for attribute in node.attribute)
    assert written == {name: set(attributes) for name, attributes in OPERATORS.items()}
    assert (onnx_graphs.OPSET, onnx_graphs.IR_VERSION) == (OPSET, IR_VERSION)


def make_external(model: ModelProto) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../../etc/passwd")


def make_external_by_entry(model: ModelProto) -> None:
    model.graph.initializer[0].external_data.add(key="location", value="other.bin")


def make_external_by_location(model: ModelProto) -> None:
    model.graph.initializer[0].data_location = TensorProto.EXTERNAL


def add(model: ModelProto, node: NodeProto) -> None:
    model.graph.node.insert(0, node)


def add_if(model: ModelProto) -> None:
    branch = helper.make_graph([], "branch", [], [])
    add(model, helper.make_node("If", ["c"], ["x"], then_branch=branch, else_branch=branch))


def hide_a_graph(model: ModelProto) -> None:
    attribute = helper.make_attribute("axis", 1)
    attribute.g.CopyFrom(helper.make_graph([], "hidden", [], []))
    model.graph.node[0].attribute.append(attribute)


def hide_graphs(model: ModelProto) -> None:
    model.graph.node[0].attribute.append(helper.make_attribute("graphs", [helper.make_graph([], "hidden", [], [])]))


def add_function(model: ModelProto) -> None:
    node = helper.make_node("Identity", ["a"], ["b"])
    opsets = [helper.make_opsetid("", OPSET)]
    model.functions.append(helper.make_function("local", "Mine", ["a"], ["b"], [node], opsets))


def add_domain(model: ModelProto) -> None:
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))


def use_domain(model: ModelProto) -> None:
    model.graph.node[0].domain = "com.evil"


def change_opset(model: ModelProto) -> None:
    model.opset_import[0].version = 99


def change_ir_version(model: ModelProto) -> None:
    model.ir_version = 99


def add_sparse(model: ModelProto) -> None:
    model.graph.sparse_initializer.add().dims.append(1 << 40)


def add_training(model: ModelProto) -> None:
    model.training_info.add()


def add_metadata(model: ModelProto) -> None:
    model.metadata_props.add(key="a", value="b")


def put_constant_in_a_node(model: ModelProto) -> None:
    value = numpy_helper.from_array(np.zeros(3, np.float32))
    add(model, helper.make_node("Identity", ["x"], ["y"], value=value))


def enlarge(model: ModelProto) -> None:
    model.graph.initializer[0].dims[0] = 1 << 40


def make_negative(model: ModelProto) -> None:
    model.graph.initializer[0].dims[0] = -1


def multiply_dimensions(model: ModelProto) -> None:
    model.graph.initializer[0].dims.extend([1] * 50)


def lie_about_size(model: ModelProto) -> None:
    model.graph.initializer[0].dims[0] += 1


def store_as_string(model: ModelProto) -> None:
    model.graph.initializer[0].data_type = TensorProto.STRING


def store_as_numbers(model: ModelProto) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.float_data.extend([1.0, 2.0])


def multiply_nodes(model: ModelProto) -> None:
    model.graph.node.extend([helper.make_node("Identity", ["x"], [f"x{n}"]) for n in range(3000)])


def grow_by_joining(model: ModelProto) -> None:
    add(model, helper.make_node("Concat", ["state"] * 50, ["huge"], axis=0))


def rename_input(model: ModelProto) -> None:
    model.graph.input[0].name = "tokens"


def widen_state(model: ModelProto) -> None:
    model.graph.output[1].type.tensor_type.shape.dim[2].dim_value = 1 << 40


def change_input_type(model: ModelProto) -> None:
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.STRING


def add_output(model: ModelProto) -> None:
    model.graph.output.append(model.graph.output[0])


def fix_input(model: ModelProto) -> None:
    model.graph.initializer.append(numpy_helper.from_array(np.zeros((1, 1), np.int64), "ids"))


def empty(model: ModelProto) -> None:
    model.Clear()


EXTERNAL, FLOW, FIT = "has external data", "has control flow", f"does not fit the network that {CONFIG} describes"
SPOILED: list[tuple[Spoil, str]] = [
    (make_external, EXTERNAL),
    (make_external_by_entry, EXTERNAL),
    (make_external_by_location, EXTERNAL),
    (add_if, FLOW),
    (hide_a_graph, FLOW),
    (hide_graphs, FLOW),
    (lambda m: add(m, helper.make_node("Loop", ["m", "c"], ["x"])), "uses the operator 'Loop'"),
    (lambda m: add(m, helper.make_node("RandomNormal", [], ["x"], shape=[9])), "uses the operator 'RandomNormal'"),
    (lambda m: add(m, helper.make_node("X" * 999, [], ["x"])), "uses the operator 'XXXX"),
    (lambda m: add(m, helper.make_node("Identity", ["a"], ["x"], other=1)), "the attribute 'other'"),
    (add_function, "has functions of its own"),
    (add_domain, "uses operators of the domain 'com.microsoft'"),
    (use_domain, "uses operators of the domain 'com.evil'"),
    (change_opset, "has operator set versions [99], not [17]"),
    (lambda m: m.opset_import.append(m.opset_import[0]), "has operator set versions [17, 17], not [17]"),
    (change_ir_version, "has ONNX IR version 99"),
    (add_sparse, "has sparse constants"),
    (add_training, "has training information"),
    (add_metadata, "it has field 14 in a model"),
    (put_constant_in_a_node, "has a constant inside a node"),
    (enlarge, "of absurd dimensions"),
    (make_negative, "of absurd dimensions"),
    (multiply_dimensions, "of absurd dimensions"),
    (lie_about_size, "whose size is not what its dimensions say"),
    (store_as_string, "of the unexpected type 8"),
    (store_as_numbers, "it has field 4 in a tensor"),
    (multiply_nodes, "it has too many entries 'node'"),
    (grow_by_joining, FIT),
    (rename_input, FIT),
    (widen_state, FIT),
    (change_input_type, FIT),
    (add_output, FIT),
    (fix_input, FIT),
    (empty, "it has no ir_version"),
]


@pytest.mark.parametrize(("spoil", "reason"), SPOILED)
def test_a_hostile_graph_is_refused_with_one_message(spoil: Spoil, reason: str, graph: bytes, tiny: Artifact) -> None:
    with pytest.raises(ModelError) as caught:
        check_graph(FILE, spoiled(graph, spoil), tiny.architecture, None)
    assert_one_message(caught.value, str(FILE), reason)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"PK\x03\x04" + bytes(100),
        b"\x80\x04\x95" + bytes(100),
        b"\x08\x08" * 2,  # the same number twice
        b"\x38\x01",  # a number where the graph should be
        b"\x3a\xff\xff\xff\xff\x0f",  # a length of four gigabytes
        b"\x3a\x00\x3a\x00",  # two graphs, which readers may join
        b"\xff" * 50,
    ],
)
def test_what_is_no_graph_is_refused(content: bytes, tiny: Artifact) -> None:
    with pytest.raises(ModelError) as caught:
        check_graph(FILE, content, tiny.architecture, None)
    assert_one_message(caught.value, str(FILE), "cannot be loaded")


def test_a_cut_graph_is_refused_wherever_it_is_cut(graph: bytes, tiny: Artifact) -> None:
    for end in range(0, len(graph), 97):
        with pytest.raises(ModelError):
            check_graph(FILE, graph[:end], tiny.architecture, None)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_bytes_are_accepted_or_refused_as_a_model(data: st.DataObject) -> None:
    architecture = Architecture(5, hidden=4, embedding=3, layers=1)
    shapes = {"embedding.weight": (5, 3), "output.weight": (5, 4), "output.bias": (5,)}
    shapes |= {"layers.0.weight_ih_l0": (16, 3), "layers.0.weight_hh_l0": (16, 4)}
    shapes |= {"layers.0.bias_ih_l0": (16,), "layers.0.bias_hh_l0": (16,)}
    weights = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    content = bytearray(onnx_graphs.float_graph(architecture, weights).SerializeToString())
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=5)):
        content[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ModelError):
        check_graph(FILE, bytes(content), architecture, None)


def test_a_refused_graph_never_reaches_the_runtime(
    tiny: Artifact, graph: bytes, make_model: Callable[..., Artifact], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_model(folder=tmp_path).path
    seal(path, CELL, spoiled(graph, make_external))

    def fail(*arguments: object, **options: object) -> None:
        raise AssertionError

    monkeypatch.setattr(onnx_cell.onnxruntime, "InferenceSession", fail)
    with pytest.raises(ModelError, match="external data"):
        OnnxCell(read_artifact(path), int8=False)


def test_a_graph_that_does_not_run_is_refused(
    graph: bytes, make_model: Callable[..., Artifact], tmp_path: Path
) -> None:
    path = make_model(folder=tmp_path).path

    def read_too_late(model: ModelProto) -> None:
        model.graph.node[-1].output[0] = "logits"
        model.graph.node.append(helper.make_node("Cast", ["logits"], ["more"], to=999))

    seal(path, CELL, spoiled(graph, read_too_late))
    with pytest.raises(ModelError) as caught:
        OnnxCell(read_artifact(path), int8=False)
    assert_one_message(caught.value, str(path / CELL), "cannot be loaded")


def blow_up(model: ModelProto) -> None:
    """Two constants of a few hundred kilobytes whose sum would have four thousand million numbers."""
    for name, shape in (("tall", (65536, 1)), ("wide", (1, 65536))):
        model.graph.initializer.append(numpy_helper.from_array(np.zeros(shape, np.float32), name))
    add(model, helper.make_node("Add", ["tall", "wide"], ["huge"]))


def blow_up_a_state(model: ModelProto) -> None:
    """The same from the input: a state times itself, once along the batch and once across it."""
    for number, (name, axis) in enumerate((("along", 1), ("across", 2))):
        model.graph.initializer.append(numpy_helper.from_array(np.array([axis]), f"axis{number}"))
        model.graph.node.append(helper.make_node("Unsqueeze", ["state", f"axis{number}"], [name]))
    model.graph.node.append(helper.make_node("Mul", ["along", "across"], ["huge"]))


def disconnect(model: ModelProto) -> None:
    model.graph.node[-1].input[0] = "nothing"


def mix_up(model: ModelProto) -> None:
    """The logits are the state."""
    last = next(node for node in model.graph.node if "logits" in node.output)
    last.CopyFrom(helper.make_node("Identity", ["state"], ["logits"]))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (blow_up, "absurdly many"),
        (blow_up_a_state, "absurdly many"),
        (disconnect, "has a node Identity whose inputs do not fit it"),
        (mix_up, "computes something else than logits and a new state"),
    ],
)
def test_a_graph_that_would_compute_something_absurd_is_refused(
    spoil: Spoil, reason: str, graph: bytes, tiny: Artifact
) -> None:
    with pytest.raises(ModelError) as caught:
        check_graph(FILE, spoiled(graph, spoil), tiny.architecture, None)
    assert_one_message(caught.value, str(FILE), reason)


@pytest.mark.parametrize("name", [CELL, CELL_INT8])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
def test_weights_that_are_no_numbers_are_refused(value: float, name: str, tiny: Artifact) -> None:
    def spoil(model: ModelProto) -> None:
        tensor = next(tensor for tensor in model.graph.initializer if tensor.name == "output_weight")
        weights = numpy_helper.to_array(tensor).copy()
        with np.errstate(over="ignore"):
            weights[3, 5] = value
        tensor.CopyFrom(numpy_helper.from_array(weights, tensor.name))

    content = spoiled((tiny.path / name).read_bytes(), spoil)
    with pytest.raises(ModelError) as caught:
        check_graph(FILE, content, tiny.architecture, 1 if name == CELL_INT8 else None)
    assert_one_message(
        caught.value, str(FILE), "has weights 'output_weight' that are no numbers, or are absurdly large"
    )
