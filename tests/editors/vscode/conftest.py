"""One VS Code and one browser for all of its tests: starting them takes most of the time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.browser import MISSING as NO_BROWSER
from tests.browser import has_browser, launched
from tests.conftest import ModelMaker
from tests.editors.vscode.code_server import MISSING, CodeServer, has_vscode
from tests.editors.vscode.window import Window

PICTURES = Path(__file__).parents[3] / "build/vscode"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They run last, where they can run at all."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if not has_browser():
                item.add_marker(pytest.mark.skip(reason=NO_BROWSER))
            elif not has_vscode():
                item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.fixture(scope="session")
def code_server(tmp_path_factory: pytest.TempPathFactory, make_model: ModelMaker) -> Iterator[CodeServer]:
    """A running VS Code with the extension, the bundled model, and a second one named `second`."""
    models = tmp_path_factory.mktemp("models")
    make_model("second", models)
    server = CodeServer(tmp_path_factory.mktemp("vscode"), models)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with launched(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


@pytest.fixture(scope="module")
def window(browser: Browser, code_server: CodeServer) -> Iterator[Window]:
    """A window on the folder, with everything shown however unsure: what a model says is not what is tested."""
    code_server.configure({"charrnn.minConfidence": 0})
    window = Window(browser, code_server)
    first = code_server.folder / "first.md"
    first.write_text("", encoding="utf-8")
    window.load(first)
    window.wait_for_status(lambda status: "english" in status)
    yield window
    window.page.close()
