"""A document in the memory: its lines, in step with the writer's edits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from charrnn.concordance import Passage
from charrnn.memory import Memory

LONGEST = 8000  # characters that are learned in one go: more would hold up the next key


class RememberedLines:
    """The lines of one document in a memory, kept in step with its edits. Of a very long line it is the end.

    A line that grows at its end, as in writing, is learned character by character. One that is edited elsewhere is
    forgotten and learned again later, by `catch_up`, like the lines of a document that was just opened.
    """

    def __init__(self, memory: Memory, lines: Sequence[str]) -> None:
        self.memory = memory
        self._texts = list(lines)
        self._passages: list[Passage | None] = [None] * len(self._texts)
        self.unknown = len(self._texts)  # how many lines are not learned

    def replace(self, first: int, removed: int, lines: Sequence[str]) -> None:
        """Take over an edit: the lines from `first` on, `removed` in number, are now `lines`."""
        old = self._texts[first : first + removed]
        passages: list[Passage | None] = [None] * len(lines)
        if len(lines) >= len(old) == 1 and (known := self._passages[first]) and lines[0].startswith(old[0]):
            passages[0] = self._grown(known, old[0], lines[0])
        for passage in self._passages[first : first + removed]:
            if passage is not None and passage is not passages[0]:
                self.memory.unlearn(passage)
        self.unknown += passages.count(None) - self._passages[first : first + removed].count(None)
        self._texts[first : first + removed] = lines
        self._passages[first : first + removed] = passages

    def _grown(self, passage: Passage, old: str, new: str) -> Passage:
        if len(new) - len(old) > LONGEST or not self.memory.extend(passage, new[len(old) :]):
            self.memory.unlearn(passage)
            passage = self._learn(new)
        return passage

    def _learn(self, line: str) -> Passage:
        return self.memory.learn("\n" + line[-LONGEST:])

    def catch_up(self) -> Iterator[None]:
        """Learn the lines that are not known, giving way after each."""
        if not self.unknown:
            return
        for number, text in enumerate(self._texts):
            if number < len(self._passages) and self._passages[number] is None:
                self._passages[number] = self._learn(text)
                self.unknown -= 1
                yield

    def forget(self) -> None:
        """Take all lines as they are for forgotten, those too that were not learned yet, as the memory forgets all."""
        self._passages = [passage or Passage(0, 0) for passage in self._passages]
        self.unknown = 0

    def close(self) -> None:
        """Forget the document."""
        for passage in self._passages:
            if passage is not None:
                self.memory.unlearn(passage)
        self._texts, self._passages, self.unknown = [], [], 0
