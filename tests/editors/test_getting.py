"""Getting the editors for the tests: what could not be had is said, and must not count as done."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a shell")
@pytest.mark.parametrize(
    ("script", "said"),
    [("get-vscode.sh", "No VS Code ("), ("get-chromium.sh", "No Chromium: tests in a browser will be")],
)
def test_what_cannot_be_had_is_said_and_fails(script: str, said: str, tmp_path: Path) -> None:
    for name in ("dirname", "uname", "id"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    command = [str(shutil.which("sh")), str(HERE / script)]
    done = subprocess.run(command, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert said in done.stderr
