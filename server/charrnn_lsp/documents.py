"""Open documents, as lines that are edited in place: an edit costs what it changes, whatever the document's size."""

from __future__ import annotations

import re
from dataclasses import dataclass

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


@dataclass
class Document:
    """The text of one open document. `lines` keep their line ends; there is always at least one."""

    language: str
    version: int
    lines: list[str]
    encoding: PositionEncodingKind = PositionEncodingKind.Utf16

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

    def change(self, event: TextDocumentContentChangeEvent) -> LineChange:
        """Apply one event of `textDocument/didChange`."""
        if isinstance(event, TextDocumentContentChangePartial):
            return self._replace(event.range, event.text)
        removed, self.lines = len(self.lines), split_lines(event.text)
        return LineChange(0, removed, self.lines)

    def place(self, position: Position) -> tuple[int, int]:
        """Line and offset of a position; one beyond the end of a line or of the document is that end."""
        if position.line >= len(self.lines):
            return len(self.lines) - 1, len(self.lines[-1])
        line = content(self.lines[position.line])
        return position.line, offset_of(line, position.character, self.encoding)

    def _replace(self, range_: Range, text: str) -> LineChange:
        (first, start), (last, end) = sorted((self.place(range_.start), self.place(range_.end)))
        changed = self.lines[first][:start] + text + self.lines[last][end:]
        if first > 0 and self.lines[first - 1].endswith("\r") and changed.startswith("\n"):
            # The change makes one line end of what were the end of a line and the beginning of the next.
            first -= 1
            changed = self.lines[first] + changed
        lines = split_lines(changed)
        if last < len(self.lines) - 1:
            lines.pop()  # the changed text ends with a line end, and the next line is there already
        self.lines[first : last + 1] = lines
        return LineChange(first, last + 1 - first, lines)
