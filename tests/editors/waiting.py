"""Waiting for what an editor does: as long as it takes, and not for ever."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 120.0  # seconds until what was waited for will not come any more, on a machine that is busy


def wait_for(holds: Callable[[], object], what: str | Callable[[], str], seconds: float = PATIENCE) -> None:
    """Wait for something; fail with `what` if it does not come."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited for {what if isinstance(what, str) else what()}"
        time.sleep(0.01)


@contextmanager
def alarm(seconds: int) -> Iterator[None]:
    """Fail after a time, as a Neovim that waits for a key would make the test wait with it."""

    def ring(*_: object) -> None:
        raise TimeoutError(f"nothing came of it in {seconds} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
