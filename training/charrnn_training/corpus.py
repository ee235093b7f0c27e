"""Prose on disk -> documents -> encoded shards that training maps into memory."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from charrnn.errors import TextError
from charrnn.evaluation import DOCUMENT_BREAK
from charrnn.vocabulary import DOCUMENT, Vocabulary

TEXT_SUFFIXES = (".txt", ".md", ".markdown", ".text")
SMALLEST_CORPUS, SMALLEST_HELD_OUT = 1000, 20  # characters
HELD_OUT, FEW = 20, 60


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The text files that paths name, folders searched in depth, in a stable order.

    Raises `TextError` if a path does not exist or nothing is found.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(file for file in path.rglob("*") if file.suffix.lower() in TEXT_SUFFIXES and file.is_file())
        elif path.exists():
            found.append(path)
        else:
            raise TextError(f"{path} does not exist. Name a text file or a folder of text files.")
    if not found:
        names = ", ".join(map(str, paths))
        raise TextError(f"No text files ({' '.join(TEXT_SUFFIXES)}) in {names}. Name a file or folder with prose.")
    return list(dict.fromkeys(found))


def read_text(path: Path) -> str:
    """The text of a file, with `\\n` line ends. Raises `TextError` where it cannot be read or is not text."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TextError(f"{path} cannot be read: {error.strerror}.") from error
    if b"\0" in data[:65536]:
        raise TextError(f"{path} is not text (it contains NUL bytes). Leave it out, or save it as plain text.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TextError(
            f"{path} is not UTF-8 text (byte {error.start} is {data[error.start]:#04x}). Save it as UTF-8."
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_documents(paths: Sequence[Path]) -> Iterator[str]:
    """The documents of all files: a file, or its parts between two blank lines. Empty ones are left out."""
    for file in find_files(paths):
        for part in read_text(file).split(DOCUMENT_BREAK):
            if document := part.strip("\n"):
                yield document


def split_documents(documents: Iterator[str], count: int, held_out: bool) -> Iterator[str]:
    """The documents to train on, or those held out: about one in `HELD_OUT`, chosen by their content.

    Of fewer than `FEW` documents, the last part of each is held out instead.
    """
    for document in documents:
        if count >= FEW:
            if (zlib.crc32(document.encode()) % HELD_OUT == 0) == held_out:
                yield document
            continue
        share = len(document) // HELD_OUT
        cut = document.rfind("\n", len(document) - 2 * share, len(document) - share)
        if cut < 0:  # no paragraph ends near there
            cut = len(document) - share
        if part := (document[cut:] if held_out else document[:cut]).strip("\n"):
            yield part


def count_characters(documents: Iterator[str]) -> Counter[str]:
    """How often each character stands in the documents."""
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(document)
    return counts


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
