"""Record writing in a real VS Code: the animation and the pictures of the README and of the walkthrough.

python editor-clients/vscode/scripts/record.py [pictures]

With `pictures`, only those are made anew, and not the animation. A frame of that is taken after each key, once the grey
text has settled; so it is as fast as its own clock, and the text, what is shown and what is taken are as they come from
the bundled model with the default settings.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))

from tests.browser import launched  # noqa: E402 - found by the line above
from tests.editors.vscode.code_server import CodeServer  # noqa: E402
from tests.editors.vscode.window import Window, ask  # noqa: E402

MEDIA = Path(__file__).parents[1] / "media"
TEXT = (
    "Dear Anna,\n\nThank you for your letter. I have been thinking about the house for a long time, and I am not "
    "sure what to do with it. At the end of the day it is only a house, but it was the first one that we had to "
    "ourselves, and I would like to see it again."
)
LOOK = {
    "workbench.colorTheme": "Default Dark Modern",
    "workbench.activityBar.location": "hidden",
    "workbench.editor.showTabs": "none",
    "workbench.layoutControl.enabled": False,
    "breadcrumbs.enabled": False,
    "window.commandCenter": False,
    "editor.fontSize": 17,
    "editor.fontFamily": "DejaVu Sans Mono",
    "editor.lineNumbers": "off",
    "editor.occurrencesHighlight": "off",
    "editor.wordWrap": "on",
    "editor.wrappingIndent": "none",
    "editor.overviewRulerBorder": False,
    "editor.scrollbar.vertical": "hidden",
}
SIZE = (780, 330)
KEY, TAKEN, END = 60, 450, 2500  # milliseconds that a frame is shown
COLOURS = 48


def main() -> None:
    """Write the recording and the pictures."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / "models").mkdir()
        server = CodeServer(home, home / "models", LOOK)
        try:
            with sync_playwright() as driver, launched(driver, home) as browser:
                record(Window(browser, server), animated="pictures" not in sys.argv)
        finally:
            server.stop()


def record(window: Window, animated: bool) -> None:
    """Write the letter, and take the pictures on the way."""
    letter = window.server.folder / "letter.md"
    letter.write_text("", encoding="utf-8")
    window.load(letter)
    window.wait_for_model("english")
    window.command("View: Toggle Primary Side Bar Visibility")
    window.focus()
    window.page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})
    if animated:
        save(write(window))
    else:
        window.type(TEXT, delay=5)
    pictures(window)


def write(window: Window) -> list[tuple[Image.Image, int]]:
    """Write `TEXT` as a writer who takes what is right: what is on the screen after each key, and for how long."""
    frames: list[tuple[Image.Image, int]] = []
    done = 0
    while done < len(TEXT):
        step, duration = press(window, TEXT[done:])
        done += step
        window.settled(window.ghost, lambda _: True, still=0.3)
        frames.append((frame(window), duration))
    return frames


def press(window: Window, wanted: str) -> tuple[int, int]:
    """Press the one key that is best for writing `wanted`; how many characters it wrote, and how long to show that."""
    ghost = window.ghost()
    word = ghost[: ghost.find(" ", 1)] if " " in ghost[1:] else ghost
    if len(ghost) > 1 and wanted.startswith(ghost):
        window.press("Tab")
        return len(ghost), TAKEN
    if len(word) > 1 and wanted.startswith(word):
        window.press("Control+ArrowRight")
        return len(word), TAKEN
    window.type(wanted[0])
    return 1, KEY


def frame(window: Window) -> Image.Image:
    """What is on the screen now."""
    return Image.open(io.BytesIO(window.page.screenshot())).convert("RGB")


def save(frames: list[tuple[Image.Image, int]]) -> None:
    """Write the animation, in the colours of its last picture."""
    palette = frames[-1][0].quantize(COLOURS)
    images = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image, _ in frames]
    durations = [duration for _, duration in frames]
    durations[-1] = END
    target = MEDIA / "recording.gif"
    images[0].save(target, save_all=True, append_images=images[1:], duration=durations, loop=0, optimize=True)
    print(f"{target}: {len(images)} frames, {target.stat().st_size:,} bytes")


def pictures(window: Window) -> None:
    """The pictures of grey text, of the menu, of the choice of a model and of the question whether to install."""
    window.page.set_viewport_size({"width": 780, "height": 470})
    window.press("Enter", "Enter")
    window.type("It was a very long time")
    ask(window)
    window.wait_for_status(lambda status: "unsure" not in status)
    shoot(window, "ghost")
    window.menu()
    shoot(window, "menu")
    window.choose("Choose the model")
    window.page.wait_for_selector(".quick-input-list .monaco-list-row >> text=bits per character")
    shoot(window, "models")
    window.press("Escape")
    (window.server.home / "data/Machine/settings.json").write_text("{}", encoding="utf-8")
    window.load(window.shown)
    window.notification("is not on your PATH")
    shoot(window, "install")


def shoot(window: Window, name: str) -> None:
    frame(window).quantize(128).save(MEDIA / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
