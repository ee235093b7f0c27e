"""The extension's manifest against what it is made from, and the package against its limit. No editor is needed."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXTENSION = ROOT / "editor-clients/vscode"
PACKAGE = EXTENSION / "charrnn-lsp.vsix"


def test_the_manifest_has_the_settings_of_the_server() -> None:
    """If not: python editor-clients/vscode/scripts/manifest.py."""
    written = runpy.run_path(str(EXTENSION / "scripts/manifest.py"))["manifest"]()
    assert written == json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))


def test_each_command_is_both_described_and_registered() -> None:
    manifest = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
    described = {command["command"].removeprefix("charrnn.") for command in manifest["contributes"]["commands"]}
    source = (EXTENSION / "src/app.ts").read_text(encoding="utf-8")
    actions = re.search(r"const actions.*?= \{\n(.*?)\n    \};", source, re.DOTALL)
    assert actions is not None
    assert described == set(re.findall(r"^      (\w+)[:,]", actions[1], re.MULTILINE))


def test_packages_are_pinned_and_no_address_is_kept() -> None:
    manifest = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
    versions = {**manifest["dependencies"], **manifest["devDependencies"]}.values()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
    assert '"resolved"' not in (EXTENSION / "package-lock.json").read_text(encoding="utf-8")


@pytest.mark.skipif(not PACKAGE.exists(), reason="needs the extension: install npm, then make vsix")
def test_the_package_is_small() -> None:
    assert PACKAGE.stat().st_size < 500_000
