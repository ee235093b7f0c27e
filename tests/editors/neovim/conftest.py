"""Neovims with the plugin: with the real server, or with one that answers as a test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.editors.neovim.nvim import PROGRAMS, Editor, missing
from tests.editors.waiting import alarm

from charrnn.library import BUNDLED

# A message of more than one line would wait for a key.
INIT = """
vim.o.cmdheight = 4
vim.o.swapfile = false
require('charrnn').map({
  accept = '<Tab>', accept_word = '<C-Right>', accept_line = '<C-l>', next = '<M-n>', previous = '<M-p>',
  ask = '<C-s>', dismiss = '<C-x>',
})
"""
REAL = INIT + "require('charrnn').enable({ settings = { charrnn = { minConfidence = 0 } } })"
FAKE = INIT + f"require('charrnn').enable({{ cmd = dofile('{Path(__file__).parent / 'fake.lua'}') }})"
VERSIONS = tuple(PROGRAMS)

Start = Callable[..., Editor]


@pytest.fixture(params=VERSIONS, scope="module")
def version(request: pytest.FixtureRequest) -> str:
    """A version of Neovim, each in its turn."""
    if reason := missing(request.param):
        pytest.skip(reason)
    return str(request.param)


@pytest.fixture
def start(version: str, tmp_path: Path) -> Iterator[Start]:
    """A function that starts a Neovim with the lines of an init.lua."""
    editors: list[Editor] = []

    def begin(init: str = FAKE) -> Editor:
        editors.append(Editor(PROGRAMS[version], tmp_path, init))
        return editors[-1]

    with alarm(600):
        yield begin
        for editor in editors:
            editor.close()


@pytest.fixture
def fake(start: Start) -> Editor:
    """A Neovim whose server answers as the test says."""
    return start(FAKE)


@pytest.fixture(scope="module")
def shared(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """A Neovim with the real server, for all tests of a module."""
    if not (BUNDLED / "english").exists():
        pytest.skip("the bundled model is not here")
    editor = Editor(PROGRAMS[version], tmp_path_factory.mktemp("nvim"), REAL)
    yield editor
    editor.close()


@pytest.fixture
def real(shared: Editor) -> Iterator[Editor]:
    """The same, with nothing open that another test wrote."""
    with alarm(600):
        shared.nvim.command("stopinsert | silent! %bwipeout! | messages clear")
        yield shared
