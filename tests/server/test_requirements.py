"""docs/requirements.md: all twenty-five, each with tests and benchmarks that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", TABLE, re.MULTILINE)


def test_all_are_there_and_each_says_whether_it_holds() -> None:
    assert [int(number) for number, *_ in ROWS] == list(range(1, 26))
    assert all(re.fullmatch(r"holds|(partly|not): .+", state) for _, _, state, _ in ROWS)


@pytest.mark.parametrize(("number", "shown"), [(number, shown) for number, _, _, shown in ROWS])
def test_what_shows_it_is_there(number: str, shown: str) -> None:
    named = re.findall(r"`([^`]+)`", shown)
    assert named
    for name in named:
        file, _, test = name.partition("::")
        content = (ROOT / file).read_text(encoding="utf-8")
        assert not test or re.search(rf"^(async )?def {test}\(", content, re.MULTILINE), name
