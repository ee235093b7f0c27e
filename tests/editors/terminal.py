"""A real terminal, by tmux: keys go in, and what a person would see comes out."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
SERVER = ROOT / ".venv" / "bin" / "charrnn-lsp"
MISSING = "needs tmux: apt install tmux"


def find_tmux() -> str | None:
    """The program, if there is one."""
    unpacked = ROOT / ".editors" / "tmux" / "tmux"
    return shutil.which("tmux") or (str(unpacked) if unpacked.exists() else None)


class Terminal:
    """One program in a terminal of its own, that nobody else's tmux knows of."""

    def __init__(
        self, command: Sequence[str | Path], folder: Path, env: dict[str, str], columns: int = 80, rows: int = 20
    ) -> None:
        self.socket = folder / "tmux"
        # The shell gets the program's arguments by exec: with the program the terminal ends.
        line = "exec " + " ".join(f"'{part}'" for part in command)
        size = ["-x", str(columns), "-y", str(rows)]
        subprocess.run(
            [*self._tmux(), "-f", os.devnull, "new-session", "-d", *size, "-c", str(folder), line],
            env={**env, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
            check=True,
        )
        self.tell("set-option", "-s", "escape-time", "0")

    def _tmux(self) -> list[str]:
        return [str(find_tmux()), "-u", "-S", str(self.socket)]

    def tell(self, *command: str) -> str:
        """What tmux answers."""
        return subprocess.run([*self._tmux(), *command], capture_output=True, text=True, check=True).stdout

    def type(self, text: str) -> None:
        """Type a text as it stands."""
        self.tell("send-keys", "-l", text)

    def press(self, *keys: str) -> None:
        """Press keys by their names, as `Tab` or `C-Right`."""
        self.tell("send-keys", *keys)

    @property
    def screen(self) -> str:
        """What stands on the screen."""
        return self.tell("capture-pane", "-p")

    @property
    def coloured(self) -> str:
        """The same with the sequences that colour it."""
        return self.tell("capture-pane", "-p", "-e")

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row."""
        column, row = self.tell("display-message", "-p", "#{cursor_x} #{cursor_y}").split()
        return int(column), int(row)

    def is_open(self) -> bool:
        """Whether the program runs."""
        return subprocess.run([*self._tmux(), "has-session"], capture_output=True, check=False).returncode == 0

    def close(self) -> None:
        """End the program, if it has not ended."""
        if self.is_open():
            self.tell("kill-server")


def environment(home: Path) -> dict[str, str]:
    """Variables that keep an editor away from the configuration of who runs the tests."""
    folders = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
    return {**os.environ, **folders, "HOME": str(home), "PATH": f"{SERVER.parent}:{os.environ['PATH']}"}
