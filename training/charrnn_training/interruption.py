"""Ctrl-C and a request to end: at once while nothing is lost by it, between two updates while training."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType


class Interruption:
    """Turns SIGINT and SIGTERM into `KeyboardInterrupt`, or within `deferred` into `asked`; a second never waits."""

    def __init__(self) -> None:
        self.asked = False
        self._deferring = False

    @contextlib.contextmanager
    def installed(self) -> Iterator[None]:
        """Handle the signals, and put back who handled them before."""
        before = {number: signal.signal(number, self._handle) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextlib.contextmanager
    def deferred(self) -> Iterator[None]:
        """Within, a first signal only sets `asked`: whoever is at work there stops where it is safe."""
        self._deferring = True
        try:
            yield
        finally:
            self._deferring = False

    def check(self) -> None:
        """Raise `KeyboardInterrupt` if it was asked for."""
        if self.asked:
            raise KeyboardInterrupt

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._deferring and not self.asked:
            self.asked = True
        else:
            raise KeyboardInterrupt
