"""The training loop: stateful truncated back-propagation, validated in bits per character."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim import Optimizer

from charrnn.network import CharRNN
from charrnn_training.checkpoint import FILE, load_checkpoint, save_checkpoint
from charrnn_training.corpus import Shard
from charrnn_training.fast_lstm import FastLSTM
from charrnn_training.optimizers import make_optimizers
from charrnn_training.recipe import Recipe
from charrnn_training.streams import Batch, Streams
from charrnn_training.windows import Windows

BEST = "best.safetensors"
BITS = 1 / math.log(2)
VALIDATION_STREAM = 3000  # characters of a stream at least
VALIDATION_CHARACTERS = 400_000  # looked at during training; the figure of the finished model is over all of them


@dataclass
class Progress:
    """Where a run stands. `history` has [updates, minutes, training bpc, validation bpc] at each validation.

    `start` is the validation bpc of the weights that a run started from, if these were a model's.
    """

    updates: int = 0
    epoch: int = 0
    chunk: int = 0
    minutes: float = 0.0
    best: float = math.inf
    history: list[list[float]] = field(default_factory=list)
    start: float | None = None


@dataclass(frozen=True)
class Report:
    """What the loop tells whoever watches, after each update."""

    progress: Progress
    share: float  # of the whole training that is done, 0 to 1
    loss: float  # training bits per character, smoothed
    speed: float  # characters per second


class Trainer:
    """One run: `run()` trains until the recipe is fulfilled; `network` then has the best weights."""

    def __init__(
        self,
        network: CharRNN,
        recipe: Recipe,
        training: Shard,
        validation: Shard,
        folder: Path,
        device: torch.device,
    ) -> None:
        self.network = network.to(device)
        self.recipe = recipe
        self.folder = folder
        self.device = device
        self.progress = Progress()
        if device.type == "cpu":
            use_fast_layers(network)
        self.optimizers = make_optimizers(network, recipe.optimizer, recipe.learning_rate, recipe.weight_decay)
        self._peaks = [[group["lr"] for group in optimizer.param_groups] for optimizer in self.optimizers]
        self.batches = _make_batches(recipe, training)
        self.validation = validation
        self.state = network.initial_state(recipe.batch)
        self.total = recipe.updates or max(1, round(recipe.epochs * self.batches.chunks))

    def add_optimizer(self, optimizer: Optimizer) -> None:
        """Let another optimiser move the weights after the others, with a learning rate of the same course."""
        self.optimizers.append(optimizer)
        self._peaks.append([group["lr"] for group in optimizer.param_groups])

    def start_from(self, weights: Mapping[str, Tensor]) -> None:
        """Take these weights, which are the best ones until training finds better."""
        self.network.load_state_dict(weights)
        self.progress.start = self.progress.best = self._measure()
        self.save(BEST)

    def resume(self) -> None:
        """Go on from the last checkpoint in the folder. Raises `ModelError`."""
        state, progress = load_checkpoint(self.folder / FILE, self.network, self.optimizers)
        self.state = state.to(self.device)
        self.progress = Progress(**progress)
        self.batches.epoch, self.batches.chunk = self.progress.epoch, self.progress.chunk

    def run(self, watch: Callable[[Report], None] = lambda report: None) -> float:
        """Train; the best validation bits per character."""
        self.network.train()
        saved = validated = before = time.monotonic()
        smooth = 0.0
        characters, since = 0, before
        progress = self.progress
        while (share := self._share()) < 1:
            self._set_learning_rates(share)
            loss = self._update(self.batches.next())
            now = time.monotonic()
            progress.minutes += (now - before) / 60
            before = now
            progress.updates += 1
            progress.epoch, progress.chunk = self.batches.epoch, self.batches.chunk
            smooth = loss if not smooth else 0.98 * smooth + 0.02 * loss
            characters += self.batches.characters_per_batch
            watch(Report(progress, self._share(), smooth, characters / (now - since)))
            if now - validated > 60 * self.recipe.validate_minutes or self._share() >= 1:
                self._validate(smooth)
                validated = before = time.monotonic()
                if self.recipe.patience and self._without_gain() >= self.recipe.patience:
                    break
            if now - saved > 60:
                self.save()
                saved = time.monotonic()
        self._take_best()
        return progress.best

    def save(self, name: str = FILE) -> None:
        """Write a checkpoint."""
        save_checkpoint(self.folder / name, self.network, self.optimizers, self.state, asdict(self.progress))

    def _share(self) -> float:
        limit = self.recipe.max_minutes
        return max(self.progress.updates / self.total, self.progress.minutes / limit if limit else 0)

    def _set_learning_rates(self, share: float) -> None:
        """Warm up, stay, and fall to zero over the last part ("warm-up, stable, decay", Hu et al. 2024)."""
        warm = min(1.0, (self.progress.updates + 1) / self.recipe.warmup) if self.recipe.warmup else 1.0
        fall = min(1.0, (1 - share) / self.recipe.decay) if self.recipe.decay else 1.0
        for optimizer, peaks in zip(self.optimizers, self._peaks, strict=True):
            for group, peak in zip(optimizer.param_groups, peaks, strict=True):
                group["lr"] = peak * warm * fall

    def _update(self, batch: Batch) -> float:
        """One step of the optimisers. The training bits per character of the batch."""
        ids = torch.from_numpy(batch.ids).to(self.device)
        state = self.state.clone()
        state[:, torch.from_numpy(batch.fresh).to(self.device)] = 0
        logits, new_state = self.network(ids[:, :-1], state)
        loss = cross_entropy(logits, ids[:, 1:])
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.clip)
        for optimizer in self.optimizers:
            optimizer.step()
        self.state = new_state.detach()
        return float(loss.detach()) * BITS

    def _validate(self, smooth: float) -> None:
        bits = self._measure()
        progress = self.progress
        progress.history.append([progress.updates, round(progress.minutes, 2), round(smooth, 4), round(bits, 4)])
        if bits < progress.best:
            progress.best = bits
            self.save(BEST)
        self.save()

    def _measure(self) -> float:
        return evaluate_network(self.network, self.validation, VALIDATION_CHARACTERS, self.device)

    def _without_gain(self) -> int:
        """How many validations there were since the best one."""
        found = [row[3] for row in reversed(self.progress.history)]
        return next((n for n, bits in enumerate(found) if bits <= self.progress.best + 1e-4), len(found))

    def _take_best(self) -> None:
        if (best := self.folder / "best.safetensors").exists():
            load_checkpoint(best, self.network, [])
        self.network.eval()


def _make_batches(recipe: Recipe, shard: Shard) -> Streams | Windows:
    if recipe.windows == "no":
        return Streams(shard, recipe.batch, recipe.steps, recipe.seed, recipe.forget)
    by_document = recipe.windows == "document"
    return Windows(shard, recipe.batch, recipe.steps, recipe.seed, by_document=by_document)


def use_fast_layers(network: CharRNN) -> None:
    """Let the LSTM layers of a network on the CPU run as `FastLSTM`, on the same parameters."""
    for n, layer in enumerate(network.layers):
        if isinstance(layer, nn.LSTM):
            network.layers[n] = FastLSTM(layer)


def cross_entropy(logits: Tensor, targets: Tensor) -> Tensor:
    """Mean nats per character of logits [B, T, V] for targets [B, T]."""
    return F.cross_entropy(logits.float().flatten(0, 1), targets.flatten())


@torch.no_grad()
def evaluate_network(network: CharRNN, shard: Shard, characters: int, device: torch.device) -> float:
    """Bits per character over `characters` of a shard, in streams from all over it with carried state.

    A quick figure for choosing checkpoints: each stream begins with an empty state.
    """
    batch = max(1, min(64, min(characters, len(shard)) // VALIDATION_STREAM))
    network.eval()
    total, count = 0.0, 0
    state = network.initial_state(batch)
    for ids in _validation_chunks(shard, characters, batch):
        chunk = torch.from_numpy(ids).to(device)
        logits, state = network(chunk[:, :-1], state)
        size = chunk.shape[0] * (chunk.shape[1] - 1)
        total += float(cross_entropy(logits, chunk[:, 1:])) * size
        count += size
    network.train()
    return total / count * BITS


def _validation_chunks(shard: Shard, characters: int, batch: int, steps: int = 256) -> Iterator[np.ndarray[Any, Any]]:
    """The beginnings of `batch` equal parts of a shard, side by side, in chunks [batch, steps + 1]."""
    part = len(shard) // batch
    length = min(part, characters // batch)
    rows = np.stack([np.asarray(shard.ids[b * part : b * part + length]) for b in range(batch)]).astype(np.int64)
    for start in range(0, length - 1, steps):
        yield rows[:, start : start + steps + 1]
