from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from charrnn.config import Architecture
from charrnn.network import CharRNN
from charrnn_training.fast_gru import FastGRU
from charrnn_training.fast_lstm import FastLSTM
from charrnn_training.layers import (
    NARROWEST_GRU,
    NARROWEST_LSTM,
    LockedDropout,
    WeightDropped,
    persistent_obstacles,
    prepare_layers,
)

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("cell", "hidden", "kind"),
    [
        ("lstm", NARROWEST_LSTM, FastLSTM),
        ("lstm", NARROWEST_LSTM - 1, nn.LSTM),
        ("gru", NARROWEST_GRU, FastGRU),
        ("gru", NARROWEST_GRU - 1, nn.GRU),
        ("rnn", 256, nn.RNN),
    ],
)
def test_layers_on_the_cpu_become_fast_ones_where_they_are_faster(cell: Any, hidden: int, kind: type) -> None:
    network = CharRNN(Architecture(20, cell, 4, hidden, 2))
    names = list(network.state_dict())
    prepare_layers(network, CPU)
    assert all(type(layer) is kind for layer in network.layers)
    assert list(network.state_dict()) == names


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_weights_are_dropped_in_training_only(kind: Any) -> None:
    torch.manual_seed(0)
    reference = kind(4, 8)
    layer = WeightDropped(reference, 0.5)
    x, h = torch.randn(5, 3, 4), torch.zeros(1, 3, 8)
    state = (h, h) if kind is nn.LSTM else h
    expected, _ = reference(x, state)
    layer.eval()
    got, new = layer(x, state)
    assert torch.allclose(got, expected)
    assert isinstance(new, tuple) == (kind is nn.LSTM)
    layer.train()
    assert not torch.allclose(layer(x, state)[0], expected, atol=1e-3)


def test_a_locked_mask_is_the_same_for_all_steps() -> None:
    torch.manual_seed(0)
    dropout = LockedDropout(0.5)
    y = dropout(torch.ones(7, 3, 64))
    assert (y == y[:1]).all()
    assert set(y.unique().tolist()) == {0.0, 2.0}
    assert (y[0, 0] != y[0, 1]).any()
    dropout.eval()
    assert (dropout(torch.ones(2, 3, 4)) == 1).all()


def test_a_network_gets_what_a_recipe_asks_for() -> None:
    network = CharRNN(Architecture(20, "rnn", 4, 8, 2), dropout=0.3)
    prepare_layers(network, CPU, weight_drop=0.2, locked=True)
    assert all(isinstance(layer, WeightDropped) and layer.weight_drop == 0.2 for layer in network.layers)
    assert isinstance(network.dropout, LockedDropout)
    assert network.dropout.p == 0.3


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_network_with_fast_layers_is_the_same_network(cell: Any) -> None:
    torch.manual_seed(0)
    network = CharRNN(Architecture(20, cell, 8, 256, 2, residual=True))
    ids = torch.randint(0, 20, (4, 12))
    expected, state = network(ids, network.initial_state(4))
    prepare_layers(network, CPU)
    got, new = network(ids, network.initial_state(4))
    assert torch.allclose(got, expected, atol=0.1)
    assert torch.allclose(new, state, atol=0.1)


@pytest.mark.parametrize(
    ("changes", "batch", "obstacle"),
    [
        ({}, 128, ""),
        ({"hidden": 1024}, 64, ""),
        ({"cell": "gru"}, 128, "the cell is gru, not lstm"),
        ({"hidden": 1152}, 128, "hidden is 1152, not a multiple of 128 up to 1024"),
        ({"embedding": 0}, 128, "embedding is 0, not a multiple of 128"),
        ({}, 132, "batch is 132, not a multiple of 8 up to 128"),
    ],
)
def test_what_keeps_the_fastest_gpu_kernels_away_is_named(changes: dict[str, Any], batch: int, obstacle: str) -> None:
    architecture = Architecture(**{"vocabulary": 90, "embedding": 128, "hidden": 512, **changes})
    assert persistent_obstacles(architecture, batch) == ([obstacle] if obstacle else [])
