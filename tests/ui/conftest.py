"""The page as a person has it: `charrnn ui` in a process of its own, and a browser, in a network without a way out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from tests.browser import MISSING, find_chromium, launched
from tests.conftest import ModelMaker
from tests.ui.namespace import has_namespaces, isolated, joining

from charrnn.model import Model, load_model

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright, Request

SCREENS = Path(__file__).parents[2] / "build" / "ui"
SECRET = "Quastelmoor"  # typed, and never to be found on disk
OUTSIDE = "http://charrnn.invalid/pixel.png"  # what a hostile model's card would load


@pytest.fixture(scope="session")
def models(make_model: ModelMaker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models beside the bundled one: `sharp`, and `hostile` with a card that asks for something elsewhere."""
    folder = tmp_path_factory.mktemp("page-models")
    make_model("sharp", folder, sharpness=3.0)
    make_model(
        "hostile", folder, card=f"# hostile\n\n![]({OUTSIDE})\n\n<img src='{OUTSIDE}'><script>alert(1)</script>\n"
    )
    return folder


@pytest.fixture(scope="session")
def english() -> Model:
    """The model that the page begins with, as the library has it."""
    return load_model("english")


class Server:
    """A running `charrnn ui`."""

    def __init__(self, process: subprocess.Popen[str], address: str, home: Path) -> None:
        self.process, self.address, self.home = process, address, home


@pytest.fixture(scope="session")
def server(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The page's server; all that it may write lies in its home."""
    home = tmp_path_factory.mktemp("page-home")
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(home), "CHARRNN_MODELS": str(models)}
    command = [sys.executable, "-m", "charrnn.cli", "ui", "--no-browser", "--port", "0"]
    if has_namespaces():
        command = [*isolated(sys.executable), *command[1:]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert found, said
        yield Server(process, found.group(), home)
        process.terminate()


@pytest.fixture(scope="session")
def browser(server: Server, driver: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for all tests of the page."""
    program = find_chromium()
    assert program, MISSING
    home = tmp_path_factory.mktemp("browser-home")
    if has_namespaces():
        program = str(joining(server.process.pid, program, home / "chromium"))
    with launched(driver, home, program) as browser:
        yield browser


class Watch:
    """What a page asked for and complained of."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.refused: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("requestfailed", self._failed)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def _failed(self, request: Request) -> None:
        if request.failure == "csp":
            self.refused.append(request.url)

    def outside(self) -> list[str]:
        """The addresses that are not of this machine, and that the browser did not refuse by the page's policy."""
        local = ("127.0.0.1", "", None)
        return [url for url in self.asked if urlsplit(url).hostname not in local and url not in self.refused]


@pytest.fixture
def options() -> dict[str, object]:
    """How the browser is set up; tests may have another."""
    return {"viewport": {"width": 1100, "height": 900}}


@pytest.fixture
def watched(server: Server, browser: Browser, options: dict[str, object]) -> Iterator[tuple[Page, Watch]]:
    """A fresh page, and the watch over it. After each test: nothing asked outside, nothing went wrong."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(90_000)  # of a busy machine
    watch = Watch(page)
    page.goto(server.address)
    page.locator("button#write").wait_for()
    yield page, watch
    context.close()
    assert not watch.outside()
    assert not watch.complaints


@pytest.fixture
def page(watched: tuple[Page, Watch]) -> Page:
    """A fresh page."""
    return watched[0]


def keep(page: Page, name: str) -> None:
    """Keep a picture of what is seen, to be looked at."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}.png", full_page=True)
