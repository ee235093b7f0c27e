"""Nothing leaves the machine: it serves without any network, and asks the system for no connection."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.e2e.wire import Wire, server

from charrnn.artifact import Artifact

pytestmark = pytest.mark.e2e


def works(*command: str) -> bool:
    """Whether a tool is there and may be used."""
    return bool(shutil.which(command[0])) and subprocess.run(command, capture_output=True, check=False).returncode == 0


def write(wire: Wire, model: Path) -> int:
    """A short session; the exit status."""
    wire.start(model)
    wire.open("It was")
    assert wire.texts(0, 6)
    wire.request("workspace/executeCommand", {"command": "charrnn.models"})
    wire.request("shutdown")
    wire.notify("exit")
    return wire.end()


def test_it_serves_where_there_is_no_network(tiny: Artifact) -> None:
    if not works("unshare", "--net", "true"):
        pytest.skip("unshare is missing or may not make a network namespace")
    with server("unshare", "--net") as wire:
        assert write(wire, tiny.path) == 0


def test_it_opens_no_connection(tiny: Artifact, tmp_path: Path) -> None:
    if not works("strace", "-f", "-e", "trace=network", "true"):
        pytest.skip("strace is missing or may not trace")
    trace = tmp_path / "trace"
    with server("strace", "-f", "-q", "-e", "trace=network", "-o", str(trace)) as wire:
        assert write(wire, tiny.path) == 0
    calls = set(re.findall(r"^\d+ +(\w+)\(", trace.read_text(encoding="utf-8"), re.MULTILINE))
    # asyncio wakes its own loop through a pair of sockets, which have no address and so no other end.
    assert "socketpair" in calls
    assert not calls & {"socket", "connect", "bind", "listen", "accept", "accept4"}
