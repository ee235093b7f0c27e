"""Neovim in a terminal, as a person sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.editors.neovim.conftest import REAL
from tests.editors.neovim.nvim import PLUGIN, PROGRAMS
from tests.editors.terminal import MISSING, Terminal, environment, find_tmux
from tests.editors.waiting import wait_for

from charrnn.library import BUNDLED

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(find_tmux() is None, reason=MISSING),
    pytest.mark.skipif(not (BUNDLED / "english").exists(), reason="the bundled model is not here"),
]
GREY = re.compile(r"\x1b\[(?:\d+;)*(?:38;[25];[\d;]+|90)m(me[^\x1b]*)")


@pytest.fixture
def terminal(version: str, tmp_path: Path) -> Iterator[Terminal]:
    (tmp_path / "init.lua").write_text(REAL + "\nvim.o.termguicolors = true\n", encoding="utf-8")
    command = [PROGRAMS[version], "--cmd", f"set rtp^={PLUGIN}", "-u", tmp_path / "init.lua", tmp_path / "note.md"]
    terminal = Terminal(command, tmp_path, environment(tmp_path))
    yield terminal
    terminal.close()


def test_a_line_is_written_with_half_of_its_keys(terminal: Terminal, tmp_path: Path) -> None:
    wait_for(lambda: "note.md" in terminal.screen, lambda: terminal.screen)
    terminal.type("iIt was the first ti")
    wait_for(lambda: GREY.search(terminal.coloured), lambda: repr(terminal.coloured))
    shown = GREY.search(terminal.coloured)
    assert shown is not None
    assert terminal.cursor == (len("It was the first ti"), 0), "the cursor stands before what is shown"
    terminal.press("C-Right")
    wait_for(lambda: terminal.cursor == (len("It was the first time"), 0), lambda: terminal.screen)
    terminal.press("Tab")
    whole = "It was the first ti" + shown[1].rstrip()
    wait_for(lambda: terminal.cursor == (len(whole), 0), lambda: terminal.screen)
    terminal.press("Escape")
    terminal.type(":wq")
    terminal.press("Enter")
    wait_for(lambda: not terminal.is_open(), "Neovim to end")
    assert (tmp_path / "note.md").read_text(encoding="utf-8") == whole + "\n"
