"""Grey text in VS Code: how it comes, and what each key makes of it. What was taken is looked up on disk."""

from __future__ import annotations

from tests.editors.vscode.window import Window

START = "The men who came to look at the roof said that it wo"


def test_tab_takes_all_that_is_shown(window: Window) -> None:
    path = window.open("tab.md")
    window.type(START)
    ghost = window.wait_for_ghost()
    window.press("Tab")
    window.wait_for_text(path, START + ghost)
