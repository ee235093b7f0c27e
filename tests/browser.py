"""A headless Chromium for tests of what is seen: in VS Code, and on the page of `charrnn ui`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

PATIENCE = 120_000  # milliseconds until it has started, on a machine that is busy with other things too
NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "needs Chromium and Playwright: apt install chromium, then make test"
OPTIONS = (
    "--no-sandbox",  # which root cannot have
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium() -> str | None:
    """The browser's program, if it is installed."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def has_browser() -> bool:
    """Whether there is a browser and what drives it."""
    try:
        import playwright.sync_api  # noqa: F401, PLC0415 - an extra
    except ImportError:
        return False
    return find_chromium() is not None


@contextmanager
def launched(driver: Playwright, home: Path, program: str | None = None) -> Iterator[Browser]:
    """A browser with a home of its own, closed in the end."""
    browser = driver.chromium.launch(
        executable_path=program or find_chromium(),
        args=list(OPTIONS),
        env={**os.environ, "HOME": str(home)},
        timeout=PATIENCE,
    )
    try:
        yield browser
    finally:
        browser.close()
