from __future__ import annotations

import numpy as np
import pytest

from charrnn.vocabulary import DOCUMENT, Vocabulary
from charrnn_training.corpus import Shard, write_shard
from charrnn_training.streams import Streams

DOCUMENTS = [f"{n:03d} " + "abcdefghijklmnopqrstuvwxyz" * (n % 5 + 1) for n in range(60)]


@pytest.fixture(scope="module")
def shard(tmp_path_factory: pytest.TempPathFactory) -> Shard:
    vocabulary = Vocabulary.of("abcdefghijklmnopqrstuvwxyz 0123456789")
    return write_shard(tmp_path_factory.mktemp("shard"), iter(DOCUMENTS), vocabulary)


def test_a_stream_goes_on_where_its_last_batch_ended(shard: Shard) -> None:
    streams = Streams(shard, batch=4, steps=16, seed=1)
    before = streams.next()
    for _ in range(streams.chunks - 1):
        batch = streams.next()
        assert (batch.ids[:, 0] == before.ids[:, -1]).all()
        before = batch


def test_an_epoch_reads_nearly_everything_once(shard: Shard) -> None:
    streams = Streams(shard, batch=4, steps=16, seed=1)
    read = np.concatenate([streams.next().ids[:, :-1].ravel() for _ in range(streams.chunks)])
    assert streams.epoch == 1
    assert len(shard) - 4 * 17 - 4 <= len(read) <= len(shard)
    marks = int((read == DOCUMENT).sum())
    assert len(DOCUMENTS) - 8 <= marks <= len(DOCUMENTS)


def test_epochs_differ_and_seeds_repeat(shard: Shard) -> None:
    first, again, other = (Streams(shard, 4, 16, seed) for seed in (1, 1, 2))
    one = [first.next().ids for _ in range(2 * first.chunks)]
    assert all((a == again.next().ids).all() for a in one)
    assert (one[0] != other.next().ids).any()
    assert (one[0] != one[first.chunks]).any()


def test_streams_go_on_from_a_noted_place(shard: Shard) -> None:
    streams = Streams(shard, 4, 16, seed=1, forget=0.3)
    for _ in range(streams.chunks + 3):
        streams.next()
    resumed = Streams(shard, 4, 16, seed=1, forget=0.3)
    resumed.epoch, resumed.chunk = streams.epoch, streams.chunk
    expected, got = streams.next(), resumed.next()
    assert (expected.ids == got.ids).all()
    assert (expected.fresh == got.fresh).all()


def test_state_is_forgotten_at_the_start_of_an_epoch_and_now_and_then(shard: Shard) -> None:
    streams = Streams(shard, 4, 8, seed=1, forget=0.25)
    fresh = [streams.next().fresh for _ in range(streams.chunks)]
    assert fresh[0].all()
    assert 0.1 < np.mean(fresh[1:]) < 0.4


def test_a_corpus_shorter_than_a_batch_still_gives_batches(shard: Shard) -> None:
    streams = Streams(shard, batch=64, steps=128, seed=1)
    assert streams.next().ids.shape == (64, streams.steps + 1)
