"""What a writer sees first: the walkthrough of the extension."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.editors.vscode.window import Window

STEP = ".getting-started-step"
PICTURE = ".getting-started-media img"
IS_DRAWN = f"document.querySelector('{PICTURE}')?.naturalWidth > 0"


@pytest.fixture
def wide(window: Window) -> Iterator[Window]:
    """A window with room for pictures beside the steps."""
    size = window.page.viewport_size
    assert size is not None
    window.page.set_viewport_size({"width": 1500, "height": 900})
    yield window
    window.page.set_viewport_size(size)


def test_the_walkthrough_shows_each_step_with_its_picture(wide: Window) -> None:
    window = wide
    window.command("Welcome: Open Walkthrough...")
    window.choose("Write with CharRNN")
    steps = window.page.locator(STEP)
    window.until(steps.count, lambda count: count == 5)
    for number in range(5):
        step = steps.nth(number)
        step.click()
        window.page.wait_for_selector(f"{STEP}.expanded >> nth=0")
        window.page.wait_for_function(IS_DRAWN)
        window.picture(f"walkthrough-{number + 1}")
        told = step.locator(".step-description-container").inner_text()
        assert told
        assert not set("*`") & set(told)
    steps.nth(3).click()
    steps.nth(3).locator(".monaco-button", has_text="Show the Menu").click()
    window.page.locator(".quick-input-title", has_text="CharRNN: english").wait_for()
    window.press("Escape")
    steps.nth(3).locator(".codicon-getting-started-step-checked").wait_for()
