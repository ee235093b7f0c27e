"""The settings stand in the server, the README, the extension for VS Code and the help of Neovim: the same everywhere.

What stands in the README is compared in test_readme.py.
"""

from __future__ import annotations

import dataclasses
import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from charrnn_lsp.settings import Settings, json_name

ROOT = Path(__file__).parent.parent
MANIFEST = ROOT / "editor-clients/vscode/package.json"
NEOVIM = ROOT / "editor-clients/neovim"
HELP = (NEOVIM / "doc/charrnn.txt").read_text(encoding="utf-8")
FIELDS = dataclasses.fields(Settings)
OWN = {"serverCommand", "installFrom"}  # of the extension, not of the server

every_setting = pytest.mark.parametrize("item", FIELDS, ids=lambda item: json_name(item.name))


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """The settings of the extension by their names without `charrnn.`."""
    if not MANIFEST.exists():
        pytest.skip("there is no extension for VS Code here")
    sections = json.loads(MANIFEST.read_text(encoding="utf-8"))["contributes"]["configuration"]
    sections = sections if isinstance(sections, list) else [sections]
    return {key.removeprefix("charrnn."): value for section in sections for key, value in section["properties"].items()}


@every_setting
def test_vs_code_knows_it_as_the_server_does(item: dataclasses.Field[Any], manifest: dict[str, Any]) -> None:
    entry, limits = manifest[json_name(item.name)], item.metadata
    default = list(item.default) if isinstance(item.default, tuple) else item.default
    assert entry["default"] == default
    assert limits["text"] in (entry.get("markdownDescription") or entry["description"])
    assert entry.get("minimum") == limits.get("low")
    assert entry.get("maximum") == limits.get("high")
    choices = entry.get("enum") or entry.get("items", {}).get("enum") or ()
    assert tuple(choices) == tuple(limits.get("choices", ()))


def test_vs_code_knows_no_other(manifest: dict[str, Any]) -> None:
    assert set(manifest) - OWN == {json_name(item.name) for item in FIELDS}


@every_setting
def test_the_help_of_neovim_knows_it_as_the_server_does(item: dataclasses.Field[Any]) -> None:
    name = json_name(item.name)
    entry = re.search(rf"^{name} +\*charrnn-setting-{name}\*\n((?: {{4}}.*\n)+)", HELP, re.MULTILINE)
    assert entry is not None
    said = " ".join(entry[1].split())
    assert said.startswith(item.metadata["text"])
    assert said.endswith(f"Default: {json.dumps(item.default)}.")
    for limit in (*item.metadata.get("choices", ()), *(item.metadata.get(end, "") for end in ("low", "high"))):
        assert str(limit) in said


def test_the_help_of_neovim_knows_no_other_and_is_as_its_program_writes_it() -> None:
    assert set(re.findall(r"\*charrnn-setting-(\w+)\*", HELP)) == {json_name(item.name) for item in FIELDS}
    assert runpy.run_path(str(NEOVIM / "scripts/settings_help.py"))["with_settings"](HELP) == HELP


def test_neovim_starts_the_server_in_the_languages_that_it_serves() -> None:
    served = set(Settings().languages)
    configuration = (NEOVIM / "lsp/charrnn.lua").read_text(encoding="utf-8")
    listed = re.search(r"filetypes = \{(.*?)\}", configuration, re.DOTALL)
    assert listed is not None
    filetypes = set(re.findall(r"'(\w+)'", listed[1]))
    assert filetypes - served == {"plaintex"}, "which is served as tex"
    elsewhere = {"plaintext", "latex", "restructuredtext", "git-commit", "scminput"}  # what other editors call them
    assert served - filetypes == elsewhere


def test_the_temperatures_that_the_command_names_are_those_of_the_setting() -> None:
    command = (NEOVIM / "lua/charrnn/command.lua").read_text(encoding="utf-8")
    (temperature,) = (item for item in FIELDS if item.name == "temperature")
    assert f"from {temperature.metadata['low']} to {temperature.metadata['high']}:" in command


def test_lengths_that_the_command_offers_are_those_of_the_setting() -> None:
    command = (NEOVIM / "lua/charrnn/command.lua").read_text(encoding="utf-8")
    listed = re.search(r"^local LENGTHS = \{(.*)\}", command, re.MULTILINE)
    assert listed is not None
    (length,) = (item for item in FIELDS if item.name == "length")
    assert tuple(re.findall(r"'(\w+)'", listed[1])) == length.metadata["choices"]
