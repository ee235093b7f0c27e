"""Photograph the page of `charrnn ui` for the documentation: `python docs/pictures/photograph.py`.

It needs what the tests of the page need: the extra `ui`, Playwright and Chromium.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parents[1]))

from tests.browser import MISSING, has_browser, launched  # noqa: E402 - beside the package, not in it

if TYPE_CHECKING:
    from playwright.sync_api import Page

TYPED = "It was the best thing that could have happened. At the same ti"
WIDTH, HEIGHT = 860, 620


def main() -> None:
    """Write `page-type.png` and `page-surprise.png` beside this program."""
    if not has_browser():
        sys.exit(f"The page is not photographed: this {MISSING}.")
    with (
        tempfile.TemporaryDirectory() as home,
        served() as address,
        sync_playwright() as driver,
        launched(driver, Path(home)) as browser,
    ):
        page = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}).new_page()
        page.goto(address)
        page.get_by_role("tab", name="Type").click()
        page.locator("#typing textarea").press_sequentially(TYPED)
        page.locator("#typing button.all:enabled").wait_for()
        keep(page, "page-type.png")
        page.get_by_role("tab", name="Surprise").click()
        page.locator("button#measure").click()
        page.locator("#bars .real").wait_for()
        page.locator("#heatmap .map span").nth(128).click()
        page.get_by_text("Here stands r").wait_for()
        keep(page, "page-surprise.png")


@contextmanager
def served() -> Iterator[str]:
    """The address of a page, as long as it is needed."""
    command = [sys.executable, "-m", "charrnn.cli", "ui", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://[\d.:]+/", process.stdout.readline())
        assert found
        yield found.group()
        process.terminate()


def keep(page: Page, name: str) -> None:
    """Write what is seen, in few colours: a page has no more."""
    page.screenshot(path=FOLDER / name, full_page=True, animations="disabled", caret="hide")
    with Image.open(FOLDER / name) as picture:
        picture.convert("RGB").quantize(64).save(FOLDER / name, optimize=True)


if __name__ == "__main__":
    main()
