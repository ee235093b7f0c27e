"""The models of the page: loaded when first asked for, each used by one thread at a time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from charrnn.artifact import CONFIG
from charrnn.library import directory_of, installed_models
from charrnn.model import Model, load_model

LOADED = 3  # models that are kept


@dataclass(frozen=True)
class Book:
    """A model, and the lock that whoever runs it holds: it remembers what it has read."""

    model: Model
    stamp: object = None  # what is different once its files were replaced
    lock: threading.RLock = field(default_factory=threading.RLock)


class Shelf:
    """The installed models, and the one that was named at the start, which may be a path."""

    def __init__(self, first: str, device: str = "auto") -> None:
        self.first = first
        self._device = device
        self._books: OrderedDict[str, Book] = OrderedDict()
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """What can be chosen now, the first model first."""
        return list(dict.fromkeys((self.first, *installed_models())))

    def take(self, name: str) -> Book:
        """The model of that name as it is now on disk. Raises `CharRNNError`."""
        with self._lock:
            stamp = _stamp(name)
            if name not in self._books or self._books[name].stamp != stamp:
                self._books[name] = Book(load_model(name, self._device), stamp)
            self._books.move_to_end(name)
            while len(self._books) > LOADED:
                self._books.popitem(last=False)
            return self._books[name]


def _stamp(name: str) -> object:
    """Of the files of a model; training one again under its name replaces them all."""
    directory = directory_of(name)
    try:
        status = (directory / CONFIG).stat() if directory else None
    except (OSError, ValueError):
        return None
    return status and (status.st_mtime_ns, status.st_ino)
