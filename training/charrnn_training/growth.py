"""Starting from a trained network: a copy with more hidden units, layers or characters that computes the same.

What is added is connected so that nothing that was there can hear it: new units listen to everything, but every weight
from them to what is old is zero, so the first update is the first thing that changes the function (Chen et al. 2016,
"Net2Net", with new units instead of doubled ones). A new layer adds its output to that of the layer below, and has
nothing to say at first: what it would take in is all zero.
"""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor

from charrnn.config import Architecture
from charrnn.errors import OptionError
from charrnn.network import CharRNN
from charrnn.vocabulary import UNKNOWN, Vocabulary


def grown_vocabulary(base: Vocabulary, wanted: Vocabulary) -> Vocabulary:
    """The alphabet of `base`, each symbol with its id, and behind it what `wanted` has besides."""
    return Vocabulary((*base.symbols, *(symbol for symbol in wanted.symbols[2:] if symbol not in base)))


@torch.no_grad()
def grow(base: CharRNN, network: CharRNN) -> None:
    """Make `network` compute what `base` does; weights that this leaves open stay as they were initialised.

    Ids of `base` keep their meaning; an id beyond them starts as a copy of `<unk>`. Raises `OptionError` where the
    architectures differ in more than width, depth and alphabet, or `network` is the smaller one.
    """
    _check(base.architecture, network.architecture)
    old = base.state_dict()
    hidden = base.architecture.hidden
    for name, value in network.state_dict().items():
        if name not in old:
            _silence(value, network.architecture.hidden)
        elif name == "embedding.weight":
            _copy_symbols(old[name], value)
        elif name.startswith("output."):
            value.zero_()
            _copy_symbols(old[name], value)
        else:
            gates = old[name].shape[0] // hidden
            for there, here in zip(old[name].chunk(gates), value.chunk(gates), strict=True):
                here[:hidden] = 0
                _corner(here, there).copy_(there)


def _silence(weights: Tensor, hidden: int) -> None:
    """Let a new layer's cells take in nothing: the block of an LSTM's (i, f, g, o), a GRU's (r, z, n) or the whole."""
    gates = weights.shape[0] // hidden
    weights.chunk(gates)[min(2, gates - 1)].zero_()


def _copy_symbols(old: Tensor, new: Tensor) -> None:
    """Rows of the symbols of `old`, and of `<unk>` for those it had not."""
    _corner(new, old).copy_(old)
    _corner(new[len(old) :], old).copy_(old[UNKNOWN].expand(len(new) - len(old), *old.shape[1:]))


def _corner(new: Tensor, old: Tensor) -> Tensor:
    """The part of `new` that has the size of `old`, or as many rows of it as there are."""
    return new[: len(old)] if new.ndim == 1 else new[: len(old), : old.shape[1]]


def _check(old: Architecture, new: Architecture) -> None:
    largest = dataclasses.replace(old, vocabulary=new.vocabulary, hidden=new.hidden, layers=new.layers)
    smaller = new.vocabulary < old.vocabulary or new.hidden < old.hidden or new.layers < old.layers
    if new != largest or smaller or (new.layers > old.layers and not old.residual):
        raise OptionError(
            f"The recipe's network ({_words(new)}) cannot start from the base model ({_words(old)}). "
            "Only `hidden` and, where `residual` is true, `layers` may differ, and not be smaller."
        )


def _words(a: Architecture) -> str:
    kind = f"{a.cell}, embedding {a.embedding}, hidden {a.hidden}, layers {a.layers}"
    return f"{kind}, residual {a.residual}, {a.vocabulary} symbols"
