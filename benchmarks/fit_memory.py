"""Fit the first weights of the memory's matches: `python benchmarks/fit_memory.py DATA`.

Reads pieces of texts that the bundled model has not learned, notes for each character which matches the memory had and
what they and the network gave it, and fits by maximum likelihood the five rows of numbers that `charrnn.memory` begins
with. Prints them, and the bits per character without memory and with it, for each piece as it was left out of the fit.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from charrnn.cell import initial_state
from charrnn.concordance import KINDS
from charrnn.library import DEFAULT
from charrnn.memory import Memory
from charrnn.model import Model, load_model
from charrnn.sampling import log_softmax
from charrnn.vocabulary import DOCUMENT

SIZE, EMPTY = 40_000, 2_000  # characters of a piece; of its beginning, which the memory has nothing to say to
PIECES = {
    "own-chesterton/train.txt": 50_000,
    "own-thoreau/train.txt": 250_000,
    "english-prose/valid.txt": 1_450_000,
    "modern-prose/valid.txt": 800_000,
    "mysterious-island/mysterious-island.txt": 300_000,
}
LEVELS = KINDS[0]
PRIOR = 1e-4


@dataclass
class Noted:
    """Of N characters: the network's probability p [N], and of up to L matches the kind [N, L, 5] and share [N, L]."""

    p: Tensor
    kinds: Tensor  # -1 where there was no match
    shares: Tensor


def main() -> None:
    """Note, fit with each piece left out, fit with all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--size", type=int, default=SIZE)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = load_model(options.model)
    noted = {}
    for name, start in PIECES.items():
        text = (options.data / name).read_text(encoding="utf-8")[start : start + options.size]
        noted[name] = note(model, text)
    for name, piece in noted.items():
        weights = fit([other for key, other in noted.items() if key != name])
        print(f"{name}: {bits(piece.p):.4f} without, {float(bits(mixed(piece, weights))):.4f} with memory", flush=True)
    for row, values in zip(
        ("length", "beginning", "seen", "different", "network"), fit([*noted.values()]), strict=True
    ):
        print(f"by {row}: {tuple(round(value, 2) for value in values.tolist())}")


def note(model: Model, text: str) -> Noted:
    """What network and memory say to each character of `text`, a document that is being written."""
    ids = model.vocabulary.encode(text)
    logits, _ = model.cell.score(np.append(DOCUMENT, ids)[None, :-1], initial_state(model.cell.architecture))
    p = np.exp(log_softmax(logits[0]))
    text = model.vocabulary.decode(ids)
    memory = Memory(model.vocabulary)
    passage = memory.learn(text[0])
    kinds = np.full((len(ids), LEVELS, len(KINDS)), -1)
    shares = np.zeros((len(ids), LEVELS), np.float32)
    for n in range(1, len(ids)):
        expectation = memory.expect(p[n], memory.context(text[max(0, n - 20) : n]))
        for level, match in enumerate(reversed(expectation.matches)):
            kinds[n, level] = np.unravel_index(match.kind, KINDS)
            shares[n, level] = match.shares.get(int(ids[n]), 0.0)
        memory.extend(passage, text[n])
    given = p[np.arange(len(ids)), ids]
    keep = np.flatnonzero((np.arange(len(ids)) >= min(EMPTY, len(ids) // 2)) & (given > 0))
    return Noted(torch.from_numpy(given[keep]), torch.from_numpy(kinds[keep]), torch.from_numpy(shares[keep]))


def mixed(noted: Noted, weights: list[Tensor]) -> Tensor:
    """The probabilities [N] with the matches mixed in, the shortest first."""
    p = noted.p
    for level in range(LEVELS):
        kind = noted.kinds[:, level]
        odds = sum(row[kind[:, n].clamp(min=0)] for n, row in enumerate(weights))
        weight = torch.sigmoid(odds) * (kind[:, 0] >= 0)
        p = (1 - weight) * p + weight * noted.shares[:, level]
    return p


def fit(pieces: list[Noted]) -> list[Tensor]:
    """The rows of numbers under which the pieces are most probable."""
    weights = [torch.zeros(size) for size in KINDS]
    weights[0] -= 2
    for row in weights:
        row.requires_grad_()
    optimizer = torch.optim.LBFGS(weights, max_iter=80, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        prior = sum((row**2).sum() for row in weights[1:]) + ((weights[0] + 2) ** 2).sum()
        value = sum(bits(mixed(piece, weights)) for piece in pieces) / len(pieces) + PRIOR * prior
        value.backward()
        return value

    optimizer.step(loss)
    return [row.detach() for row in weights]


def bits(p: Tensor) -> Tensor:
    """Mean bits of probabilities [N]."""
    return F.threshold(p, 1e-9, 1e-9).log2().neg().mean()


if __name__ == "__main__":
    main()
