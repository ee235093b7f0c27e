"""What a key costs beside the network: `python benchmarks/overhead.py [--places 60]`.

A key is typed at places of the repository's texts, and answered as the server does it: the key is read, and the search
looks ahead from there. The calls of the network are recorded. The same calls are then made bare: the same session of
ONNX Runtime, the same ids, states, batches and threads, and nothing else. So both sides run as many steps of as many
streams, which are counted; a step is a character of all candidates together. Both take turns within one run, each
place begins with nothing of it known, the least of some repeats counts, and what is compared is processor time, which
a busy machine does not lengthen.

Where the rest goes is measured with the recorded answers played back in place of the network: `cell` is the way to the
session and back, below 0 where it is shorter than the plain one; `memory` looking up and learning whom to trust;
`search` the beam without its memory; `text` all else; `unexplained` what the same code takes longer when the network
has been through the caches in between.

Then the same places are asked of a real server, for what the protocol costs. Results go to
`benchmarks/results/overhead.json`.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from editor import Server

from charrnn.cell import Cell, Ids, Logits, State
from charrnn.memory import Memory
from charrnn.model import Model, load_model
from charrnn.onnx_cell import OnnxCell
from charrnn.page import Page
from charrnn.prefix_cache import PrefixCache
from charrnn.search import DEFAULT_CONFIDENCE, Search, SearchOptions
from charrnn.suggestions import Suggestions

ROOT = Path(__file__).parent
TEXTS, ARCHIVE = ROOT / "texts", ROOT.parent / "training" / "texts"
RESULTS = ROOT / "results" / "overhead.json"
REPEATS = 5  # of each place, of which the least counts
READ = 600  # characters before a place
REMEMBERED = 200_000  # characters of other texts that the memory holds
MEMORY = ("mix", "expect", "adapt")
DEFAULT = SearchOptions(min_confidence=DEFAULT_CONFIDENCE)


class Recording:
    """A cell that notes what it is asked and what it answers."""

    def __init__(self, cell: Cell) -> None:
        self.architecture = cell.architecture
        self.calls: list[tuple[Ids, State]] = []
        self.answers: list[tuple[Logits, State]] = []
        self._cell = cell

    def run(self, ids: Ids, state: State) -> tuple[Logits, State]:
        self.calls.append((ids, np.ascontiguousarray(state)))
        self.answers.append(self._cell.run(ids, state))
        return self.answers[-1]

    def score(self, ids: Ids, state: State) -> tuple[Logits, State]:
        raise NotImplementedError


class Playback:
    """A cell that gives recorded answers."""

    def __init__(self, recording: Recording) -> None:
        self.architecture = recording.architecture
        self._answers = iter(recording.answers)

    def run(self, ids: Ids, state: State) -> tuple[Logits, State]:
        return next(self._answers)

    def score(self, ids: Ids, state: State) -> tuple[Logits, State]:
        raise NotImplementedError


class Stopwatch:
    """Seconds that were spent in named parts."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*arguments)
            finally:
                self.seconds[name] += time.perf_counter() - began  # type: ignore[assignment]

        return call


_STEPS = Search.steps


def timed_steps(watch: Stopwatch) -> Callable[..., Iterator[None]]:
    """`Search.steps`, timed."""

    def steps(*arguments: Any) -> Iterator[None]:
        plain = _STEPS(*arguments)
        advance = watch.timed("search", lambda: next(plain, True))
        while advance() is None:
            yield

    return steps


class Key:
    """A key at the end of a text. What stands before it was asked about; of the place itself nothing is known."""

    def __init__(self, model: Model, options: SearchOptions, text: str, *, invoked: bool) -> None:
        self._model, self._options, self._text, self._invoked = model, options, text, invoked
        self._cell = model.cell
        self._weights = list(model.memory._weights) if model.memory is not None else []

    def prepare(self, cell: Cell) -> None:
        """Be about to press it, with `cell` to answer."""
        model = self._model
        self._page = Page(None, self._text[:-1])
        model.outcomes.forget()
        if model.memory is not None:
            model.memory._weights = list(self._weights)
            model.memory._forget_what_is_known()
        model.cell, model.cache = self._cell, PrefixCache(self._cell, model.vocabulary)
        self._suggestions = Suggestions(model, self._options)
        list(self._suggestions.suggest(self._page.excerpt(), invoked=False))
        model.cell = model.cache._cell = cell

    def press(self) -> None:
        """Type it and answer."""
        self._page.write(self._text[-1])
        list(self._suggestions.suggest(self._page.excerpt(), self._invoked))

    def leave(self) -> None:
        """Leave the model as it was."""
        self._model.cell = self._model.cache._cell = self._cell

    def seconds(self, cell: Cell) -> float:
        """What it takes of the processor."""
        self.prepare(cell)
        began = time.thread_time()
        self.press()
        return time.thread_time() - began


def replay(run: Callable[[Ids, State], object], calls: list[tuple[Ids, State]]) -> float:
    """Seconds of the processor for the same calls, and nothing else."""
    began = time.thread_time()
    for ids, state in calls:
        run(ids, state)
    return time.thread_time() - began


def parts(model: Model, key: Key, recording: Recording) -> dict[str, float]:
    """Seconds of the parts beside the network, whose answers are played back."""
    watch, memory = Stopwatch(), model.memory
    key.prepare(Playback(recording))
    Search.steps = timed_steps(watch)  # type: ignore[method-assign]
    for name in MEMORY if memory is not None else ():
        setattr(memory, name, watch.timed("memory in search" if name == "mix" else "memory", getattr(memory, name)))
    watch.timed("key", key.press)()
    Search.steps = _STEPS  # type: ignore[method-assign]
    for name in MEMORY if memory is not None else ():
        delattr(memory, name)
    seconds = watch.seconds
    return {
        "memory": seconds["memory"] + seconds["memory in search"],
        "search": seconds["search"] - seconds["memory in search"],
        "text": seconds["key"] - seconds["search"] - seconds["memory"],
    }


def measure(model: Model, options: SearchOptions, texts: list[str], *, invoked: bool) -> dict[str, Any]:
    """Microseconds for a character of a continuation, with everything and bare; and where the difference goes."""
    cell = model.cell
    assert isinstance(cell, OnnxCell)
    session = cell._session
    spent: Counter[str] = Counter()
    sizes: Counter[int] = Counter()

    def bare(ids: Ids, state: State) -> object:
        return session.run(None, {"ids": ids, "state": state})

    for text in texts:
        key, recording = Key(model, options, text, invoked=invoked), Recording(cell)
        key.seconds(recording)
        sizes.update(len(ids) for ids, _ in recording.calls)
        repeats = [
            {
                "all": key.seconds(cell),
                "bare": replay(bare, recording.calls),
                "cell": replay(cell.run, recording.calls),
                **parts(model, key, recording),
            }
            for _ in range(REPEATS)
        ]
        key.leave()
        spent.update({name: min(taken[name] for taken in repeats) for name in repeats[0]})
    steps = sum(sizes.values())
    each = {name: round(1e6 * seconds / steps, 1) for name, seconds in spent.items()}
    each["cell"] = round(each["cell"] - each["bare"], 1)
    each["unexplained"] = round(2 * each["all"] - sum(each.values()), 1)
    return {
        "ratio": round(spent["all"] / spent["bare"], 2),
        "keys": len(texts),
        "steps": steps,
        "steps by streams": dict(sorted(sizes.items())),
        "microseconds a step": each,
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
    whole = " ".join(file.read_text(encoding="utf-8") for file in sorted(TEXTS.glob("*.txt"))).replace("\n", " ")
    texts = [whole[stop - READ : stop] for stop in (rng.randrange(READ, len(whole)) for _ in range(options.places))]
    model = load_model(options.model)
    rows = {}
    for remembered in (0, REMEMBERED):
        if remembered:
            model.memory = Memory(model.vocabulary)
            model.memory.learn("".join(file.read_text(encoding="utf-8") for file in ARCHIVE.glob("*.txt"))[:remembered])
        what = "with memory" if remembered else "without memory"
        rows[f"4 candidates, {what}"] = measure(model, DEFAULT, texts, invoked=True)
        rows[f"8 candidates, {what}"] = measure(model, replace(DEFAULT, candidates=8), texts, invoked=True)
        rows[f"as one types, {what}"] = measure(model, DEFAULT, texts, invoked=False)
    a = model.artifact.architecture
    result = {
        "network": f"{a.cell} {a.layers}x{a.hidden}, embedding {a.embedding}",
        "decoding": rows,
        "server": protocol(texts[:40], options.model),
    }
    print(json.dumps(result, indent=1))
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
