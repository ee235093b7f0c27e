"""The open documents in the memory: learned little by little when they open, then kept in step with their edits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from charrnn.excerpt import content
from charrnn.memory import Memory
from charrnn.remembered_lines import RememberedLines
from charrnn_lsp.documents import Document, LineChange

TURN = 0.002  # seconds of learning after which requests get their turn


class Recollection:
    """What one memory knows of the open documents; nothing while there is no memory."""

    def __init__(self) -> None:
        self._memory: Memory | None = None
        self._lines: dict[str, RememberedLines] = {}
        self._edited = ("", 0)  # document and line of the last edit
        self._learning: asyncio.Task[None] | None = None

    def use(self, memory: Memory | None, documents: Mapping[str, Document]) -> None:
        """From now on keep `documents` in this memory."""
        if memory is not self._memory:
            for uri in list(self._lines):
                self.close(uri)
            self._memory = memory
            for uri, document in documents.items():
                self.open(uri, document)

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
        turn = time.monotonic()
        for lines in list(self._lines.values()):
            for _ in lines.catch_up():
                if time.monotonic() - turn > TURN:
                    await asyncio.sleep(0)
                    turn = time.monotonic()
