from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol.types import Position, Range, TextDocumentContentChangePartial

from charrnn.memory import Memory
from charrnn.remembered_lines import LONGEST
from charrnn.vocabulary import Vocabulary
from charrnn_lsp import recollection as recollection_module
from charrnn_lsp.documents import Document
from charrnn_lsp.recollection import Recollection

VOCABULARY = Vocabulary.of("abcdefghijklmnopqrstuvwxyz ,.\n")
TEXT = "the queen zarquona\nsailed away"
SIZE = len(TEXT) + 1  # each line begins with a line end


async def settled(recollection: Recollection) -> None:
    """When all that is to be learned has been."""
    while recollection._learning is not None and not recollection._learning.done():
        await asyncio.sleep(0)


async def test_documents_are_learned_changed_and_forgotten() -> None:
    memory, recollection = Memory(VOCABULARY), Recollection()
    document = Document.of(TEXT)
    recollection.use(memory, {"a": document})
    await settled(recollection)
    assert len(memory) == SIZE
    insert = TextDocumentContentChangePartial(range=Range(Position(1, 11), Position(1, 11)), text=" far")
    recollection.change("a", document.change(insert))
    assert len(memory) == SIZE + 4
    recollection.open("b", Document.of("another"))
    await settled(recollection)
    assert len(memory) == SIZE + 4 + 8
    recollection.close("a")
    assert len(memory) == 8
    recollection.close("a")


async def test_another_memory_learns_what_is_open_and_the_old_one_forgets() -> None:
    first, second, recollection = Memory(VOCABULARY), Memory(VOCABULARY), Recollection()
    documents = {"a": Document.of(TEXT)}
    recollection.use(first, documents)
    await settled(recollection)
    recollection.use(second, documents)
    await settled(recollection)
    assert (len(first), len(second)) == (0, SIZE)
    recollection.use(None, documents)
    recollection.open("b", Document.of("another"))
    assert len(second) == 0


async def test_a_line_edited_in_the_middle_is_learned_again_later() -> None:
    memory, recollection = Memory(VOCABULARY), Recollection()
    document = Document.of(TEXT)
    recollection.use(memory, {"a": document})
    await settled(recollection)
    edit = TextDocumentContentChangePartial(range=Range(Position(0, 0), Position(0, 3)), text="a")
    recollection.change("a", document.change(edit))
    await settled(recollection)
    again = TextDocumentContentChangePartial(range=Range(Position(0, 0), Position(0, 1)), text="one")
    recollection.change("a", document.change(again))
    await settled(recollection)
    assert len(memory) == SIZE - len("\nthe queen zarquona")
    elsewhere = TextDocumentContentChangePartial(range=Range(Position(1, 0), Position(1, 0)), text="he ")
    recollection.change("a", document.change(elsewhere))
    await settled(recollection)
    assert len(memory) == SIZE + 3


async def read(recollection: Recollection) -> None:
    """When the archive was learned."""
    assert recollection._reading is not None
    await asyncio.wait([recollection._reading])


async def test_an_archive_is_learned_and_unlearned(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("queen zarquona\n", encoding="utf-8")
    memory, recollection = Memory(VOCABULARY), Recollection()
    recollection.use(memory, {}, (str(tmp_path),))
    await read(recollection)
    assert len(memory) == len("\nqueen zarquona")
    recollection.use(memory, {"a": Document.of(TEXT)}, (str(tmp_path),))  # nothing new in these folders
    assert len(memory) == len("\nqueen zarquona")
    recollection.use(memory, {}, ())
    assert len(memory) == 0


async def test_another_memory_learns_the_archive_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("queen", encoding="utf-8")
    first, second, recollection = Memory(VOCABULARY), Memory(VOCABULARY), Recollection()
    recollection.use(first, {}, (str(tmp_path),))
    await read(recollection)
    recollection.use(second, {}, (str(tmp_path),))
    await read(recollection)
    assert (len(first), len(second)) == (0, len("\nqueen"))
    recollection.use(None, {}, (str(tmp_path),))
    assert len(second) == 0


async def test_what_was_forgotten_while_the_archive_is_read_stays_forgotten(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("queen", encoding="utf-8")
    memory, recollection = Memory(VOCABULARY), Recollection()
    recollection.use(memory, {}, (str(tmp_path),))
    reading = recollection._reading
    recollection.forget()
    assert reading is not None
    await asyncio.wait([reading])
    assert len(memory) == 0


async def test_what_is_opened_while_others_are_learned_is_learned_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recollection_module, "TURN", -1.0)  # every line gives way
    memory, recollection = Memory(VOCABULARY), Recollection()
    recollection.use(memory, {"a": Document.of(TEXT)})
    await asyncio.sleep(0)
    assert 0 < len(memory) < SIZE
    recollection.open("b", Document.of("another"))
    await settled(recollection)
    assert len(memory) == SIZE + len("\nanother")


async def test_what_was_forgotten_while_documents_are_learned_stays_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recollection_module, "TURN", -1.0)
    memory, recollection = Memory(VOCABULARY), Recollection()
    document = Document.of(TEXT)
    recollection.use(memory, {"a": document})
    await asyncio.sleep(0)
    recollection.forget()
    await settled(recollection)
    assert len(memory) == 0
    insert = TextDocumentContentChangePartial(range=Range(Position(1, 11), Position(1, 11)), text=" far")
    recollection.change("a", document.change(insert))
    assert len(memory) == len("\nsailed away far")


async def test_documents_come_and_go_with_the_same_memory() -> None:
    memory, recollection = Memory(VOCABULARY), Recollection()
    recollection.use(memory, {"a": Document.of(TEXT)})
    await settled(recollection)
    recollection.use(memory, {"b": Document.of("another")})
    await settled(recollection)
    assert len(memory) == len("\nanother")


async def test_a_long_line_of_the_archive_is_learned_in_pieces(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("queen zarquona " * 2000, encoding="utf-8")
    memory, recollection = Memory(VOCABULARY), Recollection()
    recollection.use(memory, {}, (str(tmp_path),))
    await read(recollection)
    assert len(memory) >= 30_000
    assert max(passage.stop - passage.start for passage in recollection._archive) <= LONGEST + 1
