"""What each process of `test_distribution.py` runs: train on an encoded corpus, and let the leader write the weights.

torchrun --nproc-per-node 2 two_processes.py FOLDER [ACCUMULATE]
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

import torch

from charrnn.network import CharRNN
from charrnn_training.corpus import Shard
from charrnn_training.distribution import joined
from charrnn_training.recipe import Recipe
from charrnn_training.trainer import Report, Trainer

RECIPE = Recipe(
    hidden=32, embedding=8, batch=8, steps=32, updates=12, learning_rate=0.01, warmup=5, validate_minutes=1e-9, seed=3
)


def train(folder: Path, accumulate: int) -> None:
    device = torch.device("cpu")
    with joined(device) as group:
        shard = Shard.open(folder / "shard")
        symbols = len(json.loads((folder / "shard" / "vocabulary.json").read_text(encoding="utf-8")))
        torch.manual_seed(group.rank)  # the leader's weights count
        recipe = dataclasses.replace(RECIPE, accumulate=accumulate)
        network = CharRNN(recipe.architecture(symbols))
        trainer = Trainer(network, recipe, shard, shard, folder / str(group.size), device, group)
        curve: list[float] = []

        def watch(report: Report) -> None:
            curve.append(report.loss)

        best = trainer.run(watch)
        found = {"curve": curve, "best": best, "history": trainer.progress.history}
        (folder / str(group.size) / f"{group.rank}.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    train(Path(sys.argv[1]), int(sys.argv[2]))
