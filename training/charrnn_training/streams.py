"""Batches for truncated back-propagation with carried state: B contiguous streams over shuffled documents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from charrnn_training.corpus import Shard

RELEASE_EVERY = 64  # batches


@dataclass(frozen=True)
class Batch:
    """`ids` [B, T + 1]: inputs are all but the last column, targets all but the first; `fresh` [B]: forget state."""

    ids: npt.NDArray[np.int64]
    fresh: npt.NDArray[np.bool_]


class Streams:
    """Endless batches. Each epoch reads the documents in a new order, laid end to end and cut into B equal streams.

    (`epoch`, `chunk`) says where it stands; set them to go on from there.
    """

    def __init__(self, shard: Shard, batch: int, steps: int, seed: int, forget: float = 0.0) -> None:
        self.shard, self.batch, self.steps, self.seed, self.forget = shard, batch, steps, seed, forget
        self.steps = min(steps, max(1, (len(shard) - 1) // batch - 1))
        self.stream_length = (len(shard) - 1) // batch
        self.chunks = max(1, (self.stream_length - 1) // self.steps)  # an epoch
        self.epoch = self.chunk = 0
        self._order_of = -1

    @property
    def characters_per_batch(self) -> int:
        return self.batch * self.steps

    def next(self) -> Batch:
        """The batch at (`epoch`, `chunk`), and one step ahead."""
        if self._order_of != self.epoch:
            self._shuffle()
        rng = np.random.default_rng((self.seed, self.epoch, self.chunk))
        first = self.chunk * self.steps
        ids = np.stack([self._read(b * self.stream_length + first, self.steps + 1) for b in range(self.batch)])
        if self.chunk % RELEASE_EVERY == 0:
            self.shard.release()
        fresh = rng.random(self.batch) < self.forget
        if self.chunk == 0:
            fresh[:] = True
        self.chunk += 1
        if self.chunk == self.chunks:
            self.epoch, self.chunk = self.epoch + 1, 0
        return Batch(ids, fresh)

    def _shuffle(self) -> None:
        """Order the documents of this epoch; `_ends` [d] is where each ends in the row of all of them."""
        rng = np.random.default_rng((self.seed, self.epoch))
        self._order = rng.permutation(len(self.shard.starts) - 1)
        self._ends = np.cumsum(np.diff(self.shard.starts)[self._order])
        # A random rotation, so that the streams do not begin at the same places of the same documents.
        self._rotation = int(rng.integers(len(self.shard)))
        self._order_of = self.epoch

    def _read(self, place: int, count: int) -> npt.NDArray[np.int64]:
        """`count` ids from `place` in the row of documents, from its beginning again after its end."""
        parts: list[npt.NDArray[np.uint16]] = []
        while count > 0:
            at = (place + self._rotation) % len(self.shard)
            row = int(np.searchsorted(self._ends, at, "right"))
            document = self._order[row]
            left = int(self._ends[row]) - at
            stop = int(self.shard.starts[document + 1]) - left
            part = self.shard.ids[stop : stop + min(left, count)]
            parts.append(part)
            place, count = place + len(part), count - len(part)
        return np.concatenate(parts).astype(np.int64)
