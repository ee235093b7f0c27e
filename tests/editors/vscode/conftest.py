"""One VS Code and one browser for all of its tests: starting them takes most of the time."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.browser import MISSING as NO_BROWSER
from tests.browser import has_browser, launched
from tests.conftest import ModelMaker
from tests.editors.vscode.code_server import MISSING, CodeServer, has_vscode
from tests.editors.vscode.window import Window

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

HERE = Path(__file__).parent
TEXT = HERE.parents[2] / "benchmarks/texts/essay.txt"
LAST = "test_nothing_outlives_the_editor"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """They run where they can run, and the one that ends the editor last."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            if not has_browser():
                item.add_marker(pytest.mark.skip(reason=NO_BROWSER))
            elif not has_vscode():
                item.add_marker(pytest.mark.skip(reason=MISSING))
    items.sort(key=lambda item: item.name == LAST)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With a failure goes what was on the screen."""
    report = yield
    window = getattr(item, "funcargs", {}).get("window")
    if report.failed and call.when == "call" and isinstance(window, Window):
        report.sections.append(("screen", str(window.picture(f"failed-{item.name}"))))
    return report


@pytest.fixture(scope="session")
def code_server(tmp_path_factory: pytest.TempPathFactory, make_model: ModelMaker) -> Iterator[CodeServer]:
    """A running VS Code with the extension, the bundled model, and a second one named `second`."""
    models = tmp_path_factory.mktemp("models")
    make_model("second", models)
    server = CodeServer(tmp_path_factory.mktemp("vscode"), models)
    for folder in ("essays", "letters"):
        (server.folder / folder).mkdir()
        (server.folder / folder / "one.txt").write_text(TEXT.read_text(encoding="utf-8")[:4000], encoding="utf-8")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def window(driver: Playwright, tmp_path_factory: pytest.TempPathFactory, code_server: CodeServer) -> Iterator[Window]:
    """The window that all tests use, with the server ready."""
    with launched(driver, tmp_path_factory.mktemp("chromium")) as browser:
        window = Window(browser, code_server)
        first = code_server.folder / "first.md"
        first.write_text("", encoding="utf-8")
        window.load(first)
        window.wait_for_model("english")
        yield window


@pytest.fixture(autouse=True)
def tidy(window: Window) -> None:
    """Each test finds the window as if it were the first, also where the one before has failed."""
    window.tidy()
