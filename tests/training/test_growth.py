"""A grown network computes what its base computes, and learns with what it was given."""

import pytest
import torch

from charrnn.config import Architecture, Cell
from charrnn.errors import OptionError
from charrnn.network import CharRNN
from charrnn.vocabulary import Vocabulary
from charrnn_training.growth import grow, grown_vocabulary

IDS = torch.tensor([[1, 2, 3, 4, 5, 6, 2, 3], [1, 6, 5, 0, 3, 2, 1, 4]])


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize(("embedding", "vocabulary"), [(5, 7), (5, 9), (0, 7)])
def test_a_grown_network_gives_the_logits_of_its_base(
    cell: Cell, residual: bool, embedding: int, vocabulary: int
) -> None:
    torch.manual_seed(0)
    base = CharRNN(Architecture(7, cell, embedding, 6, 3, residual))
    grown = CharRNN(Architecture(vocabulary, cell, embedding, 11, 3, residual))
    grow(base, grown)
    theirs, state = base(IDS, base.initial_state(2))
    ours, grown_state = grown(IDS, grown.initial_state(2))
    torch.testing.assert_close(ours[..., :7], theirs)
    torch.testing.assert_close(grown_state[..., :6], state)


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("hidden", [6, 9])
def test_a_deeper_network_gives_the_logits_of_its_base_and_learns_with_its_new_layers(cell: Cell, hidden: int) -> None:
    torch.manual_seed(0)
    base = CharRNN(Architecture(7, cell, 5, 6, 1, True))
    grown = CharRNN(Architecture(7, cell, 5, hidden, 3, True))
    grow(base, grown)
    theirs, _ = base(IDS, base.initial_state(2))
    ours, _ = grown(IDS, grown.initial_state(2))
    torch.testing.assert_close(ours, theirs)
    grown.double()  # what moves at first is less than what single precision can add
    optimizer = torch.optim.SGD(grown.parameters(), 0.1)
    for _ in range(3):  # first what leads out of new units moves and what new layers take in, then all else
        before = {name: value.clone() for name, value in grown.state_dict().items()}
        logits, _ = grown(IDS[:, :-1], grown.initial_state(2).double())
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(logits.flatten(0, 1), IDS[:, 1:].flatten()).backward()
        optimizer.step()
    for layer in (1, 2):
        name = f"layers.{layer}.weight_ih_l0"
        assert (grown.state_dict()[name] - before[name]).flatten(1).any(1).float().mean() > 0.9


def test_a_layer_that_nothing_passes_by_cannot_be_added() -> None:
    base, deeper = CharRNN(Architecture(7, "lstm", 5, 6, 1)), CharRNN(Architecture(7, "lstm", 5, 6, 2))
    with pytest.raises(OptionError, match="where `residual` is true, `layers` may differ"):
        grow(base, deeper)


def test_a_new_character_starts_as_the_unknown_one() -> None:
    base = CharRNN(Architecture(7, "lstm", 5, 6, 1))
    grown = CharRNN(Architecture(9, "lstm", 5, 6, 1))
    grow(base, grown)
    ours, _ = grown(torch.tensor([[1, 8, 3], [1, 0, 3]]), grown.initial_state(2))
    torch.testing.assert_close(ours[0], ours[1])
    torch.testing.assert_close(ours[..., 8], ours[..., 0])


def test_what_was_added_learns() -> None:
    torch.manual_seed(0)
    base = CharRNN(Architecture(7, "lstm", 5, 6, 2, True))
    grown = CharRNN(Architecture(7, "lstm", 5, 11, 2, True))
    grow(base, grown)
    optimizer = torch.optim.SGD(grown.parameters(), 0.1)
    for _ in range(2):  # the first step moves what leads out of a new unit, the second the unit
        before = {name: value.clone() for name, value in grown.state_dict().items()}
        logits, _ = grown(IDS[:, :-1], grown.initial_state(2))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(logits.flatten(0, 1), IDS[:, 1:].flatten()).backward()
        optimizer.step()
    assert not torch.equal(grown.output.weight[:, 6:], torch.zeros(7, 5))
    moved = grown.state_dict()["layers.0.weight_hh_l0"] - before["layers.0.weight_hh_l0"]
    assert moved[6:11].abs().max() > 0


@pytest.mark.parametrize(
    "other", [{"hidden": 4}, {"layers": 1}, {"layers": 3}, {"cell": "gru"}, {"embedding": 8}, {"vocabulary": 6}]
)
def test_what_cannot_be_grown_is_refused(other: dict[str, int | str]) -> None:
    values = {"vocabulary": 7, "cell": "lstm", "embedding": 5, "hidden": 6, "layers": 2}
    base, small = CharRNN(Architecture(**values)), CharRNN(Architecture(**{**values, **other}))
    with pytest.raises(OptionError, match="cannot start from the base model"):
        grow(base, small)


def test_an_alphabet_grows_behind_what_it_had() -> None:
    grown = grown_vocabulary(Vocabulary.of("xyz"), Vocabulary.of("abxé"))
    assert grown.symbols == ("<unk>", "<doc>", "x", "y", "z", "a", "b", "é")
