"""How good a network is on held-out text while it trains: a quick figure for choosing checkpoints."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from charrnn.network import CharRNN
from charrnn_training.corpus import Shard

BITS = 1 / math.log(2)
VALIDATION_STREAM = 3000  # characters of a stream at least
VALIDATION_CHARACTERS = 400_000  # looked at during training; the figure of the finished model is over all of them


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean nats per character of logits [B, T, V] for targets [B, T]."""
    return F.cross_entropy(logits.float().flatten(0, 1), targets.flatten())


@torch.no_grad()
def evaluate_network(network: CharRNN, shard: Shard, characters: int, device: torch.device) -> float:
    """Bits per character over `characters` of a shard, in streams from all over it with carried state.

    Each stream begins with an empty state.
    """
    batch = max(1, min(64, min(characters, len(shard)) // VALIDATION_STREAM))
    network.eval()
    total = torch.zeros((), device=device)
    count = 0
    state = network.initial_state(batch)
    for ids in _chunks(shard, characters, batch):
        chunk = torch.from_numpy(ids).to(device)
        logits, state = network(chunk[:, :-1], state)
        size = chunk.shape[0] * (chunk.shape[1] - 1)
        total += cross_entropy(logits, chunk[:, 1:]) * size
        count += size
    network.train()
    return float(total) / count * BITS


def _chunks(shard: Shard, characters: int, batch: int, steps: int = 256) -> Iterator[np.ndarray[Any, Any]]:
    """The beginnings of `batch` equal parts of a shard, side by side, in chunks [batch, steps + 1]."""
    part = len(shard) // batch
    length = min(part, characters // batch)
    rows = np.stack([np.asarray(shard.ids[b * part : b * part + length]) for b in range(batch)]).astype(np.int64)
    for start in range(0, length - 1, steps):
        yield rows[:, start : start + steps + 1]
