"""Two directories that change places in one step, so that a name leads to a whole one at every moment.

Renaming one away and the other in takes two steps, and a process can die between them. Linux and macOS have a call for
both at once, which Python does not offer: renameat2(2) with RENAME_EXCHANGE, renamex_np(2) with RENAME_SWAP.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_CURRENT_DIRECTORY = -100  # AT_FDCWD on Linux
_EXCHANGE = 2  # RENAME_EXCHANGE, and RENAME_SWAP on macOS


def exchange(one: Path, other: Path) -> bool:
    """Let two paths on one file system change places; False where the system cannot, and nothing has changed."""
    first, second = os.fsencode(one), os.fsencode(other)
    try:
        library = ctypes.CDLL(None, use_errno=True)
        if hasattr(library, "renameat2"):
            return bool(library.renameat2(_CURRENT_DIRECTORY, first, _CURRENT_DIRECTORY, second, _EXCHANGE) == 0)
        return bool(library.renamex_np(first, second, _EXCHANGE) == 0)
    except (OSError, TypeError, AttributeError):  # Windows; a C library of another kind
        return False
