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


# Runs the command line and writes down which addresses the process connects to or asks the names of.
AUDITED = """
import sys
log = open(sys.argv.pop(1), "a", buffering=1)
names = {"socket.connect": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0, "socket.sendto": 1}
def hook(event, arguments):
    if event in names:
        print(repr(arguments[names[event]]), file=log)
sys.addaudithook(hook)
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # where the tests run in the background it is ignored
from charrnn.cli import main
sys.exit(main())
"""


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of what the process that serves the page has connected to."""
    return tmp_path_factory.mktemp("audit") / "addresses"


@pytest.fixture(scope="module")
def served(tiny: Artifact, addresses: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process that serves a page, and the address that it prints."""
    if importlib.util.find_spec("gradio") is None:
        pytest.skip("needs the extra ui")
    command = [sys.executable, "-c", AUDITED, str(addresses), "ui", "--no-browser", "--port", "0", "-m", str(tiny.path)]
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

    def test_it_asks_nothing_of_any_other_machine(
        self, served: tuple[subprocess.Popen[str], str], addresses: Path
    ) -> None:
        urllib.request.urlopen(served[1]).close()
        asked = addresses.read_text(encoding="utf-8").splitlines()
        assert asked  # Gradio looks whether it can be reached
        assert not [line for line in asked if "127.0.0.1" not in line]

    @pytest.mark.skipif(os.name != "posix", reason="there is no such signal")
    def test_ctrl_c_ends_it(self, served: tuple[subprocess.Popen[str], str]) -> None:
        served[0].send_signal(signal.SIGINT)
        assert served[0].wait(30) == 0
