"""Tiny Shakespeare with nanoGPT's split: train on the first nine tenths, nats per character on the last tenth.

    python benchmarks/shakespeare.py --save                  # for three minutes, as the recipe says
    python benchmarks/shakespeare.py --updates 900 --save    # so many updates, however long they take
    python benchmarks/shakespeare.py --updates 900 --resume  # goes on after an interruption

nanoGPT's README has 1.88 for about three minutes on a laptop's CPU and 1.4697 for its transformer of 10.65 M weights.
The last tenth is read once from its beginning to its end, with carried state; the state begins empty. The best
checkpoint is chosen on that tenth, as nanoGPT's figures are.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import time
from pathlib import Path

import torch

from charrnn.network import CharRNN
from charrnn.vocabulary import Vocabulary
from charrnn_training import validation
from charrnn_training.corpus import write_shard
from charrnn_training.recipe import load_recipe
from charrnn_training.trainer import Report, Trainer

RESULTS = Path(__file__).parent / "results" / "shakespeare.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--recipe", default="shakespeare-quick")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where checkpoints go")
    parser.add_argument("--max-minutes", type=float)
    parser.add_argument("--updates", type=int, help="instead of the recipe's time and epochs")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--save", action="store_true", help=f"note the figures in {RESULTS.name}")
    options = parser.parse_args()
    recipe = load_recipe(options.recipe)
    if options.max_minutes:
        recipe = dataclasses.replace(recipe, max_minutes=options.max_minutes)
    if options.updates:
        recipe = dataclasses.replace(recipe, max_minutes=0.0, updates=options.updates)
    text = (options.data / "tinyshakespeare" / "input.txt").read_text(encoding="utf-8")
    cut = int(0.9 * len(text))
    vocabulary = Vocabulary.of(text)
    folder = options.runs / Path(options.recipe).stem
    shards = [
        write_shard(folder / name, iter([part]), vocabulary)
        for name, part in (("training", text[:cut]), ("validation", text[cut:]))
    ]
    torch.manual_seed(recipe.seed)
    device = torch.device(options.device)
    network = CharRNN(recipe.architecture(len(vocabulary)), recipe.dropout)
    trainer = Trainer(network, recipe, *shards, folder, device)
    if options.resume:
        trainer.resume()
    else:
        (folder / "best.safetensors").unlink(missing_ok=True)
    trainer.run(_say)
    validation.VALIDATION_STREAM = len(shards[1])  # one stream, from beginning to end
    bits = validation.evaluate_network(network, shards[1], len(shards[1]), device)
    found = {
        "nats": round(bits * math.log(2), 4),
        "weights": network.architecture.parameters,
        "minutes": round(trainer.progress.minutes, 1),
        "processor_minutes": round(time.process_time() / 60, 1),
        "updates": trainer.progress.updates,
        "threads": torch.get_num_threads(),
        "device": options.device,
        "history": trainer.progress.history,
    }
    print(
        f"{options.recipe}: {found['nats']} nats on the last tenth ({bits:.4f} bits), {found['weights']:,} weights, "
        f"{found['minutes']} minutes ({found['processor_minutes']} of processors), {found['updates']:,} updates"
    )
    if options.save:
        table = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
        limit = f"{recipe.updates:,} updates" if options.updates else f"{recipe.max_minutes:g} minutes"
        RESULTS.write_text(json.dumps({**table, f"`{Path(options.recipe).stem}`, {limit}": found}, indent=1) + "\n")


def _say(report: Report) -> None:
    p = report.progress
    if p.updates % 100 == 0:
        print(f"{report.share:6.1%} {p.updates} updates, {report.loss * math.log(2):.3f} nats in training, "
              f"best {p.best * math.log(2):.4f}, {report.speed:,.0f} characters/s", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
