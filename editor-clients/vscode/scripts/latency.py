"""Measure how soon grey text follows a key in a real VS Code, browser, editor, extension and server together.

python editor-clients/vscode/scripts/latency.py

With the default settings, but for the confidence: everything is shown, so that each key has an answer to be timed.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))

from tests.browser import launched  # noqa: E402 - found by the line above
from tests.editors.vscode.code_server import CodeServer  # noqa: E402
from tests.editors.vscode.latency import waits  # noqa: E402
from tests.editors.vscode.window import Window  # noqa: E402

TEXT = (ROOT / "benchmarks/texts/letters.txt").read_text(encoding="utf-8")[:100]
AIM = 150.0  # milliseconds


def main() -> None:
    """Type, and print what was measured."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / "models").mkdir()
        server = CodeServer(home, home / "models", {"charrnn.minConfidence": 0})
        try:
            with sync_playwright() as driver, launched(driver, home) as browser:
                report(measure(Window(browser, server)))
        finally:
            server.stop()


def measure(window: Window) -> list[float]:
    """Milliseconds from a key to new grey text, sorted."""
    letter = window.server.folder / "letter.md"
    letter.write_text("", encoding="utf-8")
    window.load(letter)
    window.wait_for_model("english")
    window.focus()
    return sorted(waits(window, TEXT))


def report(found: list[float]) -> None:
    """Say it in one line."""
    most = statistics.quantiles(found, n=10)[-1]
    within = sum(wait <= AIM for wait in found) / len(found)
    times = f"quickest {found[0]:.0f} ms, median {statistics.median(found):.0f} ms, nine tenths within {most:.0f} ms"
    print(f"{len(found)} of {len(TEXT)} keys led to new grey text: {times}, {within:.0%} within {AIM:.0f} ms")


if __name__ == "__main__":
    main()
