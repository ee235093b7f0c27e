"""A server process and its bare pipes, for what no client library would do."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from charrnn_lsp.framing import Frames

Json = dict[str, Any]
PATIENCE = 60.0  # seconds after which a server that hangs is killed, and the test fails
URI = "file:///essay.md"


class Wire:
    """What goes to a server and comes back, byte by byte or as messages."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process = process
        self.stdin, self._stdout = process.stdin, process.stdout
        self._messages = self._read()
        self.received: list[Json] = []
        self._number = 0

    def send_bytes(self, data: bytes) -> None:
        self.stdin.write(data)
        self.stdin.flush()

    def send(self, message: object, header: str = "Content-Length: {}\r\n\r\n") -> None:
        body = json.dumps(message).encode()
        self.send_bytes(header.format(len(body)).encode() + body)

    def notify(self, method: str, params: object = None) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: object = None) -> int:
        """Send a request; its number."""
        self._number += 1
        self.send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        return self._number

    def request(self, method: str, params: object = None) -> Json:
        number = self.ask(method, params)
        return self.until(lambda message: message.get("id") == number and "method" not in message)

    def until(self, condition: Callable[[Json], bool]) -> Json:
        """The next message of that kind."""
        for message in self._messages:
            self.received.append(message)
            if condition(message):
                return message
        raise AssertionError("The server ended.")

    def start(self, model: Path, process: int | None = None, **settings: object) -> None:
        """Begin a session with a model, and wait until it is there."""
        options = {"model": str(model), "minConfidence": 0, "length": "line", "maxCharacters": 20, **settings}
        self.request("initialize", {"processId": process, "capabilities": {}, "initializationOptions": options})
        self.notify("initialized", {})
        self.until(lambda message: message.get("params", {}).get("state") == "ready")

    def open(self, text: str, uri: str = URI) -> None:
        item = {"uri": uri, "languageId": "markdown", "version": 0, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def texts(self, line: int = 0, character: int = 0, uri: str = URI) -> list[str]:
        position = {"line": line, "character": character}
        params = {"textDocument": {"uri": uri}, "position": position, "context": {"triggerKind": 2}}
        return [item["insertText"] for item in self.request("textDocument/inlineCompletion", params)["result"]["items"]]

    def end(self) -> int:
        """The exit status, once the server has ended."""
        return self.process.wait(PATIENCE)

    def _read(self) -> Iterator[Json]:
        frames = Frames()
        while data := os.read(self._stdout.fileno(), 65536):
            yield from map(json.loads, frames.feed(data))


@contextlib.contextmanager
def server(*prefix: str, stderr: Any = None) -> Iterator[Wire]:
    """A server process, started by the command `prefix` where there is one; killed at the end if it still runs."""
    command = [*prefix, sys.executable, "-m", "charrnn_lsp.cli", "--stdio"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr)
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        yield Wire(process)
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):  # what was not flushed has nobody to read it
                pipe.close()
