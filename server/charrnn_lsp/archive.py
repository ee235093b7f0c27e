"""The writer's archive: the texts in folders that they have named, newest first, as much as a memory has room for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

SUFFIXES = (".txt", ".text", ".md", ".markdown")
LARGEST = 200_000  # characters in all: half of what a memory holds, for the open documents need room too
LARGEST_FILE = 1 << 20  # bytes
MOST_FILES = 20_000  # that are looked at
MOST_FOLDERS = 5_000


class _File(NamedTuple):
    changed: float
    path: Path


def read_archive(folders: Iterable[str]) -> list[str]:
    """The lines of the newest texts in the folders and those below, the newest last.

    What cannot be read, or is hidden, is passed over. A folder that is not there is an empty one: it may be on a disk
    that is not connected today.
    """
    texts: list[list[str]] = []
    left = LARGEST
    for file in sorted(_files(folders), reverse=True):
        if left <= 0:
            break
        if text := _read(file.path):
            texts.append(text[:left].splitlines())
            left -= len(text)
    return [line for lines in reversed(texts) for line in lines]


def _files(folders: Iterable[str]) -> Iterator[_File]:
    waiting = [os.path.expanduser(folder) for folder in folders]  # noqa: PTH111 - Path's raises for unknown users
    seen = files = 0
    while waiting and seen < MOST_FOLDERS:
        seen += 1
        try:
            entries = list(os.scandir(waiting.pop()))
        except (OSError, ValueError):
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.name.lower().endswith(SUFFIXES) and entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    if status.st_size <= LARGEST_FILE:
                        yield _File(status.st_mtime, Path(entry.path))
                        files += 1
            except OSError:
                continue
            if files == MOST_FILES:
                return


def _read(path: Path) -> str:
    """A text, or nothing where it is none in UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError):
        return ""
