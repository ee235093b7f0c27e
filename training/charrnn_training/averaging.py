"""The exponential moving average of a network's weights: a smoother network than any single update leaves."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn


class Average:
    """Averages `parameters` with weight `decay` on the past; at first less, so that the beginning is soon forgotten."""

    def __init__(self, network: nn.Module, decay: float) -> None:
        self._decay = decay
        self._network = network
        self.values = {name: p.detach().clone() for name, p in network.named_parameters()}

    @torch.no_grad()
    def update(self, updates: int) -> None:
        """Take in the weights as they are after `updates` updates."""
        decay = min(self._decay, (1 + updates) / (10 + updates))
        torch._foreach_lerp_(list(self.values.values()), self._now(), 1 - decay)

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """Within, the network has the averaged weights."""
        own = [value.clone() for value in self._now()]
        torch._foreach_copy_(self._now(), list(self.values.values()))
        try:
            yield
        finally:
            torch._foreach_copy_(self._now(), own)

    def load(self, values: Mapping[str, Tensor]) -> None:
        """Go on from these averages."""
        for name, value in values.items():
            self.values[name].copy_(value)

    def _now(self) -> list[Tensor]:
        return [p.detach() for p in self._network.parameters()]
