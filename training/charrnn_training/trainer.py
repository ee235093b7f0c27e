"""The training loop: stateful truncated back-propagation, validated in bits per character."""

from __future__ import annotations

import contextlib
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import Tensor
from torch.optim import Optimizer

from charrnn.errors import ModelError, OptionError
from charrnn.network import CharRNN
from charrnn_training.ahead import Ahead, DeviceBatch
from charrnn_training.averaging import Average
from charrnn_training.checkpoint import FILE, Checkpoint, load_checkpoint, save_checkpoint
from charrnn_training.corpus import Shard
from charrnn_training.distribution import ALONE, Group
from charrnn_training.layers import persistent_obstacles, prepare_layers
from charrnn_training.optimizers import clip_gradients, make_optimizers
from charrnn_training.recipe import Recipe
from charrnn_training.streams import Streams
from charrnn_training.validation import BITS, VALIDATION_CHARACTERS, cross_entropy, evaluate_network
from charrnn_training.windows import Windows

BEST = "best.safetensors"
SAVE_MINUTES = 1.0  # between two checkpoints: what a crash may cost
LOSS_SCALE = 4096.0  # keeps the gradients of a GPU's float16 layers off the smallest numbers
LOOK_EVERY = 25  # updates of a GPU between two looks at the loss: a look waits for all that was launched
log = logging.getLogger(__name__)


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
    """What the loop tells whoever watches, after each update (on a GPU, after some)."""

    progress: Progress
    share: float  # of the whole training that is done, 0 to 1
    loss: float  # training bits per character, smoothed
    speed: float  # characters per second


class Trainer:
    """One run: `run()` trains until the recipe is fulfilled; `network` then has the best weights.

    In a group of processes each has its share of a batch, all take the same decisions, and the leader writes.
    """

    def __init__(
        self,
        network: CharRNN,
        recipe: Recipe,
        training: Shard,
        validation: Shard,
        folder: Path,
        device: torch.device,
        group: Group = ALONE,
    ) -> None:
        self.network = network.to(device)
        self.recipe = recipe
        self.folder = folder
        self.device = device
        self.group = group
        self.progress = Progress()
        prepare_layers(network, device, recipe.weight_drop, locked=recipe.locked)
        if device.type == "cuda" and (
            obstacles := persistent_obstacles(network.architecture, recipe.batch // group.size)
        ):
            log.warning("The GPU's fastest kernels do not fit this recipe: %s.", "; ".join(obstacles))
        self.optimizers = make_optimizers(network, recipe.optimizer, recipe.learning_rate, recipe.weight_decay)
        self._peaks = [[group["lr"] for group in optimizer.param_groups] for optimizer in self.optimizers]
        self._average = Average(network, recipe.average) if recipe.average else None
        self._model = group.wrap(network)
        self.batches = _make_batches(recipe, training)
        self._rows = group.rows(recipe.batch)
        share = self._rows.stop - self._rows.start
        if share % recipe.accumulate:
            raise OptionError(f"accumulate is {recipe.accumulate}; it must divide a process's {share} streams.")
        self._ahead = Ahead(self.batches, self._rows, device)
        self.validation = validation
        self.state = network.initial_state(share)
        self.total = recipe.updates or max(1, round(recipe.epochs * self.batches.chunks))
        if group.size > 1:
            torch.manual_seed(recipe.seed + group.rank)  # dropout differs

    def add_optimizer(self, optimizer: Optimizer) -> None:
        """Let another optimiser move the weights after the others, with a learning rate of the same course."""
        self.optimizers.append(optimizer)
        self._peaks.append([group["lr"] for group in optimizer.param_groups])

    def start_from(self, weights: Mapping[str, Tensor]) -> None:
        """Take these weights, which are the best ones until training finds better."""
        self.network.load_state_dict(weights)
        if self._average:
            self._average = Average(self.network, self.recipe.average)
        self.progress.start = self.progress.best = self._measure()
        self._save_best()

    def resume(self) -> None:
        """Go on from the last checkpoint in the folder. Raises `ModelError`."""
        found = load_checkpoint(self.folder / FILE, self.network, self.optimizers)
        if found.state.shape[1] != self.recipe.batch:
            raise ModelError(
                f"The run in {self.folder} reads {found.state.shape[1]} streams, the recipe {self.recipe.batch}. "
                "Resume with the recipe of the run."
            )
        self.state = found.state[:, self._rows].to(self.device)
        self.progress = Progress(**found.progress)
        if (self.folder / BEST).exists():  # it may have been written after the checkpoint
            best = load_checkpoint(self.folder / BEST, None, []).progress["best"]
            self.progress.best = min(self.progress.best, best)
        if self._average:
            self._average.load(found.average or dict(self.network.named_parameters()))
        if found.random is not None and self.group.size == 1:
            torch.set_rng_state(found.random)
        self.batches.epoch, self.batches.chunk = self.progress.epoch, self.progress.chunk

    def run(self, watch: Callable[[Report], None] = lambda report: None) -> float:
        """Train; the best validation bits per character. Raises `OptionError` where the loss becomes no number."""
        self.network.train()
        progress = self.progress
        begun = validated = saved = progress.minutes
        updates = looked = progress.updates
        smooth = 0.0
        losses = torch.zeros((), device=self.device)
        mark = time.monotonic()
        every = 1 if self.device.type == "cpu" else LOOK_EVERY
        while (share := self._share()) < 1 and not self._has_settled():
            self._set_learning_rates(share)
            losses += self.update()
            progress.updates += 1
            if progress.updates % every and self._share() < 1:
                continue
            count, looked = progress.updates - looked, progress.updates
            loss = float(self.group.mean(losses)) / count * BITS
            losses.zero_()
            if not math.isfinite(loss):
                raise OptionError(
                    f"The loss is no number after {progress.updates} updates. Lower learning_rate in the recipe."
                )
            smooth = smooth * 0.98**count + loss * (1 - 0.98**count) if smooth else loss
            now = time.monotonic()
            progress.minutes = self.group.from_leader(progress.minutes + (now - mark) / 60, self.device)
            mark = now
            characters = (progress.updates - updates) * self.batches.characters_per_batch
            seconds = max(1e-9, 60 * (progress.minutes - begun))
            watch(Report(progress, self._share(), smooth, characters / seconds))
            if progress.minutes - validated > self.recipe.validate_minutes or self._share() >= 1:
                self._validate(smooth)
                validated = saved = progress.minutes
                mark = time.monotonic()
            elif progress.minutes - saved > SAVE_MINUTES:
                self._save_if_possible()
                saved = progress.minutes
        self._take_best()
        return progress.best

    def update(self) -> Tensor:
        """Read the next batch and move the weights once. The batch's mean nats per character, still on the device."""
        return self._update(self._ahead.next())

    def save(self) -> None:
        """Write a checkpoint. Raises `ModelError` where the disk does not take it; what was there stays.

        A process of a group writes at the times that all have agreed on, and not now.
        """
        if self.group.size == 1:
            self._save()

    def _save(self) -> None:
        state = self.group.gather(self.state)
        if self.group.leads:
            average = self._average.values if self._average else {}
            checkpoint = Checkpoint(state, asdict(self.progress), average, torch.get_rng_state())
            save_checkpoint(self.folder / FILE, checkpoint, self.network, self.optimizers)

    def _save_if_possible(self) -> None:
        """Training goes on where a checkpoint cannot be written: there may be room again in a minute."""
        try:
            self._save()
        except ModelError as error:
            log.warning("%s", error)

    def _save_best(self) -> None:
        """Keep the weights as they were measured."""
        if self.group.leads:
            with self._measured_weights():
                checkpoint = Checkpoint(self.state, asdict(self.progress))
                save_checkpoint(self.folder / BEST, checkpoint, self.network, [])

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

    def _update(self, batch: DeviceBatch) -> Tensor:
        """One step of the optimisers, on this process's streams. The mean nats per character of the batch."""
        parts = self.recipe.accumulate
        scale = LOSS_SCALE if self.device.type == "cuda" else 1.0
        states: list[Tensor] = []
        total = torch.zeros((), device=self.device)
        for optimizer in self.optimizers:
            optimizer.zero_grad(set_to_none=True)
        for ids, state in zip(batch.ids.chunk(parts), (self.state * batch.keep).chunk(parts, dim=1), strict=True):
            last = len(states) == parts - 1
            with self._exchange(last), torch.autocast("cuda", torch.float16, enabled=self.device.type == "cuda"):
                logits, new_state = self._model(ids[:, :-1], state)
                loss = cross_entropy(logits, ids[:, 1:]) / parts
                (loss * scale).backward()
            states.append(new_state.detach().float())
            total += loss.detach()
        clip_gradients(self.network.parameters(), self.recipe.clip, scale)
        for optimizer in self.optimizers:
            optimizer.step()
        if self._average:
            self._average.update(self.progress.updates)
        self.state = torch.cat(states, dim=1)
        self.progress.epoch, self.progress.chunk = batch.epoch, batch.chunk
        return total

    def _exchange(self, last: bool) -> contextlib.AbstractContextManager[None]:
        """Processes add up their gradients once an update."""
        if self.group.size == 1 or last:
            return contextlib.nullcontext()
        return self._model.no_sync()  # type: ignore[operator, no-any-return]

    def _validate(self, smooth: float) -> None:
        bits = self._measure()
        progress = self.progress
        progress.history.append([progress.updates, round(progress.minutes, 2), round(smooth, 4), round(bits, 4)])
        if bits < progress.best:
            before, progress.best = progress.best, bits
            try:
                self._save_best()
            except ModelError as error:
                progress.best = before
                log.warning("%s", error)
        self._save_if_possible()

    def _measure(self) -> float:
        """Validation bits per character of the averaged weights, where the recipe wants an average."""
        bits = math.inf
        if self.group.leads:
            with self._measured_weights():
                bits = evaluate_network(self.network, self.validation, VALIDATION_CHARACTERS, self.device)
        return self.group.from_leader(bits, self.device)

    def _measured_weights(self) -> contextlib.AbstractContextManager[None]:
        return self._average.in_place() if self._average else contextlib.nullcontext()

    def _has_settled(self) -> bool:
        """Whether as many validations as the recipe's patience found nothing better than what was there before."""
        patience = self.recipe.patience
        last = [row[3] for row in self.progress.history[-patience:]]
        return 0 < patience == len(last) and min(last) > self.progress.best + 1e-4

    def _take_best(self) -> None:
        self.group.wait()
        if (best := self.folder / BEST).exists():
            load_checkpoint(best, self.network, [])
        self.network.eval()


def _make_batches(recipe: Recipe, shard: Shard) -> Streams | Windows:
    if recipe.windows == "no":
        return Streams(shard, recipe.batch, recipe.steps, recipe.seed, recipe.forget)
    by_document = recipe.windows == "document"
    return Windows(shard, recipe.batch, recipe.steps, recipe.seed, by_document=by_document)
