from __future__ import annotations

import pytest
import torch
from torch import nn

from charrnn.config import Architecture
from charrnn.network import CharRNN
from charrnn_training.optimizers import Muon, clip_gradients, make_optimizers, orthogonalise


@pytest.mark.parametrize("size", [(8, 8), (32, 8), (8, 32)])
def test_an_orthogonalised_matrix_has_singular_values_near_one_and_the_same_directions(size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    matrix = torch.randn(size)
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    result = orthogonalise(matrix[None])[0]
    values = torch.linalg.svdvals(result)
    assert ((values > 0.5) & (values < 1.5)).all()
    inner = (u.t() @ result @ v.t()).diagonal()
    assert (inner > 0.5).all()


def test_each_gate_is_moved_by_itself() -> None:
    torch.manual_seed(0)
    weights = nn.Parameter(torch.zeros(32, 8))
    gradient = torch.randn(32, 8)
    weights.grad = gradient.clone()
    Muon([weights], rows=8, lr=1.0).step()
    alone = nn.Parameter(torch.zeros(8, 8))
    alone.grad = gradient[8:16].clone()
    Muon([alone], rows=8, lr=1.0).step()
    assert torch.allclose(weights[8:16], alone, atol=1e-2)


@pytest.mark.parametrize("name", ["adamw", "muon"])
def test_every_weight_is_moved(name: str) -> None:
    network = CharRNN(Architecture(10, "lstm", 4, 8, 2))
    before = {key: value.clone() for key, value in network.named_parameters()}
    logits, _ = network(torch.randint(0, 10, (3, 6)), network.initial_state(3))
    logits.square().sum().backward()
    for optimizer in make_optimizers(network, name, 1e-2, 0.0):
        optimizer.step()
    unmoved = [key for key, value in network.named_parameters() if torch.equal(value, before[key])]
    assert unmoved == []


def gradients(*values: float) -> list[nn.Parameter]:
    found = []
    for value in values:
        parameter = nn.Parameter(torch.zeros(2, 2))
        parameter.grad = torch.full((2, 2), value)
        found.append(parameter)
    return found


@pytest.mark.parametrize("limit", [0.5, 100.0])
def test_scaled_gradients_are_clipped_as_plain_ones_are(limit: float) -> None:
    plain, scaled = gradients(1.0, -3.0), gradients(1024.0, -3072.0)
    clip_gradients(plain, limit)
    clip_gradients(scaled, limit, scale=1024.0)
    for one, other in zip(plain, scaled, strict=True):
        assert one.grad is not None
        assert other.grad is not None
        assert torch.allclose(one.grad, other.grad, rtol=1e-4)


def test_gradients_that_overflowed_move_nothing() -> None:
    parameters = gradients(1.0, float("inf"))
    clip_gradients(parameters, 1.0, scale=1024.0)
    assert all((parameter.grad == 0).all() for parameter in parameters if parameter.grad is not None)
