"""Replayed text: from all over, as much as was asked for, the same each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from charrnn_training.replay import LONGEST, replayed
from charrnn_training.spool import Spool


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    with closing(Spool(tmp_path / "documents")) as spool:
        for n in range(50):
            spool.add(f"Document {n}. " + "It was late. " * 20)
        yield spool


def test_it_is_as_much_as_was_asked_for_and_no_more_than_there_is(spool: Spool) -> None:
    pieces = list(replayed(spool, 2000, seed=1))
    assert 2000 <= sum(map(len, pieces)) < 2000 + max(map(len, pieces))
    assert sorted(replayed(spool, 1e9, seed=1)) == sorted(spool)
    assert list(replayed(spool, 0, seed=1)) == []


def test_the_seed_decides(spool: Spool) -> None:
    assert list(replayed(spool, 2000, seed=1)) == list(replayed(spool, 2000, seed=1))
    assert list(replayed(spool, 2000, seed=1)) != list(replayed(spool, 2000, seed=2))


def test_a_long_document_is_taken_in_pieces_that_begin_with_paragraphs(spool: Spool) -> None:
    long = "\n\n".join(f"Paragraph {n:03}. " + "The rain had stopped. " * 10 for n in range(400))
    spool.add(long)
    pieces = sorted(piece for piece in replayed(spool, 1e9, seed=3) if piece.startswith("Paragraph"))
    assert "\n\n".join(pieces) == long
    assert len(pieces) > 5
    assert max(map(len, pieces)) < 2 * LONGEST


def test_each_character_is_as_likely_as_any_other(spool: Spool) -> None:
    """A long document does not count as little as a short one."""
    spool.add("\n\n".join(f"Paragraph {n:03}. " + "The rain had stopped. " * 10 for n in range(400)))
    share = sum(map(len, spool)) / 10
    taken = [sum(len(p) for p in replayed(spool, share, seed) if "rain" in p) for seed in range(20)]
    assert sum(taken) > 0.5 * 20 * share


def test_what_has_no_paragraphs_is_cut_where_it_must_be(spool: Spool) -> None:
    long = "".join(f"It was the {n:06}th night. " for n in range(2000))
    spool.add(long)
    pieces = [piece for piece in replayed(spool, 1e9, seed=3) if "night" in piece]
    assert "".join(sorted(pieces, key=long.index)) == long
