"""A corpus of any size is encoded and read in the same memory. `benchmarks/training_scale.py` does it with 5 GB."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# Encode and read a small corpus, then one 120 times as large; what the process has more of after it, in kilobytes.
PROGRAM = """
import sys
from pathlib import Path
from charrnn.vocabulary import Vocabulary
from charrnn_training.corpus import write_shard
from charrnn_training.streams import Streams

TEXT = "It was a bright cold day in April, and the clocks were striking thirteen.\\n" * 400

def resident():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS"))

def work(name, documents):
    shard = write_shard(Path(sys.argv[1]) / name, (TEXT for _ in range(documents)), Vocabulary.of(TEXT))
    streams = Streams(shard, batch=64, steps=256, seed=1)
    most = 0
    for _ in range(streams.chunks):
        streams.next()
        if streams.chunk % 64 == 0:
            most = max(most, resident())
    return len(shard), max(most, resident())

characters, before = work("small", 10)
more_characters, after = work("large", 1200)
print(more_characters, after - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="resident memory is read from /proc")
def test_memory_does_not_grow_with_the_corpus(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True, timeout=300
    )
    characters, grown = map(int, run.stdout.split())
    assert characters > 35_000_000  # 70 MB of ids
    assert grown < 24_000  # kilobytes: what is read between two releases, and the list of documents
