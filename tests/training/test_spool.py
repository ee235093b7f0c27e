from __future__ import annotations

from collections import Counter
from contextlib import closing
from pathlib import Path

from charrnn_training.spool import Spool, fingerprint_of


def test_documents_come_back_in_order_and_each_once(tmp_path: Path) -> None:
    documents = ["It was late.", "Ärger — 吾輩", "\udc80 a stray surrogate"]
    with closing(Spool(tmp_path / "spool")) as spool:
        assert [spool.add(document) for document in documents] == [True] * 3
        assert not spool.add("It was late.")
        assert not spool.add("It  was\nLATE!")  # the same letters in another layout
        assert list(spool) == documents
        assert spool[1] == documents[1]
        assert list(spool.lengths) == [*map(len, documents)]
        assert (spool.duplicates, len(spool), spool.characters) == (2, 3, sum(map(len, documents)))
        assert spool.counts == Counter("".join(documents))
    assert not (tmp_path / "spool").exists()


def test_documents_may_be_added_after_some_were_read(tmp_path: Path) -> None:
    with closing(Spool(tmp_path / "spool")) as spool:
        spool.add("one")
        assert list(spool) == ["one"]
        spool.add("two")
        assert list(spool) == ["one", "two"]


def test_documents_without_letters_are_told_apart_too() -> None:
    assert fingerprint_of("!!!") != fingerprint_of("???")
