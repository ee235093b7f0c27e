"""Whether the editor still lives: the end of the input does not tell while another process holds the pipe open."""

from __future__ import annotations

import asyncio
import os
import sys

INTERVAL = 3.0  # seconds between two looks

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
