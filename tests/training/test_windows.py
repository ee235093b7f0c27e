from __future__ import annotations

import numpy as np
import pytest

from charrnn.vocabulary import DOCUMENT
from charrnn_training.corpus import Shard
from charrnn_training.windows import Windows


@pytest.mark.parametrize("by_document", [False, True])
def test_windows_are_pieces_of_the_corpus_with_an_empty_state(shard: Shard, by_document: bool) -> None:
    windows = Windows(shard, batch=5, steps=20, seed=1, by_document=by_document)
    text = np.asarray(shard.ids[:]).astype(np.uint16).tobytes()
    for _ in range(20):
        batch = windows.next()
        assert batch.ids.shape == (5, 21)
        assert batch.fresh.all()
        assert all(row.astype(np.uint16).tobytes() in text for row in batch.ids)


def test_windows_of_one_document_cover_it(shard: Shard) -> None:
    batch = Windows(shard, batch=200, steps=20, seed=1, by_document=True).next()
    assert batch.ids[0, 0] == DOCUMENT
    assert (batch.ids[1:] != DOCUMENT).mean() > 0.95


def test_an_epoch_reads_as_much_as_there_is_and_seeds_repeat(shard: Shard) -> None:
    windows, again = Windows(shard, 5, 20, seed=1), Windows(shard, 5, 20, seed=1)
    assert len(shard) - 101 <= windows.chunks * windows.characters_per_batch <= len(shard)
    first = [windows.next().ids for _ in range(windows.chunks)]
    assert windows.epoch == 1
    again.chunk = windows.chunks - 1
    assert (again.next().ids == first[-1]).all()


def test_a_corpus_shorter_than_a_window_gives_one_window(shard: Shard) -> None:
    short = Shard(shard.ids[:30], np.array([0, 30]))
    assert Windows(short, 2, 100, seed=1).next().ids.shape == (2, 30)
