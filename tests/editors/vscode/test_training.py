"""A model of one's own, from within the editor, while one goes on writing."""

from __future__ import annotations

from pathlib import Path

from tests.editors.vscode.window import Window, ask, order

START = "The men who came to look at the roof said that it wo"
PATIENCE = 900.0  # seconds for a whole training: half a minute on an idle machine, but it lets all others go first


def test_train_on_a_folder_and_use_the_model(window: Window) -> None:
    path = window.open("meanwhile.md", START)
    order(window, "mine")
    window.notification("Training mine")
    window.show(path)
    ghost = ask(window)
    window.press("Tab")
    window.wait_for_text(path, START + ghost)
    window.picture("training")
    window.notification("The model mine is ready", PATIENCE)
    window.answer("The model mine is ready", "Show the Report")
    window.page.wait_for_selector('.tab.active[aria-label^="Report: mine"]')
    window.until(window.page_texts, lambda texts: any("bits per character" in text for text in texts))
    window.picture("report")
    window.notification("The model mine is ready")
    window.answer("The model mine is ready", "Use It Now")
    window.wait_for_model("mine")
    window.show(path)
    assert ask(window)


def test_all_folders_that_are_selected_are_trained_on_until_it_is_cancelled(window: Window) -> None:
    window.open("cancelled.md", START)
    order(window, "unwanted", "letters")
    window.notification("Training unwanted")
    (training,) = window.until(window.server.trainings, bool)
    asked = Path(f"/proc/{training}/cmdline").read_text(encoding="utf-8").split("\0")
    assert {str(window.server.folder / folder) for folder in ("essays", "letters")} <= set(asked)
    window.answer("Training unwanted", "Cancel")
    window.notification("The training of unwanted was stopped")
    window.until(window.server.trainings, lambda found: not found)
