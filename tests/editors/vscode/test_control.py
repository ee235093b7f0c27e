"""What a writer decides: settings, pauses, models, where to be silent; and what a workspace cannot decide."""

from __future__ import annotations

import json
import os
import signal

from tests.editors.vscode.window import STATUS, Window, ask

START = "The men who came to look at the roof said that it wo"


def test_settings_hold_at_once(window: Window) -> None:
    path = window.open("settings.md", START)
    assert " " in ask(window).strip()
    window.configure(length="word")
    window.until(lambda: ask(window).strip(), lambda ghost: ghost != "" and " " not in ghost)
    window.configure(enable=False)
    window.wait_for_status(lambda status: "slash" in window.icon())
    window.type("r")
    window.wait_for_none()
    window.configure()
    window.wait_for_status(lambda status: "quote" in window.icon())
    ghost = ask(window)
    window.press("Tab")
    window.wait_for_text(path, START + "r" + ghost)


def test_settings_hold_for_what_is_asked_next_however_busy_the_server_is(window: Window) -> None:
    window.open("busy.md", START)
    (server,) = window.server.servers()
    os.kill(server, signal.SIGSTOP)
    try:
        window.configure(length="word")
        window.press("Alt+Backslash")
        window.page.wait_for_timeout(500)  # until the question is on its way
    finally:
        os.kill(server, signal.SIGCONT)
    assert " " not in window.wait_for_ghost().strip()


def test_a_bad_value_is_told_once_and_the_default_stays(window: Window) -> None:
    window.open("bad.md", START)
    window.configure(maxCharacters=1000)
    said = window.notification("charrnn.maxCharacters is 1000")
    assert "from 2 to 400" in said
    assert ask(window)


def test_pause_in_one_document(window: Window) -> None:
    quiet = window.open("quiet.md", START)
    other = window.open("other.md", START)
    window.show(quiet)
    window.command("CharRNN: Pause in This Document")
    window.focus()
    window.wait_for_status(lambda status: "paused" in status)
    window.picture("paused")
    window.type("u")
    window.wait_for_none()
    window.show(other)
    assert ask(window)
    window.show(quiet)
    window.command("CharRNN: Resume")
    window.focus()
    assert ask(window)


def test_pause_everywhere_from_the_menu(window: Window) -> None:
    path = window.open("menu.md", START)
    window.menu()
    window.picture("menu")
    window.choose("Pause everywhere")
    window.focus()
    window.wait_for_status(lambda status: "debug-pause" in window.icon())
    window.type("u")
    window.wait_for_none()
    window.menu()
    window.choose("Resume")
    window.focus()
    window.wait_for_status(lambda status: "quote" in window.icon())
    ghost = ask(window)
    window.press("Tab")
    window.wait_for_text(path, START + "u" + ghost)


def test_another_model(window: Window) -> None:
    window.open("model.md", START)
    window.menu()
    window.choose("Choose the model")
    window.page.wait_for_selector(".quick-input-list .monaco-list-row >> text=bits per character")
    window.picture("models")
    window.choose("second")
    window.wait_for_model("second")
    assert window.server.settings()["charrnn.model"] == "second"
    window.focus()
    assert ask(window)


def test_temperature_and_length_from_the_menu(window: Window) -> None:
    window.open("choices.md", START)
    for entry, choice, key, value in (("Temperature", "0.7", "temperature", 0.7), ("Length", "word", "length", "word")):
        window.menu()
        window.choose(entry)
        window.page.wait_for_selector(f".quick-input-list .monaco-list-row >> text={choice}")
        window.choose(choice)
        window.until(window.server.settings, lambda found, key=key, value=value: found.get(f"charrnn.{key}") == value)
        window.focus()


def test_why_there_is_nothing(window: Window) -> None:
    window.open("why.md", "Some words.\n\n```python\nvalue = on")
    window.wait_for_status(lambda status: "code" in status)
    window.command("CharRNN: Why Is Nothing Suggested Here?")
    assert "code" in window.notification("CharRNN: The cursor is in code")
    window.open("data.json", '{"a": "It was a')
    window.wait_for_status(lambda status: "language" in status)


def test_no_reason_for_nothing_stands_beside_what_was_asked_for(window: Window) -> None:
    window.configure(minConfidence=1)
    window.open("asked.md", START)
    window.wait_for_status(lambda status: "unsure" in status)
    assert ask(window)
    window.wait_for_status(lambda status: "unsure" not in status)
    window.type("x")
    window.wait_for_status(lambda status: "unsure" in status)


def test_a_language_can_be_added(window: Window) -> None:
    window.open("songs.bat", START)
    window.menu()
    window.choose("Suggest in bat as well")
    window.wait_for_status(lambda status: "language" not in status)
    window.focus()
    assert ask(window)


def test_what_is_told_is_shown_as_text(window: Window) -> None:
    """A workspace can name a model, and a picture in what is told of it would be fetched."""
    window.open("text.md", START)
    window.configure(model="![a](b)")
    window.wait_for_status(lambda status: "warning" in window.icon())
    window.page.hover(STATUS)
    window.page.locator(".workbench-hover", has_text="no model named '![a](b)'").wait_for()


def test_a_workspace_chooses_neither_command_nor_path(window: Window) -> None:
    folder = window.server.folder / ".vscode"
    folder.mkdir()
    trap = window.server.home / "trap"
    settings = {"charrnn.serverCommand": ["touch", str(trap)], "charrnn.model": str(window.server.home)}
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    try:
        before = window.server.servers()
        window.notification("which is in no directory of models")
        window.open("trust.md", START)
        assert ask(window)
        assert window.server.servers() == before
        with window.new_server():
            window.command("CharRNN: Restart the Server")
        window.focus()
        assert ask(window)
        assert not trap.exists()
    finally:
        (folder / "settings.json").unlink()
        folder.rmdir()
