"""The fast LSTM and GRU layers: the outputs and gradients of PyTorch's own, in flat memory."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from charrnn_training import fast_matmul
from charrnn_training.fast_gru import FastGRU
from charrnn_training.fast_lstm import FastLSTM
from charrnn_training.fast_matmul import Projection, Workspace, bias_gradient, fast_dtype, weight_gradient

TOLERANCE = {torch.float32: 1e-5, torch.bfloat16: 2e-2}
PAIRS: list[tuple[Any, Any]] = [(nn.LSTM, FastLSTM), (nn.GRU, FastGRU)]
pairs = pytest.mark.parametrize(("plain", "fast"), PAIRS, ids=["lstm", "gru"])


@pytest.fixture(params=[False, True], ids=["blas", "onednn"])
def onednn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Both ways to multiply float32, whichever is faster here."""
    if request.param and not hasattr(torch.ops.mkldnn, "_linear_pointwise"):
        pytest.skip("this PyTorch has no oneDNN")
    monkeypatch.setattr(fast_matmul, "onednn_is_faster", lambda: request.param)
    return bool(request.param)


def parts(state: Any) -> tuple[Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


def initial(layer: nn.Module, batch: int, make: Callable[..., Tensor] = torch.zeros) -> Any:
    shape = (1, batch, layer.hidden_size)
    return (make(*shape).tanh(), make(*shape)) if isinstance(layer, nn.LSTM | FastLSTM) else make(*shape).tanh()


def run(layer: nn.Module, x: Tensor, state: Any) -> tuple[Tensor, list[Tensor]]:
    """Outputs, and the gradients of inputs, states and parameters, of a loss that depends on everything."""
    x = x.clone().requires_grad_()
    leaves = tuple(part.clone().requires_grad_() for part in parts(state))
    y, new = layer(x, leaves if isinstance(state, tuple) else leaves[0])
    weight = torch.linspace(-1, 1, y.shape[-1])
    ends = sum(((part * weight).sum() + part.square().sum() for part in parts(new)), torch.zeros(()))
    ((y.float() * weight).sin().sum() + ends).backward()
    parameters = dict(layer.named_parameters())
    wanted = [x, *leaves, *(parameters[name] for name in sorted(parameters))]
    gradients = [leaf.grad.clone() for leaf in wanted if leaf.grad is not None]
    assert len(gradients) == len(wanted)
    layer.zero_grad()
    return y.detach().float(), gradients


@pairs
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(("steps", "batch", "inputs", "hidden"), [(1, 1, 3, 8), (9, 5, 16, 24), (40, 32, 64, 64)])
@pytest.mark.usefixtures("onednn")
def test_outputs_and_gradients_are_those_of_torch(
    plain: Any, fast: Any, dtype: torch.dtype, steps: int, batch: int, inputs: int, hidden: int
) -> None:
    torch.manual_seed(0)
    layer = plain(inputs, hidden)
    x = torch.randn(steps, batch, inputs)
    state = initial(layer, batch, torch.randn)
    expected, expected_gradients = run(layer, x, state)
    ours = fast(layer, dtype)
    for _ in range(2):  # the second time, buffers are used again
        got, gradients = run(ours, x, state)
        assert torch.allclose(got, expected, atol=TOLERANCE[dtype])
        for gradient, reference in zip(gradients, expected_gradients, strict=True):
            assert gradient.dtype == reference.dtype
            assert (gradient - reference).norm() <= TOLERANCE[dtype] * reference.norm()


@pairs
def test_parameters_are_shared_under_the_same_names(plain: Any, fast: Any) -> None:
    layer = plain(4, 8)
    ours = fast(layer)
    assert {name: id(p) for name, p in ours.named_parameters()} == {name: id(p) for name, p in layer.named_parameters()}


@pairs
def test_the_gradient_that_comes_in_is_left_alone(plain: Any, fast: Any) -> None:
    """In float32 a conversion is no copy: an addition in place once changed what the layer above still used."""
    layer = fast(plain(4, 8), torch.float32)
    x = torch.randn(3, 2, 4)
    y, _ = layer(x, initial(layer, 2))
    y.backward(torch.ones(()).expand_as(y))  # memory that is shared: writing to it is an error
    given = torch.ones(3, 2, 8)
    y, _ = layer(x, initial(layer, 2))
    y.backward(given)
    assert (given == 1).all()


@pairs
def test_two_passes_under_way_do_not_disturb_each_other(plain: Any, fast: Any) -> None:
    torch.manual_seed(0)
    layer = fast(plain(4, 8), torch.float32)
    xs = [torch.randn(5, 3, 4) for _ in range(2)]

    def gradient_of(*losses: Tensor) -> Tensor:
        layer.zero_grad()
        for loss in losses:
            loss.backward()
        return layer.weight_hh_l0.grad.clone()

    def loss(x: Tensor) -> Tensor:
        return layer(x, initial(layer, 3))[0].square().sum()  # type: ignore[no-any-return]

    apart = gradient_of(loss(xs[0])) + gradient_of(loss(xs[1]))
    together = gradient_of(*[loss(x) for x in xs])
    assert torch.allclose(together, apart, atol=1e-5)


@pairs
def test_dropped_weights_are_dropped_in_training_only(plain: Any, fast: Any) -> None:
    torch.manual_seed(0)
    reference = plain(4, 8)
    layer = fast(reference, torch.float32, weight_drop=0.5)
    x = torch.randn(5, 3, 4)
    expected, _ = reference(x, initial(reference, 3))
    layer.eval()
    assert torch.allclose(layer(x, initial(layer, 3))[0], expected, atol=1e-5)
    layer.train()
    assert not torch.allclose(layer(x, initial(layer, 3))[0], expected, atol=1e-3)


def resident_kilobytes() -> int:
    gc.collect()
    status = Path("/proc/self/status")
    if not status.exists():
        pytest.skip("resident memory is read from /proc")
    lines = status.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@pairs
def test_memory_stays_flat_over_a_thousand_steps(plain: Any, fast: Any) -> None:
    layer = fast(plain(32, 32), fast_dtype())
    x = torch.randn(4, 128, 32)
    state = initial(layer, 128)

    def train(count: int) -> int:
        nonlocal state
        for _ in range(count):
            y, new = layer(x, state)
            y.float().square().mean().backward()
            state = tuple(part.detach() for part in new) if isinstance(new, tuple) else new.detach()
        return resident_kilobytes()

    before = train(100)
    assert train(1000) - before < 20_000  # one step's buffers are about 500: a leak would be 500,000


@pytest.mark.usefixtures("onednn")
def test_products_are_what_they_say() -> None:
    torch.manual_seed(0)
    x, weight, bias, dy = torch.randn(2050, 24), torch.randn(16, 24), torch.randn(16), torch.randn(2050, 16)
    projection = Projection(weight, len(x))
    assert torch.allclose(projection.into(torch.empty(2050, 16), x, bias), x @ weight.t() + bias, atol=1e-4)
    assert torch.allclose(projection.add(dy, x, out=torch.empty_like(dy)), dy + x @ weight.t(), atol=1e-4)
    assert torch.allclose(weight_gradient(dy, x), dy.t() @ x, atol=1e-3)
    assert torch.allclose(bias_gradient(dy), dy.sum(0), atol=1e-3)


def test_a_workspace_gives_a_buffer_once_and_only_in_its_shape() -> None:
    space = Workspace()
    first = space.take("a", (2, 3), torch.bfloat16)
    assert first.shape == (2, 3)
    assert first.dtype == torch.bfloat16
    space.give(a=first)
    again, other = space.take("a", (2, 3), torch.bfloat16), space.take("a", (2, 3), torch.bfloat16)
    assert again.data_ptr() == first.data_ptr() != other.data_ptr()
    space.give(a=again)
    assert space.take("a", (3, 3), torch.bfloat16).data_ptr() != first.data_ptr()
