"""From key to answer in a document of 1 MB against one of 1 KB: `python benchmarks/latency.py [--rounds 40]`.

A real server over standard input and output, with its defaults. Both documents are open at once and take turns, so
that whatever else the machine does falls on both. Times are milliseconds from sending `textDocument/didChange` to
having the answer, and of these those that the server's main thread has computed, which a busy machine does not
lengthen: the ratio is of the latter. Results go to `benchmarks/results/latency.json`.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from editor import Server

ROOT = Path(__file__).parent
RESULTS = ROOT / "results" / "latency.json"
SIZES = {"1 KB": 1_000, "1 MB": 1_000_000}
SMALL = 100_000  # characters
STORM = 20  # backspaces

Place = tuple[int, int]
Times = tuple[float, float]  # milliseconds: by the clock, and computing


@dataclass
class Document:
    """A document that both sides know."""

    uri: str
    lines: list[str]


def prose(size: int, rng: random.Random) -> str:
    """Paragraphs of sentences of the repository's texts, in any order."""
    whole = " ".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "texts").glob("*.txt")))
    sentences = [sentence.strip() + "." for sentence in whole.replace("\n", " ").split(". ") if sentence.strip()]
    paragraphs: list[str] = []
    written = 0
    while written < size:
        paragraphs.append(" ".join(rng.choice(sentences) for _ in range(rng.randint(1, 6))))
        written += len(paragraphs[-1]) + 2
    return "\n\n".join(paragraphs)[:size]


class Writer:
    """Types into one document and takes the time of the answers."""

    def __init__(self, server: Server, document: Document, rng: random.Random) -> None:
        self._server = server
        self._document = document
        self._rng = rng

    def key(self, place: Place, text: str = "e") -> Times:
        """Type at a place."""
        number, offset = place
        line = self._document.lines[number]
        self._document.lines[number] = line[:offset] + text + line[offset:]
        return self._timed(place, place, text, (number, offset + len(text)))

    def write(self, place: Place) -> Times:
        """A few keys of a word at a place; the times of the last one."""
        number, offset = place
        for letter in " th":
            last = self.key((number, offset), letter)
            offset += 1
        return last

    def jump(self) -> Times:
        """The first key at any place: in a small document, one near which much was read already."""
        return self.key(self.somewhere())

    def leap(self) -> Times:
        """The first key at a place near which nothing was read: a small document is opened anew for it."""
        if sum(map(len, self._document.lines)) > SMALL:
            return self.jump()
        text = prose(SIZES["1 KB"], self._rng)
        document = Document(f"file:///leap{self._rng.random()}.md", text.split("\n"))
        self._server.open(document.uri, text)
        self._server.until_idle(0.05)
        times = Writer(self._server, document, self._rng).jump()
        self._server.notify("textDocument/didClose", {"textDocument": {"uri": document.uri}})
        return times

    def paste(self) -> Iterator[Times]:
        """Paste 10 KB where something was just written, and undo that."""
        number, _ = self.somewhere()
        self.write((number, len(self._document.lines[number])))
        place = number, len(self._document.lines[number])
        text = prose(10_000, self._rng)
        pasted = text.split("\n")
        end = (number + len(pasted) - 1, len(pasted[-1]) + (place[1] if len(pasted) == 1 else 0))
        yield self._timed(place, place, text, end)
        yield self._timed(place, end, "", place)

    def storm(self) -> Times:
        """A held backspace key: many deletions without waiting; the times from the last one to its answer."""
        number = max(range(len(self._document.lines)), key=lambda n: (len(self._document.lines[n]), self._rng.random()))
        stop = len(self._document.lines[number])
        for offset in range(stop, stop - STORM, -1):
            begun = self._now()
            self._server.change(self._document.uri, (number, offset - 1), (number, offset), "")
            asked = self._server.ask_at(self._document.uri, (number, offset - 1))
        self._server.answer(asked)
        times = self._since(begun)
        start = (number, stop - STORM)
        self._server.change(self._document.uri, start, start, self._document.lines[number][stop - STORM :])
        return times

    def somewhere(self) -> Place:
        """A place within a paragraph, any."""
        while True:
            number = self._rng.randrange(len(self._document.lines))
            if len(self._document.lines[number]) > 20:
                return number, self._rng.randrange(10, len(self._document.lines[number]))

    def edge(self, share: float) -> Place:
        """The end of the paragraph at that share of the document."""
        lines = self._document.lines
        number = min(range(len(lines)), key=lambda n: (not lines[n], abs(n - share * (len(lines) - 1))))
        return number, len(lines[number])

    def _timed(self, start: Place, end: Place, text: str, cursor: Place) -> Times:
        begun = self._now()
        self._server.change(self._document.uri, start, end, text)
        self._server.answer(self._server.ask_at(self._document.uri, cursor))
        return self._since(begun)

    def _now(self) -> Times:
        return 1000 * time.perf_counter(), 1000 * self._server.computed()

    def _since(self, begun: Times) -> Times:
        clock, computed = self._now()
        return clock - begun[0], computed - begun[1]


def measure(server: Server, writers: dict[str, Writer], rounds: int) -> dict[str, dict[str, list[Times]]]:
    """The times by situation and size, the sizes by turns."""
    times: dict[str, dict[str, list[Times]]] = defaultdict(lambda: defaultdict(list))
    situations: dict[str, Callable[[Writer], Times]] = {
        "at the end": lambda writer: writer.write(writer.edge(1.0)),
        "in the middle": lambda writer: writer.write(writer.edge(0.5)),
        "at the start": lambda writer: writer.write(writer.edge(0.0)),
        "after a jump": Writer.jump,
        "far from all": Writer.leap,
        "backspaces": Writer.storm,
    }
    for _ in range(rounds):
        for what, act in situations.items():
            for size, writer in writers.items():
                times[what][size].append(act(writer))
                server.until_idle(0.02)
        for size, writer in writers.items():
            for what, pasted in zip(("10 KB pasted", "paste undone"), writer.paste(), strict=True):
                times[what][size].append(pasted)
                server.until_idle(0.02)
    return times


def time_of_opening(server: Server, text: str, rounds: int = 5) -> float:
    """Milliseconds that opening a document takes before anything else is answered; the median."""
    times = []
    for number in range(rounds):
        server.request("workspace/executeCommand", {"command": "charrnn.resume"})
        began = time.perf_counter()
        server.open(f"file:///opened{number}.md", text)
        server.request("workspace/executeCommand", {"command": "charrnn.resume"})
        times.append(1000 * (time.perf_counter() - began))
        server.notify("textDocument/didClose", {"textDocument": {"uri": f"file:///opened{number}.md"}})
    return float(np.median(times))


def row(by_size: dict[str, list[Times]]) -> dict[str, dict[str, float]]:
    """Median and 95th percentile of the times in one situation."""
    result = {}
    for share, percentile in (("p50", 50), ("p95", 95)):
        figures: dict[str, float] = {}
        for size in SIZES:
            clock, computed = np.percentile(by_size[size], percentile, axis=0).round(2).tolist()
            figures |= {f"{size}": clock, f"{size}, computing": computed}
        figures["ratio"] = round(figures["1 MB, computing"] / figures["1 KB, computing"], 2)
        result[share] = figures
    return result


def main() -> None:
    """Measure, print, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--model", default="english")
    options = parser.parse_args()
    rng = random.Random(0)
    server = Server(options.model)
    server.until_ready()
    texts = {size: prose(count, rng) for size, count in SIZES.items()}
    opening = time_of_opening(server, texts["1 MB"])
    writers = {}
    for size, text in texts.items():
        server.open(f"file:///{size}.md", text)
        writers[size] = Writer(server, Document(f"file:///{size}.md", text.split("\n")), rng)
    server.until_idle()  # what was opened is learned in the background
    measure(server, writers, 2)  # and be warm
    times = measure(server, writers, options.rounds)
    rows = {what: row(by_size) for what, by_size in times.items()}
    for what, by_share in rows.items():
        for share, figures in by_share.items():
            print(f"{what:14} {share} ", "  ".join(f"{name} {value}" for name, value in figures.items()))
    print(f"opening 1 MB: {opening:.1f} ms")
    server.end()
    result = {"rounds": options.rounds, "milliseconds": rows, "opening 1 MB, milliseconds": round(opening, 1)}
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
