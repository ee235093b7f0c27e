"""How much a memory of one document could give at best: `python benchmarks/memory_limit.py DATA`.

In the place of the few weights of `charrnn.memory`, a small network decides how much more probable each symbol becomes
that stood after the same text before, from all that is known of it: for nine lengths of match how often it stood, its
share and how many others there were, what of a word is written, whether that begins with a capital and was matched, and
what the character network thinks of it. It learns that on some pieces, with gradients and hindsight, and is measured on
others beside the memory as it is. Results: a table of bits per character from 1,500 characters on, and
`benchmarks/results/memory_limit.json`.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from rows import store
from torch import Tensor, nn

from charrnn.cell import initial_state
from charrnn.evaluation import character_bits
from charrnn.library import DEFAULT
from charrnn.memory import Memory
from charrnn.model import Model, load_model
from charrnn.sampling import log_softmax
from charrnn.vocabulary import DOCUMENT

ORDERS = (2, 3, 4, 5, 6, 7, 8, 10, 13)
FEATURES = 5 * len(ORDERS) + 6
SIZE, EMPTY = 26_000, 1_500  # characters of a piece; of its beginning, which says nothing
TEXTS = Path(__file__).parent / "texts"
LEARNED = {
    "own-chesterton/train.txt": (50_000,),
    "own-thoreau/train.txt": (250_000,),
    "english-prose/valid.txt": (1_450_000, 400_000),
    "modern-prose/valid.txt": (800_000, 450_000, 1_000_000),
    "mysterious-island/mysterious-island.txt": (300_000,),
}
MEASURED = {
    "own-chesterton/test.txt": (0,),
    "own-thoreau/test.txt": (0,),
    "english-prose/valid.txt": (90_000,),
    "modern-prose/valid.txt": (112_800,),
}
ROUNDS, RATE, STRETCH, WIDTH = 6, 3e-3, 1500, 24


class Piece(NamedTuple):
    """N characters, and M symbols that stood after the same text before, in the order of the characters."""

    log_p: Tensor  # [N] of the characters, by the network
    features: Tensor  # [M, FEATURES] of a symbol at a character
    place: Tensor  # [M] the character
    p: Tensor  # [M] of the symbol, by the network
    right: Tensor  # [M] whether it is the character


def main() -> None:
    """Learn, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default=DEFAULT)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = load_model(options.model)
    network = learn([piece for _, text in _texts(options.data, LEARNED) for piece in _stretches(read(model, text))])
    measured = [*_texts(options.data, MEASURED), ("texts/story.txt", (TEXTS / "story.txt").read_text("utf-8")[:SIZE])]
    print("| text | without | with the memory | with a network in its place |\n" + "|---" * 4 + "|")
    rows = []
    for name, text in measured:
        piece = read(model, text)
        with torch.inference_mode():
            best = bits(piece, network(piece.features)[:, 0])
        now = character_bits(model.cell, model.vocabulary, text, Memory(model.vocabulary))[EMPTY:].mean()
        found = [round(float(value), 4) for value in (-piece.log_p.mean() / math.log(2), now, best)]
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in found) + " |", flush=True)
        rows.append(dict(zip(("text", "without", "memory", "network"), (name, *found), strict=True)))
    store("memory_limit", rows)


def _texts(data: Path, pieces: Mapping[str, tuple[int, ...]]) -> Iterator[tuple[str, str]]:
    for name, starts in pieces.items():
        text = (data / name).read_text(encoding="utf-8")
        for start in starts:
            begin = text.index("\n\n", start) + 2 if start else 0
            yield name, text[begin : begin + SIZE]


def read(model: Model, text: str) -> Piece:
    """What the network says of a text, and what stood after the same text before."""
    ids = model.vocabulary.encode(text)
    logits, _ = model.cell.score(np.append(DOCUMENT, ids)[None, :-1], initial_state(model.cell.architecture))
    log_p = np.maximum(log_softmax(logits[0]), -18)
    symbols = bytes(np.minimum(ids, 255).astype(np.uint8))
    stood: defaultdict[bytes, dict[int, int]] = defaultdict(dict)  # what after which text, how often
    features, places, which = [], [], []
    letters = [model.vocabulary.decode([i]) for i in range(len(model.vocabulary))]
    begin = 0  # of the word at hand
    for n in range(len(ids)):
        begin = begin if n and letters[ids[n - 1]].isalnum() else n
        levels = [stood[symbols[n - order : n]] for order in ORDERS if n > order and symbols[n - order : n] in stood]
        if n >= EMPTY and levels:
            word = (
                min(n - begin, 5) / 5,
                n > begin and letters[ids[begin]].isupper(),
                ORDERS[len(levels) - 1] > n - begin,
            )
            for symbol in levels[0]:
                features.append(_features(levels, symbol, log_p[n]) + list(map(float, word)))
                places.append(n - EMPTY)
                which.append(symbol)
        for order in ORDERS:
            if n >= order:
                counts = stood[symbols[n - order : n]]
                counts[symbols[n]] = counts.get(symbols[n], 0) + 1
    rest, place, symbol_ids = log_p[EMPTY:], np.array(places), np.array(which)
    return Piece(
        torch.from_numpy(rest[np.arange(len(rest)), ids[EMPTY:]]),
        torch.tensor(features),
        torch.from_numpy(place),
        torch.from_numpy(np.exp(rest[place, symbol_ids])),
        torch.from_numpy(symbol_ids == ids[EMPTY:][place]),
    )


def _features(levels: list[dict[int, int]], symbol: int, log_p: npt.NDArray[np.float32]) -> list[float]:
    """What is known of a symbol that stood after the last few characters: of each length of match, and in general."""
    known: list[float] = []
    for counts in levels:
        total, count = sum(counts.values()), counts.get(symbol, 0)
        known += [1.0, math.log1p(count), count / total, math.log1p(total), math.log1p(len(counts))]
    known += [0.0] * (FEATURES - 6 - len(known))
    return [*known, float(log_p[symbol]), -float((np.exp(log_p) * log_p).sum()), len(levels) / 5]


def _stretches(piece: Piece) -> Iterator[Piece]:
    """A piece in parts."""
    for start in range(0, len(piece.log_p), STRETCH):
        part = (piece.place >= start) & (piece.place < start + STRETCH)
        yield Piece(
            piece.log_p[start : start + STRETCH],
            piece.features[part],
            piece.place[part] - start,
            piece.p[part],
            piece.right[part],
        )


def learn(pieces: list[Piece]) -> nn.Module:
    """The network that makes the pieces most probable."""
    network = nn.Sequential(nn.Linear(FEATURES, WIDTH), nn.Tanh(), nn.Linear(WIDTH, 1))
    optimizer = torch.optim.Adam(network.parameters(), RATE)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0.03, ROUNDS * len(pieces))
    for _ in range(ROUNDS):
        for n in torch.randperm(len(pieces)).tolist():
            optimizer.zero_grad()
            torch.autograd.backward(bits(pieces[n], network(pieces[n].features)[:, 0]))
            optimizer.step()
            schedule.step()
    return network


def bits(piece: Piece, more: Tensor) -> Tensor:
    """Mean bits of the characters, once the logits of the symbols are `more` [M] than the network's."""
    added = torch.zeros_like(piece.log_p).index_add(0, piece.place, piece.p * torch.expm1(more))
    chosen = torch.zeros_like(piece.log_p).index_add(0, piece.place, more * piece.right)
    return -(piece.log_p + chosen - torch.log1p(added.clamp(min=-0.999))).mean() / math.log(2)


if __name__ == "__main__":
    main()
