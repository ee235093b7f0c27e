"""How good a network is on held-out text while it trains: a quick figure for choosing checkpoints."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from charrnn.network import CharRNN
from charrnn_training.corpus import Shard

BITS = 1 / math.log(2)
STEPS = 256  # characters at a time
NOTHING = -1  # stands where a document has ended
VALIDATION_STREAM = 1000  # characters of a stream at least
VALIDATION_CHARACTERS = 400_000  # looked at during training at most; the figure of the finished model is over all


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean nats per character of logits [B, T, V] for targets [B, T]."""
    return F.cross_entropy(logits.float().flatten(0, 1), targets.flatten())


@torch.no_grad()
def evaluate_network(network: CharRNN, shard: Shard, characters: int, device: torch.device) -> float:
    """Bits per character over at most `characters` of a shard, in streams from all over it with carried state.

    Each stream begins with an empty state, and ends with its document.
    """
    batch = max(1, min(64, min(characters, len(shard)) // VALIDATION_STREAM))
    rows = _rows(shard, batch, characters // batch)
    network.eval()
    total = torch.zeros((), device=device)
    state = network.initial_state(batch)
    for start in range(0, rows.shape[1] - 1, STEPS):
        chunk = torch.from_numpy(rows[:, start : start + STEPS + 1]).to(device)
        logits, state = network(chunk[:, :-1].clamp(min=0), state)
        total += F.cross_entropy(
            logits.float().flatten(0, 1), chunk[:, 1:].flatten(), ignore_index=NOTHING, reduction="sum"
        )
    network.train()
    return float(total) / int((rows[:, 1:] != NOTHING).sum()) * BITS


def _rows(shard: Shard, count: int, length: int) -> npt.NDArray[np.int64]:
    """`count` stretches of a shard [count, length at most], filled up with `NOTHING` where the document is shorter.

    Systematic sampling, for which a document weighs as much as the square root of its length: neither a few books nor
    very many letters crowd out the rest.
    """
    lengths = np.diff(shard.starts)
    ends = np.cumsum(np.sqrt(lengths))
    places = (np.arange(count) + 0.5) / count * ends[-1]
    documents = np.searchsorted(ends, places)
    within = 1 - (ends[documents] - places) / np.sqrt(lengths[documents])
    starts = shard.starts[documents] + (within * np.maximum(0, lengths[documents] - length)).astype(np.int64)
    stops = np.minimum(starts + length, shard.starts[documents + 1])
    rows = np.full((count, int((stops - starts).max())), NOTHING, np.int64)
    for row, start, stop in zip(rows, starts, stops, strict=True):
        row[: stop - start] = shard.ids[start:stop]
    return rows
