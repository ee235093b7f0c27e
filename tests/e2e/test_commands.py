"""What a newcomer types first, as real processes."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from charrnn.library import BUNDLED

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not (BUNDLED / "english").exists(), reason="the bundled model is not here"),
]


def run(*command: str) -> str:
    result = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_demo_shows_suggestions_and_figures_without_a_terminal() -> None:
    said = run("charrnn_lsp.cli", "demo")
    assert "\x1b" not in said
    saved = re.search(r"keys saved +([\d.]+)%", said)
    right = re.search(r"right when shown +([\d.]+)%", said)
    assert saved is not None
    assert right is not None
    assert float(saved[1]) > 5
    assert float(right[1]) > 50
    assert "require('charrnn').enable()" in said


def test_the_check_finds_all_well() -> None:
    said = run("charrnn_lsp.cli", "check")
    assert "All is well." in said
    assert "english" in said
