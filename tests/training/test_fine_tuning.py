from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from charrnn.config import Architecture
from charrnn.errors import ModelError
from charrnn.network import CharRNN
from charrnn.vocabulary import Vocabulary
from charrnn_training.fine_tuning import Pull, best_mix, introduce, load_start, pull_towards, save_start
from charrnn_training.growth import grow, grown_vocabulary

from .conftest import RECIPE

BASE = Vocabulary.of("abco ,.")
GROWN = grown_vocabulary(BASE, Vocabulary.of("ö1"))


@pytest.fixture
def networks() -> tuple[CharRNN, CharRNN]:
    """A base, and one with the symbols of `GROWN` that computes the same."""
    torch.manual_seed(1)
    base = CharRNN(Architecture(len(BASE), embedding=6, hidden=8, layers=1))
    network = CharRNN(Architecture(len(GROWN), embedding=6, hidden=8, layers=1))
    grow(base, network)
    return base, network


def test_a_new_letter_begins_as_the_one_without_its_accent(networks: tuple[CharRNN, CharRNN]) -> None:
    base, network = networks
    introduce(network, GROWN, len(BASE), {"o": 999, "ö": 99})
    new, relative = GROWN.symbols.index("ö"), BASE.symbols.index("o")
    assert torch.equal(network.embedding.weight[new], base.embedding.weight[relative])
    assert torch.equal(network.output.weight[new], base.output.weight[relative])
    ratio = torch.exp(network.output.bias[new] - network.output.bias[relative])
    assert ratio.item() == pytest.approx(0.1)  # as often as it stands there


def test_a_symbol_without_relatives_begins_as_the_mean_letter(networks: tuple[CharRNN, CharRNN]) -> None:
    base, network = networks
    introduce(network, GROWN, len(BASE), {"1": 10})
    letters = [BASE.symbols.index(letter) for letter in "abco"]
    mean = base.embedding.weight[letters].mean(dim=0)
    assert torch.allclose(network.embedding.weight[GROWN.symbols.index("1")], mean)


def test_what_the_base_knew_stays(networks: tuple[CharRNN, CharRNN]) -> None:
    base, network = networks
    introduce(network, GROWN, len(BASE), {})
    assert torch.equal(network.embedding.weight[: len(BASE)], base.embedding.weight)
    assert torch.equal(network.output.bias[: len(BASE)], base.output.bias)


def test_an_alphabet_without_letters_is_left_as_it_is() -> None:
    known = Vocabulary.of("., ")
    network = CharRNN(Architecture(len(known) + 1, embedding=6, hidden=8, layers=1))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    introduce(network, grown_vocabulary(known, Vocabulary.of("x")), len(known), {})
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_a_pull_goes_a_share_of_the_way_back() -> None:
    parameter = torch.nn.Parameter(torch.tensor([1.0, 5.0]))
    pull = Pull([parameter], [torch.tensor([0.0, 5.0])], 0.1)
    for _ in range(2):
        pull.step()
    assert parameter.tolist() == pytest.approx([0.81, 5.0])


def test_the_start_is_kept_and_pulled_towards(networks: tuple[CharRNN, CharRNN], tmp_path: Path) -> None:
    _, network = networks
    with pytest.raises(ModelError, match=r"start\.safetensors is damaged .* Start without --resume"):
        load_start(tmp_path)
    save_start(network, tmp_path)
    start = load_start(tmp_path)
    with torch.no_grad():
        network.output.bias += 1
    pull_towards(network, start, dataclasses.replace(RECIPE, pull=1.0)).step()
    assert all(torch.equal(value, start[name]) for name, value in network.state_dict().items())


@pytest.mark.parametrize(("target", "place"), [(0.0, 0.0), (0.5, 0.5), (2.0, 1.0)])
def test_the_best_weights_on_the_way_are_taken(target: float, place: float) -> None:
    network = CharRNN(Architecture(9, embedding=6, hidden=8, layers=1))
    start = {name: torch.zeros_like(value) for name, value in network.state_dict().items()}
    ends = [{name: torch.full_like(value, end) for name, value in start.items()} for end in (-1.0, 1.0)]

    def measure() -> float:
        return abs(float(network.output.bias[0].detach()) - target)

    found, bits = best_mix(network, start, ends, measure)
    assert (found, bits) == (place, pytest.approx(measure()))
    assert float(network.output.weight[3, 3].detach()) == pytest.approx(place)
