"""What the memory holds: the open documents, kept in step with their edits, and the writer's archive.

Both are learned little by little, while nothing else is to be done.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from charrnn.concordance import Passage
from charrnn.excerpt import content
from charrnn.memory import Memory
from charrnn.remembered_lines import LONGEST, RememberedLines
from charrnn_lsp.archive import read_archive
from charrnn_lsp.documents import Document, LineChange

TURN = 0.002  # seconds of learning after which requests get their turn


class Recollection:
    """What one memory knows of the open documents and of some folders; nothing while there is no memory."""

    def __init__(self) -> None:
        self._memory: Memory | None = None
        self._lines: dict[str, RememberedLines] = {}
        self._edited = ("", 0)  # document and line of the last edit
        self._learning: asyncio.Task[None] | None = None
        self._folders: tuple[str, ...] = ()
        self._archive: list[Passage] = []
        self._reading: asyncio.Task[None] | None = None  # of the archive

    def use(self, memory: Memory | None, documents: Mapping[str, Document], folders: tuple[str, ...] = ()) -> None:
        """From now on keep `documents` in this memory, and what is in `folders` now."""
        if memory is not self._memory or folders != self._folders:
            self._use_folders(memory, folders)
        for uri in [uri for uri in self._lines if memory is not self._memory or uri not in documents]:
            self.close(uri)
        self._memory = memory
        for uri, document in documents.items():
            if uri not in self._lines:
                self.open(uri, document)

    def forget(self) -> None:
        """Forget everything, until there is something new to learn."""
        self._stop_reading()
        self._archive.clear()
        for lines in self._lines.values():
            lines.forget()
        if self._memory is not None:
            self._memory.forget()

    def _use_folders(self, memory: Memory | None, folders: tuple[str, ...]) -> None:
        self._stop_reading()
        for passage in self._archive:
            if self._memory is not None:
                self._memory.unlearn(passage)
        self._archive, self._folders = [], folders
        if memory is not None and folders:
            self._reading = asyncio.ensure_future(self._learn_archive(memory, folders))

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    async def _learn_archive(self, memory: Memory, folders: tuple[str, ...]) -> None:
        turn = time.perf_counter()
        for line in await asyncio.to_thread(read_archive, folders):
            for start in range(0, len(line) + 1, LONGEST):
                self._archive.append(memory.learn("\n" + line[start : start + LONGEST]))
                if time.perf_counter() - turn > TURN:
                    await asyncio.sleep(0)
                    turn = time.perf_counter()

    def open(self, uri: str, document: Document) -> None:
        """Learn a document, beginning soon."""
        self.close(uri)
        if self._memory is not None:
            self._lines[uri] = RememberedLines(self._memory, list(map(content, document.lines)))
            self._learn_soon()

    def change(self, uri: str, change: LineChange) -> None:
        """Follow an edit. Lines that edits have made unknown are learned again once the writer is at another line."""
        if (lines := self._lines.get(uri)) is not None:
            lines.replace(change.first, change.removed, list(map(content, change.lines)))
            if (uri, change.first) != self._edited:
                self._edited = (uri, change.first)
                self._learn_soon()

    def close(self, uri: str) -> None:
        """Forget a document."""
        if (lines := self._lines.pop(uri, None)) is not None:
            lines.close()

    def _learn_soon(self) -> None:
        if self._learning is None or self._learning.done():
            self._learning = asyncio.ensure_future(self._learn())

    async def _learn(self) -> None:
        turn = time.perf_counter()
        # What is opened or edited meanwhile too.
        while unknown := [lines for lines in self._lines.values() if lines.unknown]:
            for _ in unknown[0].catch_up():
                if time.perf_counter() - turn > TURN:
                    await asyncio.sleep(0)
                    turn = time.perf_counter()
