from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from charrnn.errors import TextError
from charrnn.vocabulary import DOCUMENT, Vocabulary
from charrnn_training.corpus import Shard, write_shard

PROSE = "It was a bright cold day in April, and the clocks were striking thirteen. " * 40


def test_a_shard_holds_each_document_after_its_mark(tmp_path: Path) -> None:
    documents = [PROSE, "It was."]
    vocabulary = Vocabulary.of("".join(documents))
    write_shard(tmp_path, iter(documents), vocabulary)
    shard = Shard.open(tmp_path)
    assert len(shard) == len(PROSE) + len("It was.") + 2
    for document, start, stop in zip(documents, shard.starts, shard.starts[1:], strict=False):
        assert shard.ids[start] == DOCUMENT
        assert vocabulary.decode(np.asarray(shard.ids[start + 1 : stop])) == document


@pytest.mark.parametrize("documents", [[], ["Too short."]])
def test_next_to_no_text_is_refused(tmp_path: Path, documents: list[str]) -> None:
    with pytest.raises(TextError, match=r"The training text has \d+ characters; it needs at least 1000"):
        write_shard(tmp_path / "training", iter(documents), Vocabulary.of("abc"))


def test_a_long_document_is_encoded_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charrnn_training.corpus.PIECE", 100)
    vocabulary = Vocabulary.of(PROSE)
    shard = write_shard(tmp_path, iter([PROSE]), vocabulary)
    assert (shard.ids[1:] == vocabulary.encode(PROSE)).all()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["ids.npy", "starts.npy", "vocabulary.json"]


def test_pages_that_were_let_go_are_read_again(tmp_path: Path) -> None:
    shard = write_shard(tmp_path, iter([PROSE]), Vocabulary.of(PROSE))
    before = np.asarray(shard.ids).copy()
    shard.release()
    assert (shard.ids == before).all()
    Shard(shard.ids[:100], np.array([0, 100])).release()
    Shard(before, shard.starts).release()  # ids that are no map of a file
