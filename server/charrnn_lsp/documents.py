"""Open documents, as lines that are edited in place: an edit costs what it changes, whatever the document's size."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from lsprotocol.types import (
    Position,
    PositionEncodingKind,
    Range,
    TextDocumentContentChangeEvent,
    TextDocumentContentChangePartial,
)

from charrnn.excerpt import content
from charrnn_lsp.positions import offset_of

# LSP knows three line ends (specification, "Text Documents"); str.splitlines knows eight more.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z|\Z")

KEPT, KEPT_CHARACTERS = 64, 50_000  # of notifications that can be taken back, if a late one belongs before them


def split_lines(text: str) -> list[str]:
    """The lines of `text`, each with its line end; the last one has none and may be empty."""
    if "\r" in text:
        lines = _LINE.findall(text)
        # After a last line without line end the pattern matches once more, at the very end.
        return lines[:-1] if len(lines) > 1 and not lines[-2].endswith(("\r", "\n")) else lines
    lines = text.split("\n")
    return [line + "\n" for line in lines[:-1]] + lines[-1:]


@dataclass(frozen=True)
class LineChange:
    """What an edit did: the lines from `first` on, `removed` in number, are now `lines`."""

    first: int
    removed: int
    lines: list[str]


@dataclass(frozen=True)
class _Applied:
    """A notification that was applied after `previous`, and the changes that take it back, in their order."""

    previous: int
    version: int
    events: Sequence[TextDocumentContentChangeEvent]
    back: list[LineChange]
    size: int  # characters that are kept for it


@dataclass
class Document:
    """The text of one open document. `lines` keep their line ends; there is always at least one."""

    language: str
    version: int
    lines: list[str]
    encoding: PositionEncodingKind = PositionEncodingKind.Utf16
    _applied: deque[_Applied] = field(default_factory=deque, repr=False)

    @classmethod
    def of(
        cls,
        text: str,
        language: str = "plaintext",
        version: int = 0,
        encoding: PositionEncodingKind = PositionEncodingKind.Utf16,
    ) -> Document:
        return cls(language, version, split_lines(text), encoding)

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def update(self, version: int, events: Sequence[TextDocumentContentChangeEvent]) -> list[LineChange]:
        """Apply a `textDocument/didChange`; what it did to the lines, in order.

        One that comes after a later one is put before it: Helix 25 sends what belongs to one moment in any order.
        """
        later, changes = self._take_back(version)
        for number, one in [(version, events), *((each.version, each.events) for each in later)]:
            done = [self._apply(event) for event in one]
            changes += [change for change, _ in done]
            self._keep(number, one, [back for _, back in reversed(done)])
        return changes

    def change(self, event: TextDocumentContentChangeEvent) -> LineChange:
        """Apply one event of `textDocument/didChange`."""
        return self._apply(event)[0]

    def place(self, position: Position) -> tuple[int, int]:
        """Line and offset of a position; one beyond the end of a line or of the document is that end."""
        if position.line >= len(self.lines):
            return len(self.lines) - 1, len(self.lines[-1])
        line = content(self.lines[position.line])
        return position.line, offset_of(line, position.character, self.encoding)

    def _take_back(self, version: int) -> tuple[list[_Applied], list[LineChange]]:
        """Undo what came before its time, if `version` was missed: what to do again, and what the undoing did."""
        later: list[_Applied] = []
        changes: list[LineChange] = []
        if version >= self.version:
            return later, changes
        known = {version for each in self._applied for version in (each.previous, each.version)}
        if known and min(known) < version and version not in known:
            while self._applied and self._applied[-1].version > version:
                later.insert(0, self._applied.pop())
                changes += later[0].back
                for change in later[0].back:
                    self._put(change)
                self.version = later[0].previous
        return later, changes

    def _keep(self, version: int, events: Sequence[TextDocumentContentChangeEvent], back: list[LineChange]) -> None:
        size = sum(len(event.text) for event in events) + sum(len(line) for change in back for line in change.lines)
        self._applied.append(_Applied(self.version, version, events, back, size))
        self.version = version
        while len(self._applied) > KEPT or sum(applied.size for applied in self._applied) > KEPT_CHARACTERS:
            self._applied.popleft()

    def _apply(self, event: TextDocumentContentChangeEvent) -> tuple[LineChange, LineChange]:
        """Change the lines; what was done, and what takes it back."""
        if isinstance(event, TextDocumentContentChangePartial):
            change = self._replaced(event.range, event.text)
        else:
            change = LineChange(0, len(self.lines), split_lines(event.text))
        return change, self._put(change)

    def _put(self, change: LineChange) -> LineChange:
        """Make a change; the one that takes it back."""
        stop = change.first + change.removed
        before = self.lines[change.first : stop]
        self.lines[change.first : stop] = change.lines
        return LineChange(change.first, len(change.lines), before)

    def _replaced(self, range_: Range, text: str) -> LineChange:
        """The change of lines that replaces a range by a text."""
        (first, start), (last, end) = sorted((self.place(range_.start), self.place(range_.end)))
        changed = self.lines[first][:start] + text + self.lines[last][end:]
        if first > 0 and self.lines[first - 1].endswith("\r") and changed.startswith("\n"):
            # The change makes one line end of what were the end of a line and the beginning of the next.
            first -= 1
            changed = self.lines[first] + changed
        lines = split_lines(changed)
        if last < len(self.lines) - 1:
            lines.pop()  # the changed text ends with a line end, and the next line is there already
        return LineChange(first, last + 1 - first, lines)
