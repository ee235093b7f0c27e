"""Broken bytes on the server's standard input, for minutes: it must answer afterwards, or have ended in order.

    python benchmarks/fuzz.py --minutes 5 --seed 1 --model english

Each round takes a session as an editor would send it, spoils it somewhere, and then asks a plain question. A round in
which there is neither an answer nor an end, or a traceback on standard error, is printed and counts as a failure.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "fuzz.json"
URI = "file:///a.md"
PATIENCE = 30.0  # seconds


def frame(message: object) -> bytes:
    """A message with its header."""
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def session(rng: random.Random, model: str) -> list[bytes]:
    """Messages of a writer."""
    options = {"model": model, "minConfidence": 0}
    messages: list[dict[str, object]] = [
        {
            "id": 0,
            "method": "initialize",
            "params": {"processId": None, "capabilities": {}, "initializationOptions": options},
        },
        {"method": "initialized", "params": {}},
    ]
    item = {
        "uri": URI,
        "languageId": "markdown",
        "version": 0,
        "text": "It was a dark\r\nand \U0001f469\u200d\U0001f680 ",
    }
    messages.append({"method": "textDocument/didOpen", "params": {"textDocument": item}})
    for number in range(1, 9):
        place = {"line": rng.randint(0, 2), "character": rng.randint(0, 20)}
        change = {"range": {"start": place, "end": place}, "text": rng.choice(["a", "\n", "\r", "\u2028", "é"])}
        document = {"uri": URI, "version": number}
        params: dict[str, object] = {"textDocument": document, "contentChanges": [change]}
        messages.append({"method": "textDocument/didChange", "params": params})
        params = {"textDocument": {"uri": URI}, "position": place, "context": {"triggerKind": rng.randint(0, 3)}}
        messages.append({"id": number, "method": "textDocument/inlineCompletion", "params": params})
    return [frame({"jsonrpc": "2.0", **message}) for message in messages]


def spoil(data: bytes, rng: random.Random) -> bytes:
    """The bytes with some of them changed, lost, repeated or put in."""
    spoiled = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        place = rng.randrange(len(spoiled))
        match rng.randrange(5):
            case 0:
                spoiled[place] = rng.randrange(256)
            case 1:
                del spoiled[place : place + rng.randint(1, 40)]
            case 2:
                spoiled[place:place] = rng.randbytes(rng.randint(1, 40))
            case 3:
                spoiled[place:place] = spoiled[place : place + rng.randint(1, 400)]
            case _:
                spoiled[place:place] = rng.choice([b"\r\n", b"Content-Length: 9999999999\r\n", b"null", b"[" * 3000])
    return bytes(spoiled)


def survives(data: bytes, command: list[str]) -> str:
    """What is wrong with how a server takes `data`; empty if nothing is."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    # A length that was spoiled may swallow what follows: then nothing but the end of the input can help.
    question = frame({"jsonrpc": "2.0", "id": "last", "method": "shutdown"})
    out, err = process.communicate(data + b"\r\n" + question * 3)
    watchdog.cancel()
    if process.returncode not in (0, 1):
        return f"ended with {process.returncode}"
    if b"Traceback" in err or b"Error in" in err:
        return err.decode("utf-8", "replace")
    return "said nothing" if not out else ""


def main() -> int:
    """Entry point; 1 if there were failures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", default="english")
    options = parser.parse_args()
    command = [sys.executable, "-m", "charrnn_lsp.cli", "--stdio"]
    end, rounds, failures = time.monotonic() + 60 * options.minutes, 0, 0
    while time.monotonic() < end:
        rng = random.Random(options.seed + rounds)
        begin, *rest = session(rng, options.model)
        data = begin + spoil(b"".join(rest), rng) if rng.random() < 0.9 else spoil(begin + b"".join(rest), rng)
        if problem := survives(data, command):
            failures += 1
            print(f"seed {options.seed + rounds}: {problem}")
        rounds += 1
    print(f"{rounds} rounds, {failures} failures")
    result = {"minutes": options.minutes, "seed": options.seed, "rounds": rounds, "failures": failures}
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
