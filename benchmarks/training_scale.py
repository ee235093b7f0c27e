"""A corpus of gigabytes: time and memory to read, encode and train on it, and memory with a hundredth of it before.

    python benchmarks/training_scale.py --gigabytes 5

The text is a book's sentences drawn at random, so no two documents are the same. Needs about three times as much disk.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DOCUMENT = 20_000  # characters
UPDATES = 40
RECIPE = f"hidden = 64\nembedding = 16\nbatch = 64\nsteps = 64\nupdates = {UPDATES}\n"

# Trains with the command's own code; the largest resident memory of the process is printed at the end.
CHILD = """
import resource, sys
from charrnn_training.cli import main
status = main(sys.argv[1:])
print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
raise SystemExit(status)
"""


def write_text(file: Path, size: int, book: Path) -> None:
    """Write `size` bytes of documents made of a book's sentences."""
    rng = random.Random(1)
    sentences = book.read_text(encoding="utf-8").replace("\n", " ").split(". ")
    with file.open("w", encoding="utf-8") as opened:
        written = 0
        while written < size:
            document, length = [], 0
            while length < DOCUMENT:
                document.append(rng.choice(sentences))
                length += len(document[-1]) + 2
            written += opened.write(". ".join(document) + ".\n\n\n")


def train(folder: Path, text: Path) -> tuple[int, float]:
    """Peak resident memory in kilobytes, and seconds, of a whole training on `text`."""
    (folder / "small.toml").write_text(RECIPE)
    options = ["--name", "scale", "--recipe", "small.toml", "--output", "models", "--runs", "runs"]
    start = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-c", CHILD, text.name, *options], cwd=folder, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise SystemExit(run.stderr)
    return int(run.stderr.split()[-1]), time.monotonic() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=5)
    parser.add_argument("--folder", type=Path, help="where there is room (default: the system's temporary folder)")
    parser.add_argument("--book", type=Path, default=Path("data/mysterious-island/mysterious-island.txt"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as temporary:
        for share in (0.01, 1):
            folder = Path(temporary) / str(share)
            folder.mkdir()
            text = folder / "text.txt"
            write_text(text, int(share * options.gigabytes * 1e9), options.book.resolve())
            peak, seconds = train(folder, text)
            print(f"{text.stat().st_size / 1e9:.2f} GB: {peak / 1024:,.0f} MB at most, {seconds:,.0f} s", flush=True)


if __name__ == "__main__":
    main()
