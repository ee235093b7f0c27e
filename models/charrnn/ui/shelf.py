"""The models of the page: loaded when first asked for, each used by one thread at a time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from charrnn.library import installed_models
from charrnn.model import Model, load_model

LOADED = 3  # models that are kept


@dataclass(frozen=True)
class Book:
    """A model, and the lock that whoever runs it holds: it remembers what it has read."""

    model: Model
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
        """The model of that name. Raises `CharRNNError`."""
        with self._lock:
            if name not in self._books:
                self._books[name] = Book(load_model(name, self._device))
            self._books.move_to_end(name)
            while len(self._books) > LOADED:
                self._books.popitem(last=False)
            return self._books[name]
