"""Documents -> encoded shards that training maps into memory."""

from __future__ import annotations

import io
import json
import mmap
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from charrnn.errors import TextError
from charrnn.vocabulary import DOCUMENT, Vocabulary

SMALLEST_CORPUS, SMALLEST_HELD_OUT = 1000, 20  # characters
PIECE = 1 << 20  # characters encoded at a time


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

    def release(self) -> None:
        """Let go of the pages that were read. They stay in the system's cache, and are no longer this process's."""
        mapped: object = self.ids.base
        if sys.platform != "win32" and isinstance(mapped, mmap.mmap):
            mapped.madvise(mmap.MADV_DONTNEED)


def write_shard(
    folder: Path, documents: Iterator[str], vocabulary: Vocabulary, smallest: int = SMALLEST_CORPUS
) -> Shard:
    """Encode documents into `folder`, a piece at a time. Raises `TextError` below the `smallest` number of characters.

    Memory holds eight bytes a document.
    """
    folder.mkdir(parents=True, exist_ok=True)
    starts = array("q", [0])
    with (folder / "ids.tmp").open("wb") as file:
        file.write(_header(0))
        for document in documents:
            file.write(np.array([DOCUMENT], np.uint16).tobytes())
            length = 1
            for first in range(0, len(document), PIECE):
                ids = vocabulary.encode(document[first : first + PIECE]).astype(np.uint16)
                file.write(ids.tobytes())
                length += len(ids)
            starts.append(starts[-1] + length)
        file.seek(0)
        file.write(_header(starts[-1]))
    if starts[-1] < smallest:
        raise TextError(f"The {folder.name} text has {starts[-1]} characters; it needs at least {smallest}. Add text.")
    (folder / "ids.tmp").replace(folder / "ids.npy")
    np.save(folder / "starts.npy", np.array(starts, np.int64))
    (folder / "vocabulary.json").write_text(json.dumps(vocabulary.symbols), encoding="utf-8")
    return Shard.open(folder)


def _header(count: int) -> bytes:
    """The head of a NumPy file with `count` ids; its length is the same for any count that a disk can hold."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<u2", "fortran_order": False, "shape": (count,)})
    return head.getvalue()
