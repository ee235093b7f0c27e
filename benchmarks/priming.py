"""What a document gains if the network has read the end of the writer's last one: `python benchmarks/priming.py DATA`.

Bits per character of the beginnings of pieces of one author, with the state of nothing and with that of the piece
before. Found with the bundled model: 0.003 to 0.014 bits over the first 1,000 characters, less than a fifth of a point
of keystroke savings; so the server does not do it.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from charrnn.cell import initial_state
from charrnn.library import DEFAULT
from charrnn.model import Model, load_model
from charrnn.sampling import log_softmax
from charrnn.vocabulary import DOCUMENT

AUTHORS = ("own-chesterton", "own-thoreau")
PRIMES = (0, 200, 600, 1500)  # characters
PIECE, LOOKED_AT = 20_000, 1000  # characters


def main() -> None:
    """Print a table, one row an author and length of the priming text."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", default=DEFAULT)
    options = parser.parse_args()
    model = load_model(options.model)
    print("| author | characters of priming | bits, 0-100 | 100-300 | 300-1,000 |\n|---|---|---|---|---|")
    for author in AUTHORS:
        files = [options.data / author / f"{part}.txt" for part in ("test", "valid")]
        text = "".join(file.read_text(encoding="utf-8") for file in files)
        pieces = [_from_paragraph(text[start:]) for start in range(0, len(text) - 2 * PIECE, PIECE)]
        for prime in PRIMES:
            rows = [_bits(model, a[PIECE - prime : PIECE], b[:LOOKED_AT]) for a, b in pairwise(pieces)]
            bits = np.array([[row[:100].mean(), row[100:300].mean(), row[300:].mean()] for row in rows]).mean(axis=0)
            print(f"| {author} | {prime} | " + " | ".join(f"{value:.3f}" for value in bits) + " |", flush=True)


def _from_paragraph(text: str) -> str:
    return text[text.index("\n\n") + 2 :]


def _bits(model: Model, before: str, text: str) -> npt.NDArray[np.float32]:
    """Bits of each character of `text`, a document that is read after `before`."""
    ids = np.concatenate([model.vocabulary.encode(before), [DOCUMENT], model.vocabulary.encode(text)])
    logits, _ = model.cell.score(ids[None, :-1], initial_state(model.cell.architecture))
    first = len(ids) - len(model.vocabulary.encode(text))
    log_p = log_softmax(logits[0])[np.arange(first - 1, len(ids) - 1), ids[first:]]
    return -log_p[np.isfinite(log_p)] / np.float32(np.log(2))


if __name__ == "__main__":
    main()
