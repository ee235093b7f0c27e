from __future__ import annotations

import resource

import pytest
import torch
from torch import Tensor, nn

from charrnn_training.fast_lstm import FastLSTM, fast_dtype

TOLERANCE = {torch.float32: 1e-5, torch.bfloat16: 2e-2}


def run(layer: nn.Module, x: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, list[Tensor]]:
    """Outputs, and the gradients of inputs, states and parameters, of a loss that depends on everything."""
    x = x.clone().requires_grad_()
    h, c = (part.clone().requires_grad_() for part in state)
    y, (h_n, c_n) = layer(x, (h, c))
    weight = torch.linspace(-1, 1, y.shape[-1])
    ((y.float() * weight).sin().sum() + (h_n * weight).sum() + c_n.square().sum()).backward()
    parameters = dict(layer.named_parameters())
    leaves = [x, h, c, *(parameters[name] for name in sorted(parameters))]
    gradients = [leaf.grad.clone() for leaf in leaves if leaf.grad is not None]
    layer.zero_grad()
    return y.detach().float(), gradients


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(("steps", "batch", "inputs", "hidden"), [(1, 1, 3, 8), (9, 5, 16, 24), (32, 4, 64, 64)])
def test_outputs_and_gradients_are_those_of_torch(
    dtype: torch.dtype, steps: int, batch: int, inputs: int, hidden: int
) -> None:
    torch.manual_seed(0)
    layer = nn.LSTM(inputs, hidden)
    x = torch.randn(steps, batch, inputs)
    state = (torch.randn(1, batch, hidden).tanh(), torch.randn(1, batch, hidden))
    expected, expected_gradients = run(layer, x, state)
    got, gradients = run(FastLSTM(layer, dtype), x, state)
    assert torch.allclose(got, expected, atol=TOLERANCE[dtype])
    assert len(gradients) == len(expected_gradients) == 7
    for gradient, reference in zip(gradients, expected_gradients, strict=True):
        assert (gradient - reference).norm() <= TOLERANCE[dtype] * reference.norm()


def test_parameters_are_shared_under_the_same_names() -> None:
    layer = nn.LSTM(4, 8)
    fast = FastLSTM(layer)
    assert {name: id(p) for name, p in fast.named_parameters()} == {name: id(p) for name, p in layer.named_parameters()}


def test_memory_stays_flat_over_a_thousand_steps() -> None:
    layer = FastLSTM(nn.LSTM(32, 64), fast_dtype())
    x = torch.randn(16, 16, 32)
    state = (torch.zeros(1, 16, 64), torch.zeros(1, 16, 64))

    def train(count: int) -> int:
        nonlocal state
        for _ in range(count):
            y, new = layer(x, state)
            y.float().square().mean().backward()
            state = (new[0].detach(), new[1].detach())
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    before = train(100)
    assert train(1000) - before < 20_000  # kilobytes; one step's buffers are about 1,000
