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


def test_a_file_is_listed_with_the_last_training_that_read_it() -> None:
    """Or the record of a model with many bases would be nothing but files."""

    def file(name: str, sha256: str = "same") -> dict[str, object]:
        return {"file": name, "characters": 9, "sha256": sha256}

    first = {"name": "first", "data": [file("a"), file("b", "earlier"), file("c")]}
    second = {"name": "second", "data": [file("b", "earlier"), file("a")], "base": first}
    found = finish._history(second, frozenset({("a", "same"), ("b", "later")}))
    assert found == {
        "name": "second",
        "data": [file("b", "earlier")],
        "base": {"name": "first", "data": [file("c")], "base": None},
    }
    assert len(first["data"]) == 3
