"""Results as rows of JSON, one a line, for diffs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def store(name: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write the rows that the program `name` measured."""
    (RESULTS / f"{name}.json").write_text("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n", encoding="utf-8")
