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


def test_of_a_long_document_it_takes_paragraphs_from_somewhere(spool: Spool) -> None:
    paragraphs = [f"Paragraph {n}. " + "The rain had stopped. " * 10 for n in range(400)]
    long = "\n\n".join(paragraphs)
    spool.add(long)
    (piece,) = (piece for piece in replayed(spool, 1e9, seed=3) if piece.startswith("Paragraph"))
    assert piece in long
    assert len(piece) <= LONGEST
