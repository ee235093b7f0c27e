"""What decoding costs beside the network: `python benchmarks/overhead.py [--places 60]`.

Suggestions are made at places of the repository's texts as the server makes them, with the calls of the network
recorded. The same calls are then made again, bare: the same session of ONNX Runtime, batches and threads, and nothing
else. Both take turns within one run, and what is compared is processor time, which a busy machine does not lengthen.
Then the same places are asked of a real server, for what the protocol costs. Results go to
`benchmarks/results/overhead.json`.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
from editor import Server

from charrnn.cell import Cell, Ids, Logits, State
from charrnn.excerpt import excerpt
from charrnn.memory import Memory
from charrnn.model import Model, load_model
from charrnn.onnx_cell import OnnxCell
from charrnn.search import SearchOptions
from charrnn.suggestions import Suggestions

ROOT = Path(__file__).parent
RESULTS = ROOT / "results" / "overhead.json"
REPEATS = 3  # of each place, of which the least counts


class Recording:
    """A cell that notes what it is asked."""

    def __init__(self, cell: Cell) -> None:
        self.architecture = cell.architecture
        self.calls: list[tuple[Ids, State]] = []
        self._cell = cell

    def run(self, ids: Ids, state: State) -> tuple[Logits, State]:
        self.calls.append((ids, np.ascontiguousarray(state)))
        return self._cell.run(ids, state)

    def score(self, ids: Ids, state: State) -> tuple[Logits, State]:
        raise NotImplementedError


def decode(model: Model, options: SearchOptions, text: str) -> float:
    """Seconds of the processor for one suggestion where `text` was read already."""
    suggestions = Suggestions(model, options)
    place = excerpt([text], 0, len(text))
    list(model.cache.read(place.before))
    began = time.thread_time()
    list(suggestions.suggest(place, invoked=True))
    return time.thread_time() - began


def replay(cell: OnnxCell, calls: list[tuple[Ids, State]]) -> float:
    """Seconds of the processor for the same calls of the session, and nothing else."""
    session = cell._session
    began = time.thread_time()
    for ids, state in calls:
        for t in range(ids.shape[1]):
            session.run(None, {"ids": ids[:, t : t + 1], "state": state})
    return time.thread_time() - began


def measure(model: Model, options: SearchOptions, texts: list[str]) -> dict[str, float]:
    """Microseconds for a character of a continuation, with everything and bare."""
    bare = model.cell
    assert isinstance(bare, OnnxCell)
    spent = replayed = 0.0
    characters = 0
    for text in texts:
        recording = Recording(bare)
        model.cell = recording
        decode(model, options, text)
        model.cell = bare
        spent += min(decode(model, options, text) for _ in range(REPEATS))
        replayed += min(replay(bare, recording.calls) for _ in range(REPEATS))
        characters += len(recording.calls)
    return {
        "microseconds a character": round(1e6 * spent / characters, 1),
        "bare": round(1e6 * replayed / characters, 1),
        "ratio": round(spent / replayed, 2),
    }


def protocol(texts: list[str], model: str) -> dict[str, float]:
    """Milliseconds of a server's processor for a key, with everything; and seconds for 1,000 keys in a row."""
    server = Server(model)
    server.until_ready()
    spent = []
    for number, text in enumerate(texts):
        uri = f"file:///{number}.md"
        server.open(uri, text)
        server.answer(server.ask_at(uri, (0, len(text))))
        server.until_idle(0.05)
        before = server.computed()
        server.change(uri, (0, len(text)), (0, len(text)), " ")
        server.answer(server.ask_at(uri, (0, len(text) + 1)))
        spent.append(server.computed() - before)
    idle = server.processor()
    time.sleep(5)
    idle = server.processor() - idle
    memory = server.memory()
    server.end()
    return {
        "milliseconds a key, median": round(1000 * float(np.median(spent)), 2),
        "seconds for 1,000 keys": round(1000 * float(np.mean(spent)), 2),
        "processor seconds in 5 idle ones": idle,
        "resident megabytes": round(memory, 1),
    }


def main() -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", type=int, default=60)
    parser.add_argument("--model", default="english")
    options = parser.parse_args()
    rng = random.Random(0)
    whole = " ".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "texts").glob("*.txt")))
    whole = whole.replace("\n", " ")
    texts = [whole[stop - 600 : stop] for stop in (rng.randrange(600, len(whole)) for _ in range(options.places))]
    model = load_model(options.model)
    widths = {"4 candidates": SearchOptions(), "8 candidates": SearchOptions(candidates=8)}
    rows = {what: measure(model, search, texts) for what, search in widths.items()}
    model.memory = Memory(model.vocabulary)
    model.memory.learn(whole)
    rows["4 candidates, with memory"] = measure(model, SearchOptions(), texts)
    result = {"decoding": rows, "server": protocol(texts[:40], options.model)}
    print(json.dumps(result, indent=1))
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
