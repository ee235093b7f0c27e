from __future__ import annotations

import pytest
import torch

from charrnn_training.ahead import Ahead
from charrnn_training.corpus import Shard
from charrnn_training.streams import Streams


@pytest.mark.parametrize("count", [None, 5])
def test_batches_on_the_device_are_those_of_the_streams(shard: Shard, count: int | None) -> None:
    streams = Streams(shard, batch=6, steps=16, seed=1, forget=0.3)
    ahead = Ahead(Streams(shard, batch=6, steps=16, seed=1, forget=0.3), slice(2, 5), torch.device("cpu"), count)
    for _ in range(2 * streams.chunks + 3):
        expected, got = streams.next(), ahead.next()
        assert got.ids.dtype == torch.int64
        assert (got.ids.numpy() == expected.ids[2:5]).all()
        assert (got.keep[:, 0].numpy() == ~expected.fresh[2:5]).all()
        assert (got.epoch, got.chunk) == (streams.epoch, streams.chunk)  # where to go on after this batch
