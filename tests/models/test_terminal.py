"""What is printed, in colour or not, in whatever encoding."""

from __future__ import annotations

import io
import os
import subprocess
import sys

import pytest

from charrnn import terminal
from charrnn.terminal import BOLD, prepare_streams, run_printing, styled


class Stream(io.TextIOWrapper):
    """A stream in the encoding of a western Windows."""

    def __init__(self, content: bytes = b"", is_terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content), encoding="cp1252")
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    def written(self) -> bytes:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue()


def streams(monkeypatch: pytest.MonkeyPatch, platform: str, is_terminal: bool, given: bytes = b"") -> Stream:
    """Standard input that holds `given`, and standard output, which is returned; both on this platform."""
    out = Stream(is_terminal=is_terminal)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sys, "stdin", Stream(given, is_terminal))
    monkeypatch.setattr(sys, "stdout", out)
    return out


def test_on_windows_programs_and_files_get_utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    out = streams(monkeypatch, "win32", is_terminal=False, given="né\u4e2d".encode())
    prepare_streams()
    print(sys.stdin.read(), end="")
    assert out.written() == "né\u4e2d".encode()


@pytest.mark.parametrize(("platform", "is_terminal"), [("win32", True), ("linux", False)])
def test_else_the_encoding_stays_and_nothing_is_too_strange(
    monkeypatch: pytest.MonkeyPatch, platform: str, is_terminal: bool
) -> None:
    out = streams(monkeypatch, platform, is_terminal)
    prepare_streams()
    print("né\u4e2d", end="")
    assert out.written() == b"n\xe9\\u4e2d"


def test_styles_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    streams(monkeypatch, "linux", is_terminal=True)
    assert styled("a", BOLD) == "\x1b[1ma\x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert styled("a", BOLD) == "a"
    monkeypatch.delenv("NO_COLOR")
    streams(monkeypatch, "linux", is_terminal=False)
    assert styled("a", BOLD) == "a"


def test_the_console_of_windows_is_taught_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(os, "system", said.append)
    terminal._teach_the_console.cache_clear()
    streams(monkeypatch, "win32", is_terminal=True)
    assert styled("a", BOLD) + styled("b", BOLD) == "\x1b[1ma\x1b[0m\x1b[1mb\x1b[0m"
    assert said == [""]


def test_a_command_whose_reader_has_seen_enough_ends_without_complaint() -> None:
    code = "from charrnn.terminal import run_printing as run; raise SystemExit(run(lambda: print('x' * 100_000) or 3))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, said = process.communicate()
    assert (process.returncode, said) == (0, b"")


def test_a_command_that_is_interrupted_ends_without_complaint(capsys: pytest.CaptureFixture[str]) -> None:
    def run() -> int:
        raise KeyboardInterrupt

    assert run_printing(run) == 0
    assert capsys.readouterr() == ("\n", "")
