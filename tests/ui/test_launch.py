"""Serving the page: to this machine alone, and under its own name only."""

from __future__ import annotations

import importlib.util
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from charrnn.artifact import Artifact
from charrnn.errors import OptionError
from charrnn.ui.launch import POLICY, free_port

PORTS = Path("/proc/net/tcp"), Path("/proc/net/tcp6")


def test_port_0_is_a_free_one() -> None:
    assert free_port(0) > 0


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_must_be_one(port: int) -> None:
    with pytest.raises(OptionError, match=f"--port is {port}; it must be from 0 to 65535"):
        free_port(port)


@pytest.fixture(scope="module")
def served(tiny: Artifact) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process that serves a page, and the address that it prints."""
    if importlib.util.find_spec("gradio") is None:
        pytest.skip("needs the extra ui")
    command = [sys.executable, "-m", "charrnn.cli", "ui", "--no-browser", "--port", "0", "-m", str(tiny.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        assert found
        yield process, found.group()
        process.kill()


@pytest.mark.e2e
class TestServed:
    def test_the_browser_is_told_to_load_nothing_else(self, served: tuple[subprocess.Popen[str], str]) -> None:
        with urllib.request.urlopen(served[1]) as answer:
            assert answer.headers["content-security-policy"] == POLICY
            page = answer.read().decode()
        # What a page loads by itself. (Its head has addresses for previews, which browsers do not load.)
        assert not re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=[\"']?(?:https?:)?//[^>]*>", page)

    def test_a_name_that_was_pointed_here_is_refused(self, served: tuple[subprocess.Popen[str], str]) -> None:
        request = urllib.request.Request(served[1], headers={"Host": "charrnn.invalid"})
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(request)

    @pytest.mark.skipif(not PORTS[0].exists(), reason="needs /proc/net")
    def test_it_listens_on_loopback_alone(self, served: tuple[subprocess.Popen[str], str]) -> None:
        port = f"{int(served[1].rpartition(':')[2].rstrip('/')):04X}"
        lines = [line.split() for file in PORTS if file.exists() for line in file.read_text().splitlines()[1:]]
        listening = {line[1] for line in lines if line[3] == "0A" and line[1].endswith(f":{port}")}
        assert listening == {f"0100007F:{port}"}

    @pytest.mark.skipif(os.name != "posix", reason="there is no such signal")
    def test_ctrl_c_ends_it(self, served: tuple[subprocess.Popen[str], str]) -> None:
        served[0].send_signal(signal.SIGINT)
        assert served[0].wait(30) == 0
