"""The server's life in the editor: found, lost, back again, installed, and gone in the end; nothing calls out."""

from __future__ import annotations

import os
import signal
import time

from tests.editors.stand_in import EXTRA, stand_in
from tests.editors.vscode.code_server import COMMAND
from tests.editors.vscode.window import MESSAGE, Window, ask, order

LOCAL = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
SHOWN_LOG = "[...document.querySelectorAll('.panel select')].some(box => box.selectedOptions[0]?.text === 'CharRNN')"
START = "The men who came to look at the roof said that it wo"
# Errors that tests told of.
PROVOKED = (
    "/nowhere/",
    "no model named",
    "must be a list",
    "could not be started again",
    "ended while it was starting",
)
INSTALLATION = 300.0  # seconds within which pip has made an environment, on a machine with much else to do


def test_a_killed_server_is_back_and_knows_the_pauses(window: Window) -> None:
    quiet = window.open("kept.md", START)
    path = window.open("killed.md", START)
    window.show(quiet)
    window.command("CharRNN: Pause in This Document")
    window.focus()
    window.wait_for_status(lambda status: "paused" in status)
    (before,) = window.server.servers()
    os.kill(before, signal.SIGKILL)
    window.until(window.server.servers, lambda found: len(found) == 1 and found != [before])
    window.wait_for_status(lambda status: "paused" in status)
    window.show(path)
    ghost = ask(window)
    window.press("Tab")
    window.wait_for_text(path, START + ghost)
    window.show(quiet)
    window.command("CharRNN: Resume")


def test_a_server_that_cannot_be_started_again_is_told(window: Window) -> None:
    window.open("gone.md", START)
    program = window.server.home / "server"
    program.write_text(f'#!/bin/sh\nexec {" ".join(COMMAND)} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    with window.new_server():
        window.configure_machine(serverCommand=[str(program)])
    assert ask(window)  # it has answered: one that ends before has not started yet
    (before,) = window.server.servers()
    program.unlink()
    os.kill(before, signal.SIGKILL)
    assert "could not be started again" in window.notification("CharRNN has no server")
    window.wait_for_status(lambda status: "warning" in window.icon())


def test_a_server_that_cannot_start_is_told_with_the_reason(window: Window) -> None:
    window.open("broken.md", START)
    window.configure_machine(serverCommand="charrnn-lsp")
    assert "it must be a list" in window.notification("CharRNN has no server")
    assert window.server.servers() == []
    window.configure_machine(serverCommand=["/nowhere/charrnn-lsp"])
    assert "has no server" in window.notification("/nowhere/charrnn-lsp")
    for script in ("read line; exit 1", "exec <&-; sleep 1; exit 1"):  # it reads a part, or nothing
        window.command("Notifications: Clear All Notifications")
        window.configure_machine(serverCommand=["/bin/sh", "-c", script])
        assert "has no server" in window.notification("ended while it was starting")
        window.wait_for_status(lambda status: "warning" in window.icon())
    window.picture("broken")
    time.sleep(2)  # by then it has ended in the other way, too
    assert window.page.locator(MESSAGE, has_text="CharRNN has no server").count() == 1
    window.answer("ended while it was starting", "Show the Log")
    window.page.wait_for_function(SHOWN_LOG)
    window.press("Control+j")  # away with it
    with window.new_server():
        window.configure_machine(serverCommand=COMMAND)
    window.show(window.server.folder / "broken.md")
    assert ask(window)


def test_it_installs_the_server_and_what_training_needs_where_the_writer_agrees(window: Window) -> None:
    """What is installed here are wheels that start the server of these tests, as nothing is to be downloaded."""
    window.open("installed.md", START)
    wheel = stand_in(window.server.home)
    window.configure_machine(installFrom=str(wheel))
    window.notification("is not on your PATH")
    assert window.server.servers() == []
    source = window.page.locator(f"{MESSAGE} >> text=Source: CharRNN")
    assert source.evaluate("shown => shown.scrollWidth <= shown.clientWidth"), "nothing of it is cut"
    window.picture("install")
    window.answer("is not on your PATH", "Install It")
    window.wait_for_model("english", INSTALLATION)
    environment = next((window.server.home / "data").rglob("environment/complete")).parent
    assert (environment / "bin/charrnn-lsp").exists()
    window.show(window.server.folder / "installed.md")
    assert ask(window)
    order(window, "agreed")
    window.notification("Training needs PyTorch")
    window.picture("extra")
    assert not list(environment.rglob(f"{EXTRA}.py"))
    window.wait_for_end("Training agreed")  # the one that could not begin
    window.answer("Training needs PyTorch", "Install It")
    window.until(window.server.trainings, bool, INSTALLATION)
    assert list(environment.rglob(f"{EXTRA}.py"))
    window.wait_for_end("Installing what training needs")
    window.answer("Training agreed", "Cancel")
    window.notification("The training of agreed was stopped")


def test_nothing_calls_out_and_no_error_is_ours(window: Window) -> None:
    assert window.requests
    assert [url for url in window.requests if not url.startswith(LOCAL)] == []
    ours = [error for error in window.errors if "charrnn" in error.lower()]
    assert [error for error in ours if not any(reason in error for reason in PROVOKED)] == []


def test_nothing_outlives_the_editor(window: Window) -> None:
    assert window.server.servers()
    window.server.stop()
    window.until(window.server.servers, lambda found: found == [])
