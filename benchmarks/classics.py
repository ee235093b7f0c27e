"""The classic systems: their training loss as published next to ours, and our speed next to a plain loop, in one run.

    python benchmarks/classics.py --data data --minutes 3 --save
    python benchmarks/classics.py --data data --systems sonnet-gru --save                 # the whole recipe
    python benchmarks/classics.py --data data --systems novel-lstm --updates 600 --save

The plain loop does what the system did: one character at a time in Python, or all windows of a text shuffled, or the
windows of one article at a time, with PyTorch's own layers in float32. It runs before and after the recipe, on one
core like it, and its better half counts. Speeds are characters per second of processor time.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from charrnn.network import CharRNN
from charrnn.vocabulary import Vocabulary
from charrnn_training.corpus import Shard, write_shard
from charrnn_training.recipe import Recipe, load_recipe
from charrnn_training.trainer import Report, Trainer

PLAIN_SECONDS = 8
RESULTS = Path(__file__).parent / "results" / "classics.json"
VERSE = """\
The lamp is low, the page is white,
The harbour keeps its boats tonight,
And over roofs of slate and rain
The slow bells tell the hour again.
I wrote your name, I let it stand,
A little ship put out from land;
The wind may take it where it will,
The tide is turning, dark and still.
"""


@dataclass(frozen=True)
class System:
    """What was published of a system, the text that stands in for its own, and how its loop read."""

    published: str
    text: Callable[[Path], list[str]]
    reads: str


def _novel(data: Path) -> list[str]:
    return [(data / "mysterious-island" / "mysterious-island.txt").read_text(encoding="utf-8")]


def _plays(data: Path) -> list[str]:
    return [(data / "tinyshakespeare" / "input.txt").read_text(encoding="utf-8")]


def _articles(data: Path) -> list[str]:
    text = (data / "modern-prose" / "valid.txt").read_text(encoding="utf-8")
    return [document for document in text.split("\n\n\n") if len(document) > 2000]


SYSTEMS = {
    "sonnet-gru": System("0.10 nats after 100 epochs over eight lines", lambda data: [VERSE], "characters"),
    "shakespeare-gru": System("none; 20 epochs of tiny Shakespeare", _plays, "characters"),
    "island-lstm": System("about 1.04 nats after 10,000 updates", _novel, "windows"),
    "news-onehot-lstm": System("about 1.7 to 2.0 nats", _articles, "articles"),
    "novel-lstm": System("1.44 nats at update 600", _novel, "windows"),
}


def plain_loop(system: System, recipe: Recipe, shard: Shard, network: CharRNN) -> Iterator[int]:
    """Train as the system did; yields the characters of each update."""
    optimizer = torch.optim.Adam(network.parameters(), recipe.learning_rate)
    rng = np.random.default_rng(0)
    for inputs, targets in _plain_batches(system, recipe, shard, rng):
        state = network.initial_state(len(inputs))
        if system.reads == "characters":
            loss = torch.zeros(())
            for t in range(inputs.shape[1]):
                logits, state = network(inputs[:, t : t + 1], state)
                loss = loss + nn.functional.cross_entropy(logits[:, 0], targets[:, t])
            loss = loss / inputs.shape[1]
        else:
            logits, _ = network(inputs, state)
            loss = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        yield inputs.numel()


def _plain_batches(
    system: System, recipe: Recipe, shard: Shard, rng: np.random.Generator
) -> Iterator[tuple[Tensor, Tensor]]:
    ids = torch.from_numpy(shard.ids[:].astype(np.int64))
    length = recipe.steps
    while True:
        if system.reads == "articles":
            n = int(rng.integers(len(shard.starts) - 1))
            starts = np.arange(shard.starts[n], max(shard.starts[n] + 1, shard.starts[n + 1] - length - 1))[:512]
        elif system.reads == "windows":  # every window of the text is an example, in a new order
            starts = rng.permutation(len(ids) - length - 1)[: recipe.batch]
        else:
            starts = rng.integers(0, len(ids) - length - 1, recipe.batch)
        windows = torch.stack([ids[start : start + length + 1] for start in starts])
        yield windows[:, :-1], windows[:, 1:]


def run(name: str, data: Path, minutes: float, updates: int) -> dict[str, object]:
    """Train a recipe for some minutes or updates (0: to its end), and its plain loop for seconds before and after."""
    system, recipe = SYSTEMS[name], load_recipe(name)
    documents = system.text(data)
    vocabulary = Vocabulary.of(set("".join(documents)))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shard = write_shard(folder / "shard", iter(documents), vocabulary, smallest=100)
        torch.manual_seed(recipe.seed)
        changes = {"max_minutes": minutes, "decay": 0.0 if minutes else recipe.decay, "validate_minutes": 1e9}
        changes |= {"updates": updates} if updates else {}
        recipe = dataclasses.replace(recipe, **changes)  # type: ignore[arg-type]
        plain = CharRNN(recipe.architecture(len(vocabulary)), recipe.dropout)
        network = CharRNN(recipe.architecture(len(vocabulary)), recipe.dropout)
        trainer = Trainer(network, recipe, shard, shard, folder, torch.device("cpu"))
        loop = plain_loop(system, recipe, shard, plain)
        plain_speed = _speed(loop, PLAIN_SECONDS)
        reports: list[Report] = []
        start = time.process_time()
        spent = 0.0

        def watch(report: Report) -> None:
            nonlocal spent
            reports[:] = [report]
            spent = time.process_time() - start  # what comes after the last update is validation

        trainer.run(watch)
        speed = trainer.progress.updates * trainer.batches.characters_per_batch / spent
        before = max(plain_speed, _speed(loop, PLAIN_SECONDS))
    return {
        "published": system.published,
        "loss": round(reports[0].loss * math.log(2), 3),
        "updates": trainer.progress.updates,
        "of": trainer.total,
        "minutes": round(trainer.progress.minutes, 2),
        "characters_per_second": round(speed),
        "plain_characters_per_second": round(before),
        "ratio": round(speed / before, 2),
    }


def _speed(loop: Iterator[int], seconds: float) -> float:
    start, characters = time.process_time(), 0
    while time.process_time() - start < seconds:
        characters += next(loop)
    return characters / (time.process_time() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--systems", nargs="+", default=list(SYSTEMS), choices=SYSTEMS, metavar="NAME")
    parser.add_argument("--minutes", type=float, default=0, help="for each, instead of the whole recipe")
    parser.add_argument("--updates", type=int, default=0, help="for each, instead of as many as the recipe has")
    parser.add_argument("--save", action="store_true", help=f"note the figures in {RESULTS.name}")
    options = parser.parse_args()
    torch.set_num_threads(1)
    table = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for name in options.systems:
        found = table[name] = run(name, options.data, options.minutes, options.updates)
        print(f"{name}: published {found['published']}; ours {found['loss']} nats after {found['updates']:,} of "
              f"{found['of']:,} updates, {found['minutes']} min; {found['characters_per_second']:,} characters/s, "
              f"plain loop {found['plain_characters_per_second']:,}: {found['ratio']} times", flush=True)  # fmt: skip
        if options.save:
            RESULTS.write_text(json.dumps(table, indent=1) + "\n")


if __name__ == "__main__":
    main()
