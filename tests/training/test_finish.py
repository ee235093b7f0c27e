from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from charrnn_training import finish


@pytest.mark.parametrize("installed", [True, False])
def test_the_commit_is_that_of_the_checkout(installed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not that of a book that is kept in a repository with the environment in it."""
    git = ["git", "-C", str(tmp_path), "-c", "user.name=me", "-c", "user.email=me@localhost"]
    try:
        subprocess.run([*git, "init", "-q"], check=True)
        subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "A book"], check=True)
    except FileNotFoundError:
        pytest.skip("there is no git")
    package = tmp_path / "training" / "charrnn_training"
    configs = (package if installed else package.parent) / "configs"
    package.mkdir(parents=True)
    configs.mkdir()
    monkeypatch.setattr(finish, "__file__", str(package / "finish.py"))
    monkeypatch.setattr(finish, "RECIPES", configs)
    assert bool(finish._commit()) is not installed
