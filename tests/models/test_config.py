"""An architecture that cannot be built cannot be described."""

from __future__ import annotations

import pytest

from charrnn.config import Architecture
from charrnn.errors import OptionError
from charrnn.network import CharRNN


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("embedding", [0, 7])
@pytest.mark.parametrize("layers", [1, 3])
def test_counts_are_those_of_the_network(cell: str, embedding: int, layers: int) -> None:
    architecture = Architecture(11, cell, embedding, hidden=5, layers=layers)  # type: ignore[arg-type]
    network = CharRNN(architecture)
    assert architecture.parameters == sum(parameter.numel() for parameter in network.parameters())
    assert network.initial_state(2).shape == (architecture.state_rows, 2, 5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cell": "transformer"}, "cell is 'transformer'; it must be one of rnn, gru, lstm."),
        ({"vocabulary": 0}, "vocabulary is 0; it must be a whole number from 1 to 65536."),
        ({"hidden": 0}, "hidden is 0; it must be a whole number from 1 to 8192."),
        ({"hidden": 1e9}, "hidden is 1000000000.0; it must be a whole number from 1 to 8192."),
        ({"hidden": True}, "hidden is True; it must be a whole number from 1 to 8192."),
        ({"embedding": -1}, "embedding is -1; it must be a whole number from 0 to 4096."),
        ({"layers": 17}, "layers is 17; it must be a whole number from 1 to 16."),
        ({"layers": "2"}, "layers is '2'; it must be a whole number from 1 to 16."),
        ({"residual": "no"}, "residual is 'no'; it must be true or false."),
    ],
)
def test_a_number_out_of_range_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        Architecture(**{"vocabulary": 10, **options})  # type: ignore[arg-type]
    assert str(caught.value) == message
