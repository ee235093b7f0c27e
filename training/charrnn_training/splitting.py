"""Which part of a corpus is trained on, which one chooses the model, and which one says what it is worth."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from charrnn_training.spool import Spool, fingerprint_of

PARTS = ("training", "validation", "test")
HELD_OUT = 0.05  # share of the characters for validation, and for the test
MOST = 1.6  # times its share that a held-out part may have
SMALLEST_BLOCK, LARGEST_BLOCK = 400, 20_000  # characters


@dataclass(frozen=True)
class Piece:
    """A stretch of a document: characters `start` to `stop` of document `number`."""

    number: int
    start: int
    stop: int


def split(spool: Spool) -> dict[str, Iterator[str]]:
    """The documents of each of `PARTS`. What goes where depends on the text alone, not on names or order."""
    parts = by_document(spool.lengths, spool.fingerprints)
    if parts is not None:
        return {part: (spool[number] for number in numbers) for part, numbers in zip(PARTS, parts, strict=True)}
    pieces = by_block(spool)
    return {part: _texts(spool, chosen) for part, chosen in zip(PARTS, pieces, strict=True)}


def by_document(lengths: Sequence[int], fingerprints: Sequence[int]) -> tuple[list[int], list[int], list[int]] | None:
    """The numbers of the documents of each part; None where they are too few or too large to be held out whole."""
    parts: tuple[list[int], list[int], list[int]] = ([], [], [])
    share = HELD_OUT * sum(lengths)
    filled = {1: 0, 2: 0}
    for number in sorted(range(len(lengths)), key=fingerprints.__getitem__):
        length = lengths[number]
        fitting = (part for part in (2, 1) if filled[part] < share and filled[part] + length <= MOST * share)
        part = next(fitting, 0)
        parts[part].append(number)
        if part:
            filled[part] += length
    if min(filled.values()) < 0.6 * share or min(map(len, parts[1:])) < 2:
        return None
    for numbers in parts:
        numbers.sort()
    return parts


def by_block(spool: Spool) -> tuple[list[Piece], list[Piece], list[Piece]]:
    """Pieces of documents for each part: blocks from all over them, those to train on joined where they adjoin."""
    size = min(LARGEST_BLOCK, max(SMALLEST_BLOCK, int(spool.characters * HELD_OUT / 3)))
    blocks: list[Piece] = []
    fingerprints: list[int] = []
    for number, document in enumerate(spool):
        for start, stop in _blocks(document, size):
            blocks.append(Piece(number, start, stop))
            fingerprints.append(fingerprint_of(document[start:stop]))
    lengths = [block.stop - block.start for block in blocks]
    order = sorted(range(len(blocks)), key=fingerprints.__getitem__)
    ends = list(accumulate(lengths[n] for n in order))
    share = HELD_OUT * (ends[-1] if ends else 0)
    cuts = [bisect(ends, share) + 1, bisect(ends, 2 * share) + 2]
    chosen = (order[cuts[1] :], order[cuts[0] : cuts[1]], order[: cuts[0]])
    training, validation, test = ([blocks[n] for n in sorted(numbers)] for numbers in chosen)
    return _joined(training), validation, test


def _blocks(document: str, size: int) -> Iterator[tuple[int, int]]:
    """Stretches of about `size` characters that end where a paragraph does, if one ends near there."""
    start = 0
    while len(document) - start > 1.5 * size:
        stop = document.rfind("\n", start + size // 2, start + size) + 1
        stop = stop or document.rfind(" ", start + size // 2, start + size) + 1 or start + size
        yield start, stop
        start = stop
    if start < len(document):
        yield start, len(document)


def _joined(pieces: list[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].number == piece.number and joined[-1].stop == piece.start:
            piece = Piece(piece.number, joined.pop().start, piece.stop)  # noqa: PLW2901
        joined.append(piece)
    return joined


def _texts(spool: Spool, pieces: list[Piece]) -> Iterator[str]:
    number, document = -1, ""
    for piece in pieces:
        if piece.number != number:
            number, document = piece.number, spool[piece.number]
        if text := document[piece.start : piece.stop].strip("\n"):
            yield text
