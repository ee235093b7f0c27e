"""Commit messages, in the box of the view of source control: what is committed is what was taken."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.editors.vscode.window import GHOST, Window

BOX = ".scm-editor .monaco-editor"
START = "The men who came to look at the roof said that it wo"

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


@pytest.fixture
def repository(window: Window) -> Iterator[Path]:
    """The folder of the window as a repository, with something to commit; none any more in the end."""
    folder = window.server.folder
    (folder / "committed.md").write_text("A text.\n", encoding="utf-8")
    git(window, "init", "--quiet")
    git(window, "add", "committed.md")
    git(window, "config", "user.name", "A Writer")
    git(window, "config", "user.email", "writer@example.org")
    yield folder
    window.press("Control+Shift+e")
    window.page.wait_for_selector(BOX, state="hidden")
    branch = window.page.locator('[id^="status.scm"]')
    assert branch.count()
    window.command("Git: Close Repository")
    window.until(branch.count, lambda count: count == 0)
    shutil.rmtree(folder / ".git")


def test_suggestions_come_in_the_box_for_the_message(window: Window, repository: Path) -> None:
    window.open("source.json", "{}")  # nothing of prose in the editor itself
    window.command("Git: Open Repository")
    window.choose("writing")
    window.command("Source Control: Focus on Changes View")
    box = window.page.locator(BOX)
    box.click()
    window.page.wait_for_selector(f"{BOX}.focused")
    window.type(START)
    ghost = window.wait_for_ghost()
    assert box.locator(GHOST).count()
    window.picture("commit")
    window.press("Control+ArrowRight", "Tab")
    window.press("Control+Enter")
    window.until(lambda: git(window, "log", "--format=%B"), lambda said: said.strip() == (START + ghost).strip())


def git(window: Window, *words: str) -> str:
    """What git says, in the folder of the window."""
    done = subprocess.run(
        ["git", *words], check=False, cwd=window.server.folder, capture_output=True, text=True, timeout=60
    )
    return done.stdout
