"""A hundred thousand requests over fifty documents: the server's memory over time, which must be flat.

python benchmarks/soak.py --requests 100000 --model english
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

from charrnn_lsp.framing import Frames

DOCUMENTS = 50
LONGEST = 20_000  # characters of a document, after which it is written anew
TEXT = (Path(__file__).parent / "texts" / "story.txt").read_text(encoding="utf-8")


class Server:
    """A server process and what goes to and fro."""

    def __init__(self, model: str) -> None:
        command = [sys.executable, "-m", "charrnn_lsp.cli", "--stdio"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        self._stdout, self._frames = self.process.stdout.fileno(), Frames()
        options = {"model": model, "minConfidence": 0}
        self.request("initialize", {"processId": os.getpid(), "capabilities": {}, "initializationOptions": options})
        self.notify("initialized", {})

    def send(self, message: dict[str, object]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def notify(self, method: str, params: object) -> None:
        self.send({"method": method, "params": params})

    def request(self, method: str, params: object) -> None:
        """Send a request, and wait for its answer."""
        self.send({"id": 1, "method": method, "params": params})
        while True:
            data = os.read(self._stdout, 65536)
            if not data:
                raise SystemExit("The server ended.")
            if any("id" in json.loads(body) for body in self._frames.feed(data)):
                return

    def memory(self) -> float:
        """Resident megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0


def write(server: Server, requests: int, rng: random.Random) -> None:
    """Write in all documents by turns, asking after each key."""
    lengths = dict.fromkeys(range(DOCUMENTS), LONGEST)
    began = time.monotonic()
    for number in range(requests):
        document = rng.randrange(DOCUMENTS)
        uri = f"file:///{document}.md"
        if lengths[document] >= LONGEST:
            begin = rng.randrange(len(TEXT) - LONGEST) if len(TEXT) > LONGEST else 0
            text = TEXT[begin : begin + rng.randrange(LONGEST // 2)].replace("\n", " ")
            item = {"uri": uri, "languageId": "markdown", "version": 0, "text": text}
            server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
            server.notify("textDocument/didOpen", {"textDocument": item})
            lengths[document] = len(text)
        place = {"line": 0, "character": lengths[document]}
        key = TEXT[(number * 7) % len(TEXT)].replace("\n", " ")
        change = {"range": {"start": place, "end": place}, "text": key}
        params = {"textDocument": {"uri": uri, "version": number}, "contentChanges": [change]}
        server.notify("textDocument/didChange", params)
        lengths[document] += 1
        place = {"line": 0, "character": lengths[document]}
        where = {"textDocument": {"uri": uri}, "position": place, "context": {"triggerKind": 2}}
        server.request("textDocument/inlineCompletion", where)
        if number % max(1, requests // 20) == 0:
            print(f"{number:8} requests  {time.monotonic() - began:7.0f} s  {server.memory():6.1f} MB", flush=True)


def main() -> int:
    """Entry point; 1 if memory grew by more than a tenth over the second half."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--model", default="english")
    options = parser.parse_args()
    server, rng = Server(options.model), random.Random(0)
    write(server, options.requests // 2, rng)
    half = server.memory()
    write(server, options.requests - options.requests // 2, rng)
    end = server.memory()
    server.request("shutdown", None)
    server.notify("exit", None)
    server.process.wait()
    print(f"after half of them {half:.1f} MB, at the end {end:.1f} MB")
    return 1 if end > 1.1 * half else 0


if __name__ == "__main__":
    sys.exit(main())
