"""Batches on the device they are used on, so that the training loop never waits for the host."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from charrnn_training.streams import Batch

AHEAD = 64  # batches a transfer


class Batches(Protocol):
    """What `Streams` and `Windows` are: endless batches, with (`epoch`, `chunk`) of the next."""

    epoch: int
    chunk: int

    def next(self) -> Batch: ...


@dataclass(frozen=True)
class DeviceBatch:
    """`ids` [B, T + 1] int64; `keep` [B, 1] float32 is 0 where the state is to be forgotten; where the next one is."""

    ids: Tensor
    keep: Tensor
    epoch: int
    chunk: int


class Ahead:
    """The rows of batches that are this process's, on `device`.

    A transfer brings `count` batches: one where the device is a CPU, else `AHEAD`.
    """

    def __init__(self, batches: Batches, rows: slice, device: torch.device, count: int | None = None) -> None:
        self._batches, self._rows, self._device = batches, rows, device
        self._count = count or (1 if device.type == "cpu" else AHEAD)
        self._ready: list[DeviceBatch] = []

    def next(self) -> DeviceBatch:
        if not self._ready:
            self._ready = self._read()[::-1]
        return self._ready.pop()

    def _read(self) -> list[DeviceBatch]:
        places, ids, keep = [], [], []
        for _ in range(self._count):
            batch = self._batches.next()
            ids.append(batch.ids[self._rows].astype(np.int32))
            keep.append(~batch.fresh[self._rows, None])
            places.append((self._batches.epoch, self._batches.chunk))
        all_ids, all_keep = self._send(np.stack(ids)).long(), self._send(np.stack(keep)).float()
        return [DeviceBatch(all_ids[n], all_keep[n], *place) for n, place in enumerate(places)]

    def _send(self, array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Tensor:
        tensor = torch.from_numpy(array)
        if self._device.type == "cuda":
            tensor = tensor.pin_memory()
        return tensor.to(self._device, non_blocking=True)
