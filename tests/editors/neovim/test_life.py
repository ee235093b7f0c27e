"""The server's life with Neovim, and all around the suggestions: commands, health, keys, help."""

from __future__ import annotations

import os
import re
import shutil
import signal
from pathlib import Path

import pytest
from tests.editors.neovim.conftest import REAL, Start
from tests.editors.neovim.nvim import PLUGIN, Editor, is_alive
from tests.editors.waiting import PATIENCE, wait_for

pytestmark = pytest.mark.e2e

LUA = sorted((PLUGIN / "lua").rglob("*.lua"))


def test_a_server_that_is_killed_comes_back(real: Editor) -> None:
    real.write("note.md")
    (before,) = real.servers()
    real.type("It was the first ti")
    real.see_ghost()
    os.kill(before, signal.SIGKILL)
    real.wait_until(lambda: set(real.servers()) - {before} and real.ready(), "another server")
    real.type("m")
    real.see_ghost(lambda text: text.startswith("e"))
    assert len(real.servers()) == 1


def test_a_server_that_was_told_to_stop_stays_away(start: Start) -> None:
    editor = start(REAL)
    editor.write("note.md")
    editor.lua("require('charrnn.client').call(require('charrnn.client').of(), 'stop')")
    editor.wait_until(lambda: not editor.servers(), "the server to end")
    editor.lua("vim.wait(300)")
    assert not editor.servers()
    assert editor.lua("return require('charrnn').status()") == ""


def test_no_server_outlives_neovim_that_quits(start: Start) -> None:
    editor = start(REAL)
    editor.write("note.md")
    (server,) = editor.servers()
    editor.nvim.command("qall!", async_=True)
    editor.process.wait(PATIENCE)
    wait_for(lambda: not is_alive(server), "the server to end")


def test_no_server_outlives_neovim_that_is_killed(start: Start) -> None:
    editor = start(REAL)
    editor.write("note.md")
    (server,) = editor.servers()
    editor.process.kill()
    wait_for(lambda: not is_alive(server), "the server to end")


def test_a_server_that_keeps_crashing_is_left_alone(start: Start, tmp_path: Path) -> None:
    crash = tmp_path / "crash.py"
    crash.write_text(CRASHING, encoding="utf-8")
    editor = start(f"vim.o.cmdheight = 6\nrequire('charrnn').enable({{ cmd = {{ 'python3', '{crash}' }} }})")
    editor.open("note.md")
    editor.wait_until(lambda: "4 times in a minute" in editor.messages, "the end of patience")
    assert (tmp_path / "starts").read_text(encoding="utf-8") == "x" * 4


def test_all_is_well_to_checkhealth(real: Editor) -> None:
    real.write("note.md")
    real.type("It was the first ti")
    real.see_ghost()
    real.keys("<Esc>")
    real.nvim.command("checkhealth charrnn")
    report = "\n".join(real.lines)
    assert "ERROR" not in report
    assert "WARNING" not in report
    for fact in (
        r"charrnn-lsp \d+\.\d+\.\d+ at /",
        r"offset encoding utf-(8|16)",
        r"The model english is ready",
        r"note\.md:1: There is a suggestion here",
    ):
        assert re.search(fact, report), report  # fmt: skip


def test_checkhealth_says_what_is_missing(start: Start) -> None:
    editor = start("require('charrnn').enable({ cmd = { 'no-such-server' } })")
    editor.nvim.command("checkhealth charrnn")
    report = "\n".join(editor.lines)
    assert "no server is running" in report
    if "0.10" not in editor.lua("return tostring(vim.version())"):
        assert "no-such-server is not found" in report


def test_starting_loads_nothing_and_maps_nothing(start: Start) -> None:
    editor = start("_G.before = #vim.api.nvim_get_keymap('i')")
    assert editor.lua("return #vim.api.nvim_get_keymap('i') - before") == 0
    loaded = editor.lua(
        "return vim.tbl_filter(function(name) return name:find('charrnn') end, vim.tbl_keys(package.loaded))"
    )
    assert loaded == []
    assert editor.nvim.command_output("command CharRNN").count("CharRNN") >= 1


def test_vim_lsp_enable_is_all_that_is_needed(start: Start, version: str) -> None:
    if version == "0.10":
        pytest.skip("Neovim 0.10 has no vim.lsp.enable")
    editor = start(
        "vim.lsp.config('charrnn', { settings = { charrnn = { minConfidence = 0 } } })\nvim.lsp.enable('charrnn')"
    )
    editor.write("note.md")
    editor.type("It was the first ti")
    editor.see_ghost(lambda text: text.startswith("me"))


def test_settings_can_be_changed_while_writing(fake: Editor) -> None:
    fake.write("note.md")
    fake.keys("<Cmd>CharRNN length word<CR><Cmd>CharRNN temperature 0.5<CR>")
    changes = "return vim.tbl_filter(function(m) return m.method == 'workspace/didChangeConfiguration' end, sent)"
    fake.wait_until(lambda: len(fake.lua(changes)) == 2, "both changes")
    assert fake.lua(changes)[-1]["params"]["settings"] == {"charrnn": {"length": "word", "temperature": 0.5}}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("CharRNN ", "cancel explain forget length log model pause resume temperature train"),
        ("CharRNN le", "length"),
        ("CharRNN length ", "line phrase sentence word"),
        ("CharRNN model ", "english"),
        ("CharRNN nothing ", ""),
    ],
)
def test_the_command_completes_its_arguments(real: Editor, line: str, expected: str) -> None:
    real.write("note.md")
    found = real.lua("return vim.fn.getcompletion(..., 'cmdline')", line)
    assert set(expected.split()) <= set(found)
    assert bool(found) == bool(expected)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("temperature hot", "a number from 0 to 2"),
        ("temperature 9", "charrnn.temperature is 9"),
        ("length epic", "one of word, phrase, sentence, line"),
        ("model nosuch", "no model named 'nosuch'"),
        ("dance", "say one of: cancel"),
        ("train", "say what to learn from"),
        ("train /no/such/folder", "there is no /no/such/folder"),
        ("cancel", "no training is running"),
        ("forget", "are forgotten"),
        ("model english", ""),
    ],
)
def test_a_mistake_in_a_command_is_explained(real: Editor, command: str, message: str) -> None:
    real.write("note.md")
    real.keys(f"<Esc>:CharRNN {command}<CR>")
    real.wait_until(lambda: message in real.messages, "the message")


def test_the_command_says_when_no_server_is_there(start: Start) -> None:
    editor = start("vim.o.cmdheight = 4")
    editor.keys(":CharRNN explain<CR>")
    editor.wait_until(lambda: "no server is attached" in editor.messages, "the message")


def test_the_log_opens(real: Editor) -> None:
    real.write("note.md")
    real.keys("<Esc>:CharRNN log<CR>")
    real.wait_until(lambda: real.nvim.current.buffer.name.endswith("lsp.log"), "the log")
    real.nvim.command("tabclose")


def progress(editor: Editor, kind: str, percentage: int) -> None:
    """Have the fake server report how far a training is."""
    value = {"kind": kind, "title": "Training mine", "percentage": percentage, "message": "1.93 bits per character"}
    editor.lua("dispatchers.notification('$/progress', { token = 'charrnn.train', value = ... })", value)


def start_training(editor: Editor, folder: Path, written: str = "") -> None:
    """Train on a folder, whose name is `written` so on the command line."""
    editor.write("note.md")
    editor.keys(f"<Esc>:CharRNN train {written or folder}<CR>")
    editor.wait_until(lambda: "it goes on while you write" in editor.messages, "the start")
    sent = editor.lua("return vim.tbl_filter(function(m) return m.method == 'workspace/executeCommand' end, sent)")
    assert sent[0]["params"]["command"] == "charrnn.train"
    assert sent[0]["params"]["arguments"] == [{"paths": [str(folder)], "name": "mine"}]


def test_a_folder_with_a_space_is_completed_and_taken_for_one(fake: Editor, tmp_path: Path) -> None:
    folder = tmp_path / "my novels" / "the first"
    folder.mkdir(parents=True)
    complete = "return vim.fn.getcompletion(..., 'cmdline')"
    assert fake.lua(complete, f"CharRNN train {tmp_path}/my") == [f"{tmp_path}/my\\ novels/"]
    (found,) = fake.lua(complete, f"CharRNN train {tmp_path}/my\\ novels/t")
    assert found == f"{tmp_path}/my\\ novels/the\\ first/"
    start_training(fake, folder, found)


def test_a_training_shows_how_far_it_is_and_what_came_of_it(fake: Editor, tmp_path: Path) -> None:
    start_training(fake, tmp_path)
    progress(fake, "begin", 0)
    progress(fake, "report", 34)
    fake.wait_until(lambda: fake.lua("return require('charrnn').status()") == "charrnn training 34%", "the progress")
    progress(fake, "end", 100)
    after, before = {"bitsPerCharacter": 1.5}, {"bitsPerCharacter": 1.75}
    fake.lua("unanswered['charrnn.train'](nil, ...)", {"model": "mine", "after": after, "before": before})
    fake.wait_until(lambda: "mine is ready, 1.50 bits per character (before: 1.75)" in fake.messages, "the end")
    assert fake.lua("return require('charrnn').status()") == "charrnn"


def test_a_training_can_be_stopped(fake: Editor, tmp_path: Path) -> None:
    start_training(fake, tmp_path)
    fake.keys(":CharRNN cancel<CR>")
    cancel = "return #vim.tbl_filter(function(m) return m.method == 'window/workDoneProgress/cancel' end, sent)"
    fake.wait_until(lambda: fake.lua(cancel) == 1, "the message")
    progress(fake, "end", 4)  # an answer that says "cancelled" does not get through Neovim
    fake.wait_until(lambda: "the training was stopped" in fake.messages, "the message")
    assert fake.lua("return require('charrnn').status()") == "charrnn"
    fake.keys(":CharRNN cancel<CR>")
    fake.wait_until(lambda: "no training is running" in fake.messages, "its end")


def test_help_is_found_for_all_there_is_and_its_links_lead_somewhere(
    start: Start, version: str, tmp_path: Path
) -> None:
    help_file = Path(shutil.copytree(PLUGIN / "doc", tmp_path / "copy" / "doc")) / "charrnn.txt"
    editor = start(f"vim.opt.rtp:prepend('{help_file.parents[1]}')")
    editor.nvim.command(f"helptags {help_file.parent}")
    functions = re.findall(r"^function M\.(\w+)\(", (PLUGIN / "lua/charrnn/init.lua").read_text(encoding="utf-8"), re.M)
    code = (PLUGIN / "lua/charrnn/command.lua").read_text(encoding="utf-8")
    commands = re.findall(r"^subcommands\.(\w+) =", code, re.M)
    assert functions
    assert commands
    for tag in (*(f"charrnn.{name}()" for name in functions), *(f":CharRNN-{name}" for name in commands)):
        editor.nvim.command(f"help {tag}")
        assert editor.nvim.current.buffer.name == str(help_file), tag
    links = re.findall(r"\|([^|\s]+)\|", help_file.read_text(encoding="utf-8"))
    assert links
    for link in links if version == "0.12" else ():
        editor.nvim.command(f"help {link}")


CRASHING = """
import json, os, pathlib, sys
with open(pathlib.Path(__file__).parent / "starts", "a") as starts:
    starts.write("x")
while True:
    length = 0
    while (line := sys.stdin.buffer.readline().strip()):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    message = json.loads(sys.stdin.buffer.read(length))
    if message["method"] == "initialize":
        body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": {"capabilities": {}}}).encode()
        sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
        sys.stdout.buffer.flush()
    elif message["method"] == "textDocument/didOpen" or message["method"] == "initialized":
        if message["method"] == "initialized":
            import time; time.sleep(0.2)
        os._exit(3)
"""
