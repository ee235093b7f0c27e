"""A document as an evaluation writes it: lines with their ends, a cursor, and a memory that follows."""

from __future__ import annotations

from charrnn.excerpt import Excerpt, content, excerpt
from charrnn.memory import Memory
from charrnn.remembered_lines import RememberedLines


class Page:
    """A document that grows at its cursor, between the text `before` and `after` it."""

    def __init__(self, memory: Memory | None, before: str = "", after: str = "") -> None:
        self.lines = lines_of(before + after)
        self.number = before.count("\n")
        self.offset = len(before) - (before.rfind("\n") + 1)
        self._remembered = RememberedLines(memory, list(map(content, self.lines))) if memory is not None else None
        self._edited = -1  # the line of the last edit
        self._catch_up()

    def write(self, text: str) -> None:
        """Insert `text` at the cursor."""
        line = self.lines[self.number]
        changed = lines_of(line[: self.offset] + text + line[self.offset :])
        if line.endswith("\n"):
            changed.pop()
        if self._remembered is not None:
            self._remembered.replace(self.number, 1, list(map(content, changed)))
            if self.number != self._edited:  # as the server does: a line is learned again when the writer leaves it
                self._edited = self.number
                self._catch_up()
        self.lines[self.number : self.number + 1] = changed
        breaks = text.count("\n")
        self.number += breaks
        self.offset = len(text) - text.rfind("\n") - 1 if breaks else self.offset + len(text)

    def excerpt(self) -> Excerpt:
        """What a suggestion at the cursor is made from."""
        return excerpt(self.lines, self.number, self.offset)

    def close(self) -> None:
        """Take it out of the memory."""
        if self._remembered is not None:
            self._remembered.close()

    def _catch_up(self) -> None:
        if self._remembered is not None:
            for _ in self._remembered.catch_up():
                pass


def lines_of(text: str) -> list[str]:
    r"""The lines of `text` with their ends, at `\n` alone; the last has none."""
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + parts[-1:]
