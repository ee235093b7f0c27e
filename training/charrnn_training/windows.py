"""Batches as the classic systems made them: windows that begin anywhere, each with an empty state."""

from __future__ import annotations

import numpy as np

from charrnn_training.corpus import Shard
from charrnn_training.streams import Batch


class Windows:
    """Endless batches of windows [B, T + 1]; in an epoch as many characters are read as the corpus has.

    With `by_document`, all windows of a batch come from one document, evenly spread over it.
    (`epoch`, `chunk`) says where it stands; set them to go on from there.
    """

    def __init__(self, shard: Shard, batch: int, steps: int, seed: int, *, by_document: bool = False) -> None:
        self.shard, self.batch, self.seed, self.by_document = shard, batch, seed, by_document
        self.steps = min(steps, len(shard) - 1)
        self.chunks = max(1, (len(shard) - 1) // (batch * self.steps))
        self.epoch = self.chunk = 0

    @property
    def characters_per_batch(self) -> int:
        return self.batch * self.steps

    def next(self) -> Batch:
        """The batch at (`epoch`, `chunk`), and one step ahead."""
        rng = np.random.default_rng((self.seed, self.epoch, self.chunk))
        starts = self._of_one_document(rng) if self.by_document else self._anywhere(rng)
        places = starts[:, None] + np.arange(self.steps + 1)
        self.chunk += 1
        if self.chunk == self.chunks:
            self.epoch, self.chunk = self.epoch + 1, 0
        return Batch(np.asarray(self.shard.ids[places]).astype(np.int64), np.ones(self.batch, np.bool_))

    def _anywhere(self, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return rng.integers(0, len(self.shard) - self.steps, self.batch)

    def _of_one_document(self, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        document = int(rng.integers(len(self.shard.starts) - 1))
        first, stop = int(self.shard.starts[document]), int(self.shard.starts[document + 1])
        last = min(max(first, stop - self.steps - 1), len(self.shard) - self.steps - 1)
        return np.linspace(first, last, self.batch).astype(np.int64)
