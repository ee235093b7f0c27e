"""What it gives to let the output layer learn from each character, too: `python benchmarks/adapting.py DATA`.

Dynamic evaluation (Krause et al. 2018) of the one layer whose gradient costs no more than a product: after each
character a step of gradient descent on its cost, normalised by the length of what the layer reads. Bits per character
of the documents of `remembering.py` once 20,000 characters are written, by the rate of these steps, with the memory
mixed in after them.
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from remembering import documents
from rows import store

from charrnn.cell import initial_state
from charrnn.library import DEFAULT
from charrnn.memory import Memory
from charrnn.model import Model, load_model
from charrnn.page import Page
from charrnn.sampling import softmax
from charrnn.vocabulary import DOCUMENT

RATES = (0.0, 0.03, 0.06, 0.12)
GIVEN, LIMIT = 20_000, 4_000  # characters: written before, and measured

Floats = npt.NDArray[np.float32]


class Read(NamedTuple):
    """A text as the network reads it: N symbols, what the output layer has to read before each, and its logits."""

    text: str
    ids: list[int]
    inputs: Floats  # [N, H]
    logits: Floats  # [N, V]


def main() -> None:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default=DEFAULT)
    options = parser.parse_args()
    model = load_model(options.model)
    print("| text | " + " | ".join(f"rate {rate:g}" for rate in RATES) + " |\n" + "|---" * (len(RATES) + 1) + "|")
    measured: dict[str, list[list[float]]] = {}
    for name, text in documents(options.data, GIVEN + LIMIT):
        known = read(model, text)
        measured.setdefault(name, []).append([bits(model, known, rate) for rate in RATES])
    rows = []
    for name, found in measured.items():
        means = [round(float(mean), 4) for mean in np.mean(found, axis=0)]
        print(f"| {name} | " + " | ".join(f"{mean:.3f}" for mean in means) + " |")
        rows.append({"set": name, "bits_per_character": dict(zip(map(str, RATES), means, strict=True))})
    store("adapting", rows)


def read(model: Model, text: str) -> Read:
    """Read a text; the output layer reads the sum of the hidden states, or the last one without residual layers."""
    architecture = model.artifact.architecture
    hidden = slice(None, None, 2) if architecture.cell == "lstm" else slice(None)  # rows of the state
    text = "".join(letter for letter in text if len(model.vocabulary.encode(letter)) == 1)
    ids = model.vocabulary.encode(text).tolist()
    state = initial_state(architecture)
    inputs, logits = [], []
    for symbol in [DOCUMENT, *ids[:-1]]:
        after, state = model.cell.run(np.array([[symbol]]), state)
        inputs.append(state[hidden, 0].sum(axis=0) if architecture.residual else state[hidden, 0][-1])
        logits.append(after[0])
    return Read(text, ids, np.array(inputs), np.array(logits))


def bits(model: Model, known: Read, rate: float) -> float:
    """Mean bits of the characters after the first `GIVEN`."""
    memory = Memory(model.vocabulary)
    page = Page(memory)
    context = memory.context("\n")
    change = np.zeros((known.inputs.shape[1], known.logits.shape[1]), np.float32)
    cost = 0.0
    for n, (letter, symbol, inputs, logits) in enumerate(zip(*known, strict=True)):
        p = softmax((logits + inputs @ change)[None])
        expectation = memory.expect(p[0].copy(), context)
        memory.mix(p, [1.0], [context])
        p /= p.sum()
        memory.adapt(expectation, symbol)
        if n >= GIVEN:
            cost -= math.log2(max(p.item(0, symbol), 1e-30))
        context = memory.following(context, symbol)
        page.write(letter)
        error = expectation.p
        error[symbol] -= 1
        change -= np.outer(inputs, error * (rate / (inputs @ inputs)))
    return cost / (len(known.ids) - GIVEN)


if __name__ == "__main__":
    main()
