"""Characters per second of training: the fast layers next to PyTorch's own and to the bare matrix products, one run.

    python benchmarks/training.py                    # the CPU, at 2x512, batch 128, 128 steps
    python benchmarks/training.py --device cuda      # cuDNN layers in a trainer, next to bare cuDNN calls

All candidates take turns, and the best round of each counts: what else the machine does then costs all the same.
With `--threads 1` it is processor time that counts, which a busy machine hardly changes.
A round is forward and backward of the layers alone; an update of a trainer has the output layer, the loss and the
optimiser as well.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from charrnn.network import CharRNN
from charrnn.vocabulary import Vocabulary
from charrnn_training.corpus import write_shard
from charrnn_training.fast_gru import FastGRU
from charrnn_training.fast_lstm import FastLSTM
from charrnn_training.fast_matmul import Projection, fast_dtype, onednn_is_faster, weight_gradient
from charrnn_training.recipe import OPTIMIZERS, Recipe
from charrnn_training.trainer import Trainer

RESULTS = Path(__file__).parent / "results" / "training.json"
GATES = {"lstm": 4, "gru": 3}
PLAIN: dict[str, Any] = {"lstm": nn.LSTM, "gru": nn.GRU}
FAST: dict[str, Any] = {"lstm": FastLSTM, "gru": FastGRU}
Round = Callable[[], object]


def network_round(layers: list[nn.Module], x: Tensor, hidden: int) -> Round:
    """Forward and backward of layers one above another."""
    lstm = isinstance(layers[0], nn.LSTM | FastLSTM)
    zeros = torch.zeros(1, x.shape[1], hidden, device=x.device, dtype=x.dtype)

    def go() -> None:
        y = x
        for layer in layers:
            y, _ = layer(y, (zeros, zeros) if lstm else zeros)
        y.float().square().mean().backward()
        for layer in layers:
            layer.zero_grad()

    return go


def products_round(cell: str, x: Tensor, hidden: int, layers: int, dtype: torch.dtype) -> Round:
    """The matrix products that such a round cannot do without, and nothing else: the limit."""
    steps, batch, inputs = x.shape
    rows = GATES[cell] * hidden
    gates = torch.zeros(steps * batch, rows, dtype=dtype)
    step, state = torch.zeros(batch, rows, dtype=dtype), torch.zeros(batch, hidden, dtype=dtype)
    outputs = torch.zeros(steps * batch, hidden, dtype=dtype)
    up = Projection(torch.zeros(rows, hidden, dtype=dtype), batch)
    down = Projection(torch.zeros(hidden, rows, dtype=dtype), batch)

    def go() -> None:
        for layer in range(layers):
            width = hidden if layer else inputs
            into = torch.zeros(steps * batch, width, dtype=dtype)
            Projection(torch.zeros(rows, width, dtype=dtype), steps * batch).into(gates, into)
            for _ in range(steps):
                up.add(step, state, out=step)
                down.into(state, step)
            weight_gradient(gates, outputs)
            weight_gradient(gates, into)
            if layer:
                Projection(torch.zeros(width, rows, dtype=dtype), steps * batch).into(into, gates)

    return go


def measure(rounds: dict[str, Round], characters: int, options: argparse.Namespace) -> dict[str, float]:
    """Characters per second of each round at its best."""
    clock = time.process_time if options.threads == 1 and options.device == "cpu" else time.perf_counter
    best = dict.fromkeys(rounds, float("inf"))
    for go in rounds.values():
        go()
    end = time.monotonic() + options.seconds
    while time.monotonic() < end:
        for name, go in rounds.items():
            start = clock()
            go()
            best[name] = min(best[name], clock() - start)
    return {name: characters / shortest for name, shortest in best.items()}


def on_cpu(cell: str, options: argparse.Namespace, folder: Path) -> dict[str, float]:
    """PyTorch's layers, the fast ones and the bare products of one cell."""
    torch.manual_seed(0)
    x = torch.randn(options.steps, options.batch, options.embedding)
    widths = [options.embedding] + [options.hidden] * (options.layers - 1)
    plain = [PLAIN[cell](width, options.hidden) for width in widths]
    rounds = {f"nn.{cell.upper()}, float32": network_round(plain, x, options.hidden)}
    for dtype in dict.fromkeys((torch.float32, fast_dtype())):
        name = str(dtype).removeprefix("torch.")
        fast = [FAST[cell](layer, dtype) for layer in plain]
        rounds[f"fast layers, {name}"] = network_round(fast, x, options.hidden)
        rounds[f"bare products, {name}"] = products_round(cell, x, options.hidden, options.layers, dtype)
    rounds[f"updates of a trainer, {options.optimizer}"] = update_round(cell, options, torch.device("cpu"), folder)
    return measure(rounds, options.steps * options.batch, options)


def update_round(cell: str, options: argparse.Namespace, device: torch.device, folder: Path) -> Round:
    """Updates of a trainer, with everything that belongs to them."""
    vocabulary = Vocabulary.of(map(chr, range(32, 127)))
    rng = np.random.default_rng(0)
    text = "".join(map(chr, rng.integers(32, 127, 20 * options.batch * options.steps)))
    shard = write_shard(folder, iter([text]), vocabulary, smallest=1)
    shape = {name: getattr(options, name) for name in ("hidden", "layers", "embedding", "batch", "steps")}
    recipe = Recipe(cell=cell, epochs=1e9, optimizer=options.optimizer, **shape)  # type: ignore[arg-type]
    network = CharRNN(recipe.architecture(len(vocabulary)))
    trainer = Trainer(network, recipe, shard, shard, folder, device)
    return trainer.update


def on_gpu(cell: str, options: argparse.Namespace, folder: Path) -> dict[str, float]:
    """A trainer's updates, next to bare calls of cuDNN in float16 on the same shapes."""
    device = torch.device(options.device)
    x = torch.randn(options.steps, options.batch, options.embedding, device=device, dtype=torch.float16)
    widths = [options.embedding] + [options.hidden] * (options.layers - 1)
    layers = [PLAIN[cell](width, options.hidden).to(device).half() for width in widths]
    bare = network_round(layers, x, options.hidden)

    def waited(go: Round) -> Round:
        def both() -> None:
            for _ in range(10):
                go()
            torch.cuda.synchronize()

        return both

    rounds = {
        "updates of a trainer": waited(update_round(cell, options, device, folder)),
        "bare cuDNN calls, float16": waited(bare),
    }
    return measure(rounds, 10 * options.steps * options.batch, options)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--cells", nargs="+", default=["lstm", "gru"], choices=GATES)
    for name, default in (("hidden", 512), ("layers", 2), ("embedding", 128), ("batch", 128), ("steps", 128)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--optimizer", default="muon", choices=OPTIMIZERS)
    parser.add_argument("--seconds", type=float, default=60, help="for each cell")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--save", action="store_true", help=f"write {RESULTS.name}")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    found = {}
    for cell in options.cells:
        with tempfile.TemporaryDirectory() as folder:
            speeds = (on_cpu if options.device == "cpu" else on_gpu)(cell, options, Path(folder))
        reference = next(iter(speeds.values()))
        print(f"{cell} {options.layers}x{options.hidden}, batch {options.batch} x {options.steps}, "
              f"{options.threads} threads on {options.device}")  # fmt: skip
        for name, speed in speeds.items():
            print(f"  {name:28} {speed:10,.0f} characters/s   {speed / reference:5.2f}")
        found[cell] = {name: round(speed) for name, speed in speeds.items()}
    if options.save:
        machine = {"threads": options.threads, "bf16": fast_dtype() == torch.bfloat16, "onednn": onednn_is_faster()}
        shape = {name: getattr(options, name) for name in ("hidden", "layers", "embedding", "batch", "steps")}
        RESULTS.write_text(json.dumps({**machine, **shape, "characters_per_second": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
