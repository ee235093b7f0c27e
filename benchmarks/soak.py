"""A hundred thousand requests over fifty documents: the server's memory over time, which must be flat.

python benchmarks/soak.py --requests 100000 --model english
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from pathlib import Path

from editor import Server

DOCUMENTS = 50
RESULTS = Path(__file__).parent / "results" / "soak.json"
LONGEST = 20_000  # characters of a document, after which it is written anew
TEXT = (Path(__file__).parent / "texts" / "story.txt").read_text(encoding="utf-8")


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
            server.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
            server.open(uri, text)
            lengths[document] = len(text)
        key = TEXT[(number * 7) % len(TEXT)].replace("\n", " ")
        server.change(uri, (0, lengths[document]), (0, lengths[document]), key)
        lengths[document] += 1
        server.answer(server.ask_at(uri, (0, lengths[document])))
        if number % max(1, requests // 20) == 0:
            print(f"{number:8} requests  {time.monotonic() - began:7.0f} s  {server.memory():6.1f} MB", flush=True)


def main() -> int:
    """Entry point; 1 if memory grew by more than a tenth over the second half."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--model", default="english")
    options = parser.parse_args()
    server, rng = Server(options.model), random.Random(0)
    server.until_ready()
    began = time.monotonic()
    write(server, options.requests // 2, rng)
    half = server.memory()
    write(server, options.requests - options.requests // 2, rng)
    end, computed = server.memory(), server.processor()
    result = {
        "requests": options.requests,
        "documents": DOCUMENTS,
        "megabytes after half of them": round(half, 1),
        "megabytes at the end": round(end, 1),
        "processor seconds for 1,000 keys": round(1000 * computed / options.requests, 2),
        "minutes": round((time.monotonic() - began) / 60, 1),
        "exit status": server.end(),
    }
    print(json.dumps(result, indent=1))
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 1 if end > 1.1 * half or result["exit status"] else 0


if __name__ == "__main__":
    sys.exit(main())
