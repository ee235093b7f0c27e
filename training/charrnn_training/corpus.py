"""Documents -> encoded shards that training maps into memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from charrnn.errors import TextError
from charrnn.vocabulary import DOCUMENT, Vocabulary

SMALLEST_CORPUS, SMALLEST_HELD_OUT = 1000, 20  # characters


@dataclass(frozen=True)
class Shard:
    """Encoded documents: `ids` [n] of all of them one after another, `starts` [d + 1] where each begins.

    Each document begins with the id `DOCUMENT`. Ids are mapped from the file: a corpus may be larger than memory.
    """

    ids: npt.NDArray[np.uint16]
    starts: npt.NDArray[np.int64]

    @classmethod
    def open(cls, folder: Path) -> Shard:
        return cls(np.load(folder / "ids.npy", mmap_mode="r"), np.load(folder / "starts.npy"))

    def __len__(self) -> int:
        return len(self.ids)


def write_shard(
    folder: Path, documents: Iterator[str], vocabulary: Vocabulary, smallest: int = SMALLEST_CORPUS
) -> Shard:
    """Encode documents into `folder`, one at a time. Raises `TextError` below the `smallest` number of characters."""
    folder.mkdir(parents=True, exist_ok=True)
    starts = [0]
    with (folder / "ids.raw").open("wb") as file:
        for document in documents:
            ids = vocabulary.encode(document).astype(np.uint16)
            file.write(np.array([DOCUMENT], np.uint16).tobytes() + ids.tobytes())
            starts.append(starts[-1] + len(ids) + 1)
    if starts[-1] < smallest:
        raise TextError(f"The text has {starts[-1]} characters; training needs at least {smallest}.")
    raw = np.memmap(folder / "ids.raw", np.uint16, "r")
    np.save(folder / "ids.npy", raw)
    (folder / "ids.raw").unlink()
    np.save(folder / "starts.npy", np.array(starts, np.int64))
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary.symbols), encoding="utf-8")
    return Shard.open(folder)
