"""An editor without a screen, for the benchmarks: a server process, and what goes to it and comes back."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from charrnn_lsp.framing import Frames

Json = dict[str, Any]


class Server:
    """A server process that was initialized."""

    def __init__(self, model: str, **settings: object) -> None:
        command = [sys.executable, "-m", "charrnn_lsp.cli", "--stdio"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self._stdout, self._frames = self.process.stdout.fileno(), Frames()
        self._number = 0
        self._received: list[Json] = []
        options = {"model": model, **settings}
        capabilities = {"textDocument": {"inlineCompletion": {}}, "general": {"positionEncodings": ["utf-32"]}}
        params = {"processId": os.getpid(), "capabilities": capabilities, "initializationOptions": options}
        self.request("initialize", params)
        self.notify("initialized", {})

    def notify(self, method: str, params: object) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: object) -> int:
        """Send a request; its number."""
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        return self._number

    def request(self, method: str, params: object) -> Json:
        """Send a request, and wait for its answer."""
        return self.answer(self.ask(method, params))

    def answer(self, number: int) -> Json:
        """The answer to a request; of others what has come is dropped."""
        return self.until(lambda message: message.get("id") == number)

    def until_ready(self) -> None:
        """Wait for the model."""
        self.until(lambda message: message.get("params", {}).get("state") == "ready")

    def until(self, condition: Any) -> Json:
        """The next message of that kind."""
        while True:
            while self._received:
                message = self._received.pop(0)
                if condition(message):
                    return message
            data = os.read(self._stdout, 65536)
            if not data:
                raise SystemExit("The server ended.")
            self._received += map(json.loads, self._frames.feed(data))

    def open(self, uri: str, text: str) -> None:
        """Open a document."""
        item = {"uri": uri, "languageId": "markdown", "version": 0, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, uri: str, place: tuple[int, int], end: tuple[int, int], text: str) -> None:
        """Put `text` between two places, each a line and a character."""
        change = {"range": {"start": _position(place), "end": _position(end)}, "text": text}
        params = {"textDocument": {"uri": uri, "version": 0}, "contentChanges": [change]}
        self.notify("textDocument/didChange", params)

    def ask_at(self, uri: str, place: tuple[int, int]) -> int:
        """Ask for a suggestion; the number of the request."""
        where = {"textDocument": {"uri": uri}, "position": _position(place), "context": {"triggerKind": 2}}
        return self.ask("textDocument/inlineCompletion", where)

    def memory(self) -> float:
        """Resident megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0

    def computed(self) -> float:
        """Seconds that its main thread has run, to the nanosecond."""
        return int(Path(f"/proc/{self.process.pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9

    def until_idle(self, seconds: float = 0.5) -> None:
        """Wait until its main thread has not run for so long."""
        before = -1.0
        while before != (before := self.computed()):
            time.sleep(seconds)

    def processor(self) -> float:
        """Processor seconds that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> int:
        """Shut it down; its exit status."""
        self.request("shutdown", None)
        self.notify("exit", None)
        return self.process.wait()

    def _send(self, message: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()


def _position(place: tuple[int, int]) -> dict[str, int]:
    return {"line": place[0], "character": place[1]}
