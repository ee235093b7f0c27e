"""The network: whatever is read in whichever pieces gives the same."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import nn

from charrnn.config import Architecture
from charrnn.network import CharRNN

ARCHITECTURES = [
    Architecture(13, cell, embedding, hidden=6, layers=3, residual=residual)  # type: ignore[arg-type]
    for cell, embedding, residual in itertools.product(("rnn", "gru", "lstm"), (0, 5), (False, True))
]


@pytest.mark.parametrize("architecture", ARCHITECTURES, ids=str)
@torch.inference_mode()
def test_steps_are_one_sequence(architecture: Architecture) -> None:
    network = CharRNN(architecture).eval()
    ids = torch.randint(architecture.vocabulary, (2, 9))
    logits, state = network(ids, network.initial_state(2))
    stepped, rows = network.initial_state(2), []
    for t in range(ids.shape[1]):
        row, stepped = network(ids[:, t : t + 1], stepped)
        rows.append(row)
    assert logits.shape == (2, 9, architecture.vocabulary)
    assert torch.allclose(torch.cat(rows, dim=1), logits, atol=1e-5)
    assert torch.allclose(stepped, state, atol=1e-5)


@torch.inference_mode()
def test_it_is_the_stacked_module_of_pytorch() -> None:
    network = CharRNN(Architecture(13, "lstm", 5, hidden=6, layers=2)).eval()
    stacked = nn.LSTM(5, 6, num_layers=2)
    for n, layer in enumerate(network.layers):
        for name, parameter in layer.named_parameters():
            stacked.get_parameter(name.replace("l0", f"l{n}")).copy_(parameter)
    ids = torch.randint(13, (2, 7))
    y, (h, c) = stacked(network.embedding(ids.t()))
    logits, state = network(ids, network.initial_state(2))
    assert torch.allclose(logits, network.output(y).transpose(0, 1), atol=1e-5)
    assert torch.allclose(state, torch.stack([h[0], c[0], h[1], c[1]]), atol=1e-5)


@torch.inference_mode()
def test_residual_adds_the_input_from_the_second_layer_on() -> None:
    torch.manual_seed(2)
    plain = CharRNN(Architecture(13, "gru", 5, hidden=6, layers=2)).eval()
    residual = CharRNN(Architecture(13, "gru", 5, hidden=6, layers=2, residual=True)).eval()
    residual.load_state_dict(plain.state_dict())
    ids, state = torch.randint(13, (1, 4)), plain.initial_state(1)
    first, _ = plain.layers[0](plain.embedding(ids.t()), state[:1])
    difference = residual(ids, state)[0] - plain(ids, state)[0]
    assert torch.allclose(difference, (first @ plain.output.weight.t()).transpose(0, 1), atol=1e-5)


def test_the_forget_gate_begins_open() -> None:
    layer = CharRNN(Architecture(13, "lstm", 5, hidden=6, layers=1)).layers[0]
    assert isinstance(layer, nn.LSTM)
    assert layer.bias_ih_l0.tolist() == [0.0] * 6 + [1.0] * 6 + [0.0] * 12


def test_dropout_only_in_training() -> None:
    network = CharRNN(Architecture(13, hidden=6, embedding=5), dropout=0.5)
    ids, state = torch.randint(13, (2, 5)), network.initial_state(2)
    assert not torch.equal(network.train()(ids, state)[0], network(ids, state)[0])
    assert torch.equal(network.eval()(ids, state)[0], network(ids, state)[0])
