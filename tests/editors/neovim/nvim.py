"""A real Neovim to type into, and what a writer would see in it."""

from __future__ import annotations

import importlib.util
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.editors.terminal import ROOT, environment
from tests.editors.waiting import PATIENCE, wait_for

if TYPE_CHECKING:
    import pynvim

PLUGIN = ROOT / "editor-clients" / "neovim"
PROGRAMS = {version: ROOT / ".editors" / f"nvim-{version}" / "nvim" for version in ("0.12", "0.10")}

GHOST = """
local found = {}
for _, name in ipairs({ 'nvim.lsp.inline_completion', 'charrnn' }) do
  local marks = vim.api.nvim_buf_get_extmarks(0, vim.api.nvim_create_namespace(name), 0, -1, { details = true })
  for _, mark in ipairs(marks) do
    local lines = { mark[4].virt_text }
    vim.list_extend(lines, mark[4].virt_lines or {})
    for _, line in ipairs(lines) do
      table.insert(found, table.concat(vim.tbl_map(function(chunk) return chunk[1] end, line)))
    end
  end
end
return table.concat(found, '\\n')
"""
SCREEN = """
local rows = {}
for row = 1, vim.o.lines do
  local cells = {}
  for column = 1, vim.o.columns do table.insert(cells, vim.fn.screenstring(row, column)) end
  table.insert(rows, (table.concat(cells):gsub('%s+$', '')))
end
return rows
"""


class Editor:
    """One Neovim with the plugin, as it starts for a writer who has configured nothing but `init`."""

    def __init__(self, program: Path, home: Path, init: str) -> None:
        self.home = home
        self.init = home / "init.lua"
        self.init.write_text(init, encoding="utf-8")
        socket = home / "socket"
        arguments = ["--headless", "--listen", str(socket), "-n", "-u", str(self.init), "--cmd", f"set rtp^={PLUGIN}"]
        self.process = subprocess.Popen(
            [program, *arguments], env=environment(home), stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.nvim = _attach(socket)
        self.nvim.ui_attach(90, 24, rgb=True)

    def lua(self, code: str, *arguments: object) -> Any:
        """What a chunk of Lua returns."""
        return self.nvim.exec_lua(code, *arguments)

    def keys(self, keys: str) -> None:
        """Press keys, as `<Tab>` or letters, one after the other."""
        self.nvim.input(keys.replace("<", "<lt>") if keys == "<" else keys)

    def type(self, text: str) -> None:
        """Type a text, key by key, each after the one before was handled."""
        for character in text:
            self.keys({"\n": "<CR>", "<": "<lt>"}.get(character, character))
            self.lua("return 1")

    def open(self, name: str, text: str = "") -> Path:
        """Edit a new file."""
        path = self.home / name
        path.write_text(text, encoding="utf-8")
        self.nvim.command(f"edit {path}")
        return path

    def write(self, name: str, text: str = "") -> Path:
        """Edit a new file, and begin to write at its end once the server is ready."""
        path = self.open(name, text)
        self.wait_until(self.ready, "the model to be loaded")
        self.keys("GA")
        return path

    def ready(self) -> bool:
        """Whether the server has a model and serves this buffer."""
        return bool(
            self.lua(
                "local client = require('charrnn.client').of()"
                " local status = client and require('charrnn.status').get(client.id)"
                " return status and status.state == 'ready'"
            )
        )

    @property
    def lines(self) -> list[str]:
        return list(self.nvim.current.buffer[:])

    @property
    def line(self) -> str:
        return str(self.nvim.current.line)

    @property
    def ghost(self) -> str:
        """The text that is shown in grey."""
        return str(self.lua(GHOST))

    @property
    def screen(self) -> str:
        return "\n".join(self.lua(SCREEN))

    @property
    def messages(self) -> str:
        return str(self.nvim.command_output("messages"))

    def see_ghost(self, expected: str | Callable[[str], object] = bool) -> str:
        """Wait for a text in grey: this one, or one that is as wanted."""
        wanted = expected if callable(expected) else expected.__eq__
        self.wait_until(lambda: wanted(self.ghost), f"the ghost text {expected!r}")
        return self.ghost

    def wait_until(self, holds: Callable[[], object], what: str) -> None:
        """Wait for something; fail with the screen if it does not come."""
        wait_for(holds, lambda: f"{what}; ghost {self.ghost!r}\n{self.screen}\n{self.messages}")

    def servers(self) -> list[int]:
        """The processes of all servers below this Neovim."""
        return [process for process in children(self.process.pid) if "charrnn-lsp" in command_of(process)]

    def close(self) -> None:
        """Quit, as `:qall!` does."""
        self.nvim.command("qall!", async_=True)
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self.process.wait()
            self.nvim.loop.call_later(1, self.nvim.loop.stop)
            self.nvim.loop.run_forever()  # until the end of the connection is seen, which closes it
            self.nvim.close()


def missing(version: str) -> str | None:
    """Why there is no Neovim of this version to test with, if there is none."""
    if importlib.util.find_spec("pynvim") is None:
        return "needs pynvim: make test"
    if not PROGRAMS[version].exists():
        return f"needs Neovim {version}: tests/editors/get-terminal-editors.sh unpacks it where apt is"
    return None


def _attach(socket: Path) -> pynvim.Nvim:
    import pynvim  # noqa: PLC0415 - of the tests' own packages

    end = time.monotonic() + PATIENCE
    while True:
        try:
            return pynvim.attach("socket", path=str(socket))
        except OSError:
            assert time.monotonic() < end, "Neovim does not listen"
            time.sleep(0.01)


def children(process: int) -> list[int]:
    """The processes that a process has started and that live."""
    text = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return [int(number) for number in text.split()]


def command_of(process: int) -> str:
    """The command line of a process; empty when it is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8").replace("\0", " ")
    except OSError:
        return ""


def is_alive(process: int) -> bool:
    """Whether a process runs (and is no zombie)."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
