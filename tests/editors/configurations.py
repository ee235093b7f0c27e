"""The configurations that docs/editors.md gives, for tests to use as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "editors.md"


def configuration(heading: str) -> str:
    """The first block of code below a heading."""
    text = PAGE.read_text(encoding="utf-8")
    section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section is not None, f"{PAGE.name} has no heading {heading!r}"
    block = re.search(r"^```\w+\n(.*?)^```", section[1], re.MULTILINE | re.DOTALL)
    assert block is not None, f"{PAGE.name} has no code below {heading!r}"
    return block[1]
