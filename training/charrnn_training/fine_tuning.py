"""Starting from a model instead of from nothing: new characters, and a pull back to the start."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from charrnn.errors import ModelError
from charrnn.network import CharRNN
from charrnn.vocabulary import SPECIALS, Vocabulary
from charrnn_training.recipe import Recipe

START = "start.safetensors"
PLACES = (0.2, 0.35, 0.5, 0.65, 0.8, 1.0)  # between a start and an end


class Pull(Optimizer):
    """Moves parameters back towards where they started, by a share of the way a step ("L2-SP", Li et al. 2018).

    Apart from the gradient, as AdamW decays weights. `rate` is the share at the peak of the learning rate.
    """

    def __init__(self, parameters: Sequence[nn.Parameter], start: Sequence[Tensor], rate: float) -> None:
        super().__init__(parameters, {"lr": rate})
        self._start = start

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for parameter, start in zip(group["params"], self._start, strict=True):
                parameter.lerp_(start, group["lr"])


@torch.no_grad()
def introduce(network: CharRNN, vocabulary: Vocabulary, known: int, counts: Mapping[str, int]) -> None:
    """Give the symbols from id `known` on weights to start from: a relative's, with a bias by how often they stand.

    A relative is the letter without its accents or, where there is none, the mean of all letters.
    """
    letters = [n for n, symbol in enumerate(vocabulary.symbols[:known]) if n >= len(SPECIALS) and symbol.isalpha()]
    if not letters:
        return
    tables = [network.output.weight, network.output.bias]
    if network.architecture.embedding:
        tables.append(network.embedding.weight)
    for n in range(known, len(vocabulary)):
        symbol = vocabulary.symbols[n]
        relatives = _relatives(symbol, vocabulary, known) or letters
        for table in tables:
            table[n] = table[relatives].mean(dim=0)
        theirs = sum(counts.get(vocabulary.symbols[m], 0) for m in relatives) / len(relatives)
        network.output.bias[n] += math.log((counts.get(symbol, 0) + 1) / (theirs + 1))


def _relatives(symbol: str, vocabulary: Vocabulary, known: int) -> list[int]:
    plain = unicodedata.normalize("NFKD", symbol)[:1]
    return [n for n, other in enumerate(vocabulary.symbols[:known]) if other == plain and plain != symbol]


def save_start(network: CharRNN, folder: Path) -> None:
    """Keep the weights that training starts from."""
    save_file({name: value.contiguous() for name, value in network.state_dict().items()}, folder / START)


def load_start(folder: Path) -> dict[str, Tensor]:
    """The weights that training started from. Raises `ModelError`."""
    try:
        return load_file(folder / START)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"{folder / START} is damaged ({error}). Start without --resume.") from error


def best_mix(
    network: CharRNN, start: Mapping[str, Tensor], ends: Sequence[Mapping[str, Tensor]], measure: Callable[[], float]
) -> tuple[float, float]:
    """Give `network` the best of the weights between `start` and each of `ends`; their place and what they measure.

    The way from one to the other leads through better ones than either, which have learnt the new and forgotten less of
    the old (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"). Place 0 is `start`, 1 is an end. `measure`
    gives the bits per character of the network as it is.
    """
    found: list[tuple[float, float, Mapping[str, Tensor]]] = []
    for place, end in [(0.0, start), *((place, end) for end in ends for place in PLACES)]:
        network.load_state_dict({name: value.lerp(end[name], place) for name, value in start.items()})
        found.append((measure(), place, end))
    bits, place, end = min(found, key=lambda one: one[:2])
    network.load_state_dict({name: value.lerp(end[name], place) for name, value in start.items()})
    return place, bits


def pull_towards(network: CharRNN, start: Mapping[str, Tensor], recipe: Recipe) -> Pull:
    """The pull that a recipe asks for."""
    named = dict(network.named_parameters())
    device = network.output.weight.device
    return Pull(list(named.values()), [start[name].to(device) for name in named], recipe.pull)
