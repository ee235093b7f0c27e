"""The writer's typographic habits: read off the text before the cursor, given back to suggestions."""

from __future__ import annotations

from dataclasses import dataclass

_OPENING_CONTEXT = " \n([{-\u2014\u2013\u201c\u2018\"'"


@dataclass(frozen=True)
class Typography:
    """Which characters stand for quotes, a dash and an ellipsis in this text."""

    curly: bool = False
    dash: str = "\u2014"
    ellipsis: str = "..."

    @classmethod
    def of(cls, text: str) -> Typography:
        """The habits of `text`; where it shows none, straight quotes, an em dash, three dots."""
        curly = sum(map(text.count, "\u2018\u2019\u201c\u201d"))
        dash = "--" if text.count("--") > text.count("\u2014") else "\u2014"
        ellipsis = "\u2026" if text.count("\u2026") > text.count("...") else "..."
        return cls(curly > text.count("'") + text.count('"'), dash, ellipsis)

    def apply(self, plain: str, before: str) -> str:
        """`plain`, text of a model's alphabet that follows `before`, in these habits."""
        if not before.endswith("-"):
            plain = plain.replace("--", self.dash)
        if not before.endswith("."):
            plain = plain.replace("...", self.ellipsis)
        if not self.curly:
            return plain
        last = before[-1:]
        letters = []
        for plain_letter in plain:
            letter = plain_letter
            if letter in "'\"":
                opening = not last or last in _OPENING_CONTEXT
                letter = "\u2018\u2019\u201c\u201d"[2 * (letter == '"') + (not opening)]
            letters.append(letter)
            last = letter
        return "".join(letters)
