"""Bits per character of the model beside compressors and a character 5-gram: `python benchmarks/compression.py DATA`.

DATA holds `english-prose` and `modern-prose`, each with `train.txt` and `valid.txt`. A compressor is given the held-out
text alone, or behind 20 million characters of each corpus; then only what the held-out text adds is counted. It needs
pyppmd (`pip install pyppmd`). Results: `benchmarks/results/compression.json`.
"""

from __future__ import annotations

import argparse
import bz2
import json
import lzma
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from baselines import CharacterModel, fold
from compare import spread

from charrnn.artifact import CELL_INT8
from charrnn.library import BUNDLED, DEFAULT

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "compression.json"
SETS = ("english-prose", "modern-prose")
TRAINING = 20_000_000  # characters of each corpus
STRETCH, STRETCHES = 5000, 40  # characters, and how many such pieces the 5-gram is measured on
MEMORY = 1 << 30  # bytes that PPMd may have


def main() -> None:
    """Measure, print, store."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--network-alone", action="store_true", help="keep what is known of the others")
    options = parser.parse_args()
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))[1:] if options.network_alone else _others(options.data)
    rows = [_network(), *kept]
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _others(data: Path) -> Iterator[dict[str, Any]]:
    """One row a method that the network is held against."""
    held_out = {name: _read(data / name / "valid.txt") for name in SETS}
    training = "\n\n".join(spread(_read(data / name / "train.txt"), TRAINING) for name in SETS)
    methods: dict[str, Callable[[str], float]] = {
        "character 5-gram": CharacterBits(training),
        "PPMd, order 12, behind the training text": lambda text: _bits_behind(_ppmd, training, text),
        "PPMd, order 12": lambda text: _bits(_ppmd, text),
        "xz -9e": lambda text: _bits(lambda data: len(lzma.compress(data, preset=9 | lzma.PRESET_EXTREME)), text),
        "bzip2 -9": lambda text: _bits(lambda data: len(bz2.compress(data, 9)), text),
    }
    for method, measure in methods.items():
        row = {"method": method} | {name: round(measure(text), 3) for name, text in held_out.items()}
        print(row, flush=True)
        yield row


class CharacterBits:
    """The character 5-gram of a corpus, on pieces from all over a text."""

    def __init__(self, training: str) -> None:
        self._model = CharacterModel(training, 5)

    def __call__(self, text: str) -> float:
        ids = {letter: i for i, letter in enumerate(self._model.letters)}
        bits: list[float] = []
        for start in np.linspace(0, len(text) - STRETCH, STRETCHES).astype(int).tolist():
            piece = fold(text[start : start + STRETCH])
            for place in range(5, len(piece)):
                if piece[place] in ids:
                    p = self._model.predict(piece[place - 5 : place])[ids[piece[place]]]
                    bits.append(-math.log2(max(float(p), 1e-9)))
        return sum(bits) / len(bits)


def _network() -> dict[str, Any]:
    """The row of the bundled model, as `benchmarks/figures.py` measured it on the whole of the held-out texts."""
    size = (BUNDLED / DEFAULT / CELL_INT8).stat().st_size / 1e6
    figures = json.loads((HERE / "results" / "figures.json").read_text(encoding="utf-8"))
    row: dict[str, Any] = {"method": f"charrnn, {size:.1f} MB of int8 weights"}
    for name in SETS:
        row[name] = next(float(f["value"]) for f in figures if f["what"].startswith(f"bits per character, {name}"))
    return row


def _bits(size: Callable[[bytes], int], text: str) -> float:
    return size(text.encode()) * 8 / len(text)


def _bits_behind(size: Callable[[bytes], int], training: str, text: str) -> float:
    return (size((training + "\n\n" + text).encode()) - size(training.encode())) * 8 / len(text)


def _ppmd(data: bytes) -> int:
    import pyppmd  # noqa: PLC0415 - only this program needs it

    encoder = pyppmd.Ppmd7Encoder(12, MEMORY)
    return len(encoder.encode(data)) + len(encoder.flush())


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
