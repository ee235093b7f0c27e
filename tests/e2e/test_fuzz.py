"""A few rounds of `benchmarks/fuzz.py`."""

from __future__ import annotations

import random
import runpy
import sys
from pathlib import Path

import pytest

from charrnn.artifact import Artifact

pytestmark = pytest.mark.e2e

FUZZ = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "fuzz.py"))
COMMAND = [sys.executable, "-m", "charrnn_lsp.cli", "--stdio"]


@pytest.mark.parametrize("seed", range(8))
def test_spoiled_sessions_are_survived(seed: int, tiny: Artifact) -> None:
    rng = random.Random(seed)
    begin, *rest = FUZZ["session"](rng, str(tiny.path))
    assert FUZZ["survives"](begin + FUZZ["spoil"](b"".join(rest), rng), COMMAND) == ""


def test_a_sound_session_is_no_failure(tiny: Artifact) -> None:
    assert FUZZ["survives"](b"".join(FUZZ["session"](random.Random(0), str(tiny.path))), COMMAND) == ""
