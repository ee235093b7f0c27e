"""The documents of a corpus in a file of their own, read once from whatever they came in, and each counted once."""

from __future__ import annotations

import hashlib
import re
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

_BETWEEN = re.compile(r"[\W_]+")


class Spool:
    """Documents in order. Memory holds 25 bytes for each, and a set of their fingerprints; the text is in `file`.

    `lengths` [d] are in characters; `fingerprints` [d] tell documents apart by their letters and digits alone, so that
    the same text in another layout, typography or format counts as the same.
    """

    def __init__(self, file: Path, known: Iterable[int] = ()) -> None:
        """Make `file`; documents with a `known` fingerprint count as there already."""
        self._file = file
        self._opened = file.open("w+b")
        self._ends = array("Q", [0])
        self._seen = set(known)
        self.lengths = array("Q")
        self.fingerprints = array("Q")
        self.counts: Counter[str] = Counter()
        self.duplicates = 0

    def add(self, document: str) -> bool:
        """Append a document; False if it stood there already."""
        fingerprint = fingerprint_of(document)
        if fingerprint in self._seen:
            self.duplicates += 1
            return False
        self._seen.add(fingerprint)
        content = document.encode("utf-8", "surrogatepass")
        self._opened.write(content)
        self._ends.append(self._ends[-1] + len(content))
        self.lengths.append(len(document))
        self.fingerprints.append(fingerprint)
        self.counts.update(document)
        return True

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def characters(self) -> int:
        return sum(self.lengths)

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self):
            raise IndexError(number)
        self._opened.seek(self._ends[number])
        return self._opened.read(self._ends[number + 1] - self._ends[number]).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        for number in range(len(self)):
            yield self[number]

    def close(self) -> None:
        """Delete the file: what it held is in the shards, or not wanted."""
        self._opened.close()
        self._file.unlink(missing_ok=True)


def fingerprint_of(document: str) -> int:
    """64 bits of a hash of the letters and digits of a document."""
    letters = _BETWEEN.sub("", document).casefold() or document
    return int.from_bytes(hashlib.blake2b(letters.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
