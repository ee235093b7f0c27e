"""Several processes that train one network, each with its share of every batch, under `torchrun`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from charrnn.errors import OptionError


@dataclass(frozen=True)
class Group:
    """The processes of a run: this one is number `rank` of `size`. Number 0 leads: it alone writes."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def rows(self, batch: int) -> slice:
        """Which of the `batch` streams are this process's. Raises `OptionError` where they cannot be shared out."""
        if batch % self.size:
            raise OptionError(f"batch is {batch}; it must be a multiple of the number of processes, {self.size}.")
        share = batch // self.size
        return slice(self.rank * share, (self.rank + 1) * share)

    def wait(self) -> None:
        """Go on when all are here."""
        if self.size > 1:
            distributed.barrier()

    def wrap(self, network: nn.Module) -> nn.Module:
        """The network to call in training: its gradients are the mean over all processes."""
        return DistributedDataParallel(network) if self.size > 1 else network

    def mean(self, value: Tensor) -> Tensor:
        """The mean of a tensor over all processes."""
        if self.size > 1:
            distributed.all_reduce(value)
            value = value / self.size
        return value

    def gather(self, state: Tensor) -> Tensor:
        """The states [S, B/size, H] of all processes, side by side [S, B, H]."""
        if self.size == 1:
            return state
        parts = [torch.empty_like(state) for _ in range(self.size)]
        distributed.all_gather(parts, state.contiguous())
        return torch.cat(parts, dim=1)

    def from_leader(self, value: float, device: torch.device) -> float:
        """The value that the leader has."""
        if self.size == 1:
            return value
        shared = torch.tensor(value, dtype=torch.float32 if device.type == "mps" else torch.float64, device=device)
        distributed.broadcast(shared, 0)
        return float(shared)


ALONE = Group()


@contextlib.contextmanager
def joined(device: torch.device) -> Iterator[Group]:
    """The group that `torchrun` has started this process in; a group of one without it."""
    size = int(os.environ.get("WORLD_SIZE", "1"))
    if size == 1:
        yield ALONE
        return
    if device.type == "cuda":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")))
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Group(distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()
