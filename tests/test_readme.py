"""What the README says, held against the code."""

from __future__ import annotations

import dataclasses
import json
import re
import runpy
from pathlib import Path

import pytest

from charrnn.artifact import CARD
from charrnn.library import BUNDLED, DEFAULT
from charrnn_lsp.settings import Settings, json_name

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", README, re.MULTILINE))


@pytest.mark.parametrize("item", dataclasses.fields(Settings), ids=lambda item: item.name)
def test_each_setting_stands_there_with_its_default_and_text(item: dataclasses.Field[object]) -> None:
    lists = {"languages": "prose languages", "skip": "all of them"}
    default = lists.get(item.name, f"`{json.dumps(item.default)}`")
    assert ROWS[json_name(item.name)] == default
    assert item.metadata["text"] in README


def test_the_tables_are_as_their_program_writes_them() -> None:
    """If not: make settings."""
    program = runpy.run_path(str(ROOT / "benchmarks/readme.py"))
    for file, contents in program["tables"]().items():
        text = (ROOT / file).read_text(encoding="utf-8")
        for name, table in contents.items():
            assert f"<!-- {name} -->" in text
            assert program["fill"](text, name, table) == text


def test_the_card_of_the_bundled_model_has_the_figures_that_were_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """If not: python benchmarks/card.py."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    section = runpy.run_path(str(ROOT / "benchmarks/card.py"))["section"]()
    assert (BUNDLED / DEFAULT / CARD).read_text(encoding="utf-8").endswith(section)


def test_no_other_setting_stands_there() -> None:
    assert set(ROWS) == {json_name(item.name) for item in dataclasses.fields(Settings)}


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", README))
def test_links_lead_somewhere(target: str) -> None:
    if "pretrained" in target and not (ROOT / "models/charrnn/pretrained/english").exists():
        pytest.skip("the bundled model is not here")
    assert (ROOT / target).exists()


@pytest.mark.parametrize("path", re.findall(r"^([\w.-]+(?:/[\w.-]+)*/?) {2,}\S", README, re.MULTILINE))
def test_the_tree_names_what_is_there(path: str) -> None:
    if "pretrained" in path and not (ROOT / path).exists():
        pytest.skip("the bundled model is not here")
    assert (ROOT / path).exists()
