"""Other processes: whether the editor still lives, and what runs beside the server and ends with it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

INTERVAL = 3.0  # seconds between two looks
NICENESS = 10

if sys.platform == "win32":
    import ctypes

    def is_alive(process: int) -> bool:
        """Whether a process with this number runs and may be seen."""
        synchronize, timed_out = 0x00100000, 0x102
        handle = ctypes.windll.kernel32.OpenProcess(synchronize, False, process)
        if not handle:
            return False
        state = ctypes.windll.kernel32.WaitForSingleObject(handle, 0)
        ctypes.windll.kernel32.CloseHandle(handle)
        return bool(state == timed_out)

else:

    def is_alive(process: int) -> bool:
        """Whether a process with this number runs and may be seen."""
        if process <= 0:
            return False  # to the system, groups of processes
        try:
            os.kill(process, 0)
        except PermissionError:
            return True  # another user's
        except (ProcessLookupError, OverflowError):
            return False
        return True


async def death(process: int) -> None:
    """Return when that process has died."""
    while is_alive(process):
        await asyncio.sleep(INTERVAL)


async def start_leashed(command: Sequence[str], longest_line: int = 1 << 16) -> asyncio.subprocess.Process:
    """Start a module with arguments at a low priority; it ends when its standard input is closed, or with the server.

    What it prints, on either stream, is its `stdout`.
    """
    options: dict[str, Any] = {"start_new_session": True}  # Ctrl-C in a terminal is not for it
    if sys.platform == "win32":
        options = {"creationflags": subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NO_WINDOW}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "charrnn_lsp.leash", *command),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        limit=longest_line,
        **options,
    )
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            nice = max(NICENESS, os.getpriority(os.PRIO_PROCESS, process.pid))
            os.setpriority(os.PRIO_PROCESS, process.pid, nice)
    return process
