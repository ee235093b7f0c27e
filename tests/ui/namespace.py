"""Processes in a network of their own, with loopback and nothing else: what would ask anywhere else fails."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

# A new network namespace has its loopback down; there may be no `ip` to bring it up.
_WITH_LOOPBACK = """
import fcntl, os, socket, struct, sys
with socket.socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
os.execv(sys.argv[1], sys.argv[1:])
"""


def has_namespaces() -> bool:
    """Whether such a network can be made here, and entered."""
    if not (shutil.which("unshare") and shutil.which("nsenter")):
        return False
    return subprocess.run([*isolated("true"), "true"], capture_output=True, check=False).returncode == 0


def isolated(program: str) -> list[str]:
    """The beginning of a command that runs `program` in a new network; it keeps its process id."""
    return ["unshare", "--net", sys.executable, "-c", _WITH_LOOPBACK, str(shutil.which(program))]


def joining(process: int, program: str, script: Path) -> Path:
    """Write a script that runs `program` in the network of a process."""
    script.write_text(
        f'#!/bin/sh\nexec nsenter --net=/proc/{process}/ns/net {shutil.which(program)} "$@"\n', encoding="utf-8"
    )
    script.chmod(0o755)
    return script
