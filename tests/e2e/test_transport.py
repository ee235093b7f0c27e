"""The process and its pipes: any bytes, slow and dead editors, and an end in every case."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e.wire import URI, Wire, server

from charrnn.artifact import Artifact
from charrnn_lsp.transport import LARGEST_BACKLOG

pytestmark = pytest.mark.e2e

PARSE_ERROR = -32700


def shut_down(wire: Wire) -> None:
    wire.request("initialize", {"processId": None, "capabilities": {}})
    assert wire.request("shutdown")["result"] is None
    wire.notify("exit")


def cut_off(wire: Wire) -> None:
    wire.send_bytes(b"Content-Length: 100\r\n\r\n{")
    wire.stdin.close()


ENDS: list[tuple[Callable[[Wire], object], int]] = [
    (shut_down, 0),
    (lambda wire: wire.notify("exit"), 1),
    (lambda wire: wire.stdin.close(), 0),
    (cut_off, 1),
]


@pytest.mark.parametrize(("end", "status"), ENDS)
def test_it_ends_with_a_status(end: Callable[[Wire], object], status: int) -> None:
    with server() as wire:
        end(wire)
        assert wire.end() == status


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_pipe_that_does_not_block_is_waited_for() -> None:
    program = "import os, sys; os.set_blocking(0, False); os.execv(sys.argv[1], sys.argv[1:])"
    with server(sys.executable, "-c", program) as wire:
        wire.request("initialize", {"processId": None, "capabilities": {}})
        assert wire.request("shutdown")["result"] is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to send")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_cleanly(number: signal.Signals) -> None:
    with server(stderr=subprocess.PIPE) as wire:
        wire.request("initialize", {"processId": None, "capabilities": {}})
        wire.process.send_signal(number)
        assert wire.end() == 0
        assert wire.process.stderr is not None
        with wire.process.stderr as stderr:
            assert stderr.read() == b""


def test_it_ends_when_its_editor_dies_though_the_pipe_is_open(tiny: Artifact) -> None:
    editor = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with server() as wire:
        wire.start(tiny.path, process=editor.pid)
        editor.kill()
        editor.communicate()
        assert wire.end() == 1


@pytest.mark.parametrize("process", [2**22 + 1, 0, -1])
def test_an_editor_that_cannot_be_seen_is_served(tiny: Artifact, process: int) -> None:
    with server() as wire:
        wire.start(tiny.path, process=process)
        wire.open("It was")
        assert wire.texts(0, 6)


def test_an_editor_that_closes_its_end_is_gone() -> None:
    with server() as wire:
        wire.request("initialize", {"processId": None, "capabilities": {}})
        wire._stdout.close()
        with contextlib.suppress(BrokenPipeError):
            wire.ask("no/such")
        assert wire.end() == 1


def test_a_slow_editor_gets_every_answer() -> None:
    with server() as wire:
        wire.request("initialize", {"processId": None, "capabilities": {}})
        name = "n" * 50_000  # which the answer repeats
        numbers = [wire.ask(name) for _ in range(100)]
        wire.until(lambda message: message.get("id") == numbers[-1])
        answers = {message["id"]: message["error"]["message"] for message in wire.received if "error" in message}
        assert sorted(answers) == numbers
        assert all(name in answer for answer in answers.values())


def test_an_editor_that_reads_nothing_is_given_up() -> None:
    with server() as wire:
        wire.request("initialize", {"processId": None, "capabilities": {}})
        name = "n" * (1 << 20)
        with contextlib.suppress(BrokenPipeError):
            for _ in range(LARGEST_BACKLOG // len(name) + 1):
                wire.ask(name)
        assert wire.end() == 1


GARBAGE = [
    b"\r\n\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"Content-Length: 99999999999999999999999999\r\n\r\n",
    b"Content-Length: -1\r\n\r\n{}",
    b"\x00\xff\x80" * 1000 + b"\r\n",
    b"x" * 200_000 + b"\n",
]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_after_garbage_there_is_service(garbage: bytes) -> None:
    with server() as wire:
        wire.send_bytes(garbage)
        assert "result" in wire.request("initialize", {"processId": None, "capabilities": {}})
        assert not [message for message in wire.received if message.get("method") == "window/showMessage"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe\x00\x01", b"[" * 100_000, b"9" * 10_000, b'{"a": "\xff"}'])
def test_a_body_that_is_not_json_is_a_parse_error(body: bytes) -> None:
    with server() as wire:
        wire.send_bytes(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        answer = wire.until(lambda message: True)
        assert (answer["id"], answer["error"]["code"]) == (None, PARSE_ERROR)
        assert "result" in wire.request("initialize", {"processId": None, "capabilities": {}})
        assert not [message for message in wire.received if message.get("method") == "window/showMessage"]


def test_headers_of_other_clients(tiny: Artifact) -> None:
    with server() as wire:
        wire.start(tiny.path)
        for header in ("content-length: {}\r\n\r\n", "Content-Type: x\r\nCONTENT-LENGTH: {}\r\nX: y\r\n\r\n"):
            wire.send({"jsonrpc": "2.0", "id": header, "method": "no/such"}, header)
            wire.until(lambda message, header=header: message.get("id") == header)


def test_the_log_of_a_session_has_none_of_the_words(tiny: Artifact, tmp_path: Path) -> None:
    """Words typed and words in every kind of mistake."""
    word = "xylophonic"
    log = tmp_path / "log"
    with log.open("wb") as stderr, server(stderr=stderr) as wire:
        wire.start(tiny.path, temperature=word, **{word: word})
        wire.open(f"{word} {word} ")
        wire.texts(0, 22)
        document, place = {"uri": URI, "version": 2}, {"line": 0, "character": 1}
        change = {"range": {"start": place, "end": place}, "text": word}
        wire.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        wire.texts(0, 22)
        wire.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"range": word}]})
        wire.notify("textDocument/didOpen", {"textDocument": {"uri": 5, "text": word}})
        wire.notify(word, {word: word})
        wire.send_bytes(b"Content-Length: 13\r\n\r\n{" + word.encode() + b" ]")
        wire.send_bytes(word.encode() + b"\r\n")
        for method in ("textDocument/inlineCompletion", "workspace/executeCommand", word, "shutdown"):
            wire.request(method, {"textDocument": word, "command": word})
        wire.notify("exit")
        assert wire.end() == 0
    text = log.read_text(encoding="utf-8")
    assert word not in text
    assert "Traceback" not in text
