"""A window of VS Code in a browser: keys go in, and what a writer would see comes out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from operator import eq
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tests.editors.vscode.code_server import COMMAND, CodeServer, machine_settings, user_settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

T = TypeVar("T")
Film = list[tuple[float, str]]

PICTURES = Path(__file__).parents[3] / "build/vscode"

PATIENCE = (
    120.0  # seconds within which all that is waited for has come, on a machine that is busy with other things too
)
GHOST = ".ghost-text-decoration, .ghost-text-decoration-preview, .ghost-text"
STATUS = '[id="charrnn.charrnn-lsp.status"]'
INPUT = ".quick-input-widget input"
MESSAGE = ".notification-list-item"

FILM = """selector => {
  const film = window.charrnnFilm = [];
  let start = Infinity;
  addEventListener("keydown", event => { start = event.timeStamp; }, { capture: true, once: true });
  const look = () => {
    if (window.charrnnFilm !== film) return;
    const text = [...document.querySelectorAll(selector)].map(part => part.textContent).join("");
    if (!film.length || film[film.length - 1][1] !== text) film.push([Math.max(performance.now() - start, 0), text]);
    requestAnimationFrame(look);
  };
  look();
}"""


class Window:
    """One page with the workbench in it."""

    def __init__(self, browser: Browser, server: CodeServer) -> None:
        self.server = server
        self.page: Page = browser.new_page(viewport={"width": 1100, "height": 700})
        self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page.set_default_timeout(PATIENCE * 1000)
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda said: said.type == "error" and self.errors.append(said.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def load(self, *files: Path, folder: Path | None = None) -> None:
        """Load the workbench anew."""
        self.page.goto(self.server.address(*files, folder=folder))
        self.shown = files[0]
        self.page.wait_for_selector(".monaco-workbench .statusbar")

    def open(self, name: str, text: str = "") -> Path:
        """Write a file and show it, with the cursor at its end."""
        path = self.server.folder / name
        path.write_text(text, encoding="utf-8", newline="")
        self.show(path)
        return path

    def show(self, path: Path) -> None:
        """Show a file, with the cursor at its end."""
        self.press("Control+p")
        self.fill("Search files by name", str(path))
        self.page.locator(".quick-input-list .monaco-list-row.focused", has_text=path.name).wait_for()
        self.press("Enter")
        self.page.wait_for_selector(f'.tab.active[data-resource-name="{path.name}"]')
        self.focus()
        self.press("Control+End")
        self.shown = path

    def fill(self, placeholder: str, text: str) -> None:
        """Write into the box at the top once it asks for this; what was open before may still be closing."""
        self.page.locator(f'{INPUT}[placeholder^="{placeholder}"]').fill(text)

    def tidy(self) -> None:
        """Leave nothing of what was done before: no menu, no message, no setting."""
        self.press("Escape")
        if self.server.settings("Machine") != machine_settings(serverCommand=COMMAND):
            with self.new_server():
                self.configure_machine(serverCommand=COMMAND)
        if self.server.settings() != user_settings():
            self.configure()
        if self.page.locator(MESSAGE).count():
            self.command("Notifications: Clear All Notifications")
            self.until(self.page.locator(MESSAGE).count, lambda count: count == 0)
        self.wait_for_model("english")

    def focus(self) -> None:
        """Wait until keys go to the editor."""
        self.page.wait_for_selector(".quick-input-widget", state="hidden")
        self.page.wait_for_selector(".editor-group-container.active .monaco-editor.focused")

    def type(self, text: str, delay: float = 30) -> None:
        """Type at a writer's pace: milliseconds between keys."""
        self.page.keyboard.type(text, delay=delay)

    def paste(self, text: str) -> None:
        """Put this text in the place of all that is in the editor, and save."""
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self.press("Control+a", "Control+v", "Control+s")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def ghost(self) -> str:
        """The grey text that is shown now."""
        parts = self.page.locator(GHOST).all_text_contents()
        return "".join(parts).replace("\xa0", " ").replace("·", " ")

    def wait_for_ghost(self, wanted: Callable[[str], bool] = bool) -> str:
        """The grey text, once there is one that is wanted and stays as it is."""
        return self.settled(self.ghost, wanted)

    def film_ghost(self) -> None:
        """From now on, note the grey text of each frame that is drawn where it has changed."""
        self.page.evaluate(FILM, GHOST)

    def film(self) -> Film:
        """The grey texts that were drawn, each with its milliseconds since the first key; 0 before that."""
        frames = self.page.evaluate("window.charrnnFilm")
        return [(time, text.replace("\xa0", " ").replace("·", " ")) for time, text in frames]

    def wait_for_none(self) -> None:
        self.settled(self.ghost, lambda ghost: ghost == "")

    def text(self) -> str:
        """What the editor shows, the grey text in it."""
        lines = self.page.locator(".editor-group-container.active .view-lines .view-line").all_text_contents()
        return "\n".join(lines).replace("\xa0", " ")

    def picture(self, name: str) -> Path:
        """Keep a picture of the window, to be looked at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        path = PICTURES / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def status(self) -> str:
        """What the status bar says of the extension."""
        found = self.page.locator(STATUS)
        return found.first.text_content() or "" if found.count() else ""

    def icon(self) -> str:
        """The names of the icons in the status bar's entry."""
        return self.page.locator(f"{STATUS} .codicon").first.get_attribute("class") or ""

    def menu(self) -> None:
        """Open the extension's menu, by a click on the status bar."""
        self.page.click(STATUS)
        self.page.wait_for_selector(".quick-input-list .monaco-list-row")

    def wait_for_status(self, wanted: Callable[[str], bool]) -> str:
        return self.until(self.status, wanted)

    def wait_for_model(self, name: str, patience: float = PATIENCE) -> None:
        """Wait until this model is said to be ready; while it is loaded, its name is there with another icon."""

        def is_ready(seen: tuple[str, str]) -> bool:
            return "quote" in seen[0] and name in seen[1]

        self.until(lambda: (self.icon(), self.status()), is_ready, patience)

    @contextmanager
    def new_server(self) -> Iterator[None]:
        """What is done within this leads to a new server; wait for that."""
        before = self.server.servers()
        yield
        self.until(self.server.servers, lambda found: len(found) == 1 and found != before)
        self.wait_for_model("english")

    def configure(self, **settings: object) -> None:
        """Change the user's settings of the extension, as a writer does. (The files are not watched everywhere.)"""
        self._write_settings("User", "Preferences: Open User Settings (JSON)", user_settings(**settings))

    def configure_machine(self, **settings: object) -> None:
        """Change those settings of the extension that only the machine has."""
        self._write_settings("Machine", "Preferences: Open Remote Settings (JSON)", machine_settings(**settings))

    def _write_settings(self, whose: str, command: str, settings: dict[str, object]) -> None:
        """Write them where the editor opens them, and go back to the file that was shown."""
        self.command(command)
        self.page.wait_for_selector(f'.monaco-editor[data-uri*="{whose}/settings.json"].focused')
        self.paste(json.dumps(settings))
        self.until(partial(self.server.settings, whose), partial(eq, settings))
        self.show(self.shown)

    def command(self, title: str) -> None:
        """Run a command as a writer does, from the palette; from a new one where it could not be run yet."""
        from playwright.sync_api import Error  # noqa: PLC0415 - an extra

        for _ in range(12):
            self.press("F1")
            self.fill("Type the name of a command", f">{title}")
            with suppress(Error):
                self.page.locator(".quick-input-list .monaco-list-row", has_text=title).first.click(timeout=10_000)
                return
            self.press("Escape")
        raise AssertionError(f"The palette does not have {title!r}.")

    def choose(self, label: str) -> None:
        """Choose an entry of the list that is open."""
        entry = self.page.locator(".quick-input-list .monaco-list-row", has_text=label).first
        entry.wait_for(state="visible")
        entry.click()

    def notification(self, text: str, patience: float = PATIENCE) -> str:
        """The notification that says this, once it is there."""
        found = self.page.locator(MESSAGE, has_text=text).first
        found.wait_for(state="visible", timeout=patience * 1000)
        return found.text_content() or ""

    def wait_for_end(self, text: str) -> None:
        """Wait until no notification says this any more."""
        self.until(self.page.locator(MESSAGE, has_text=text).count, lambda count: count == 0)

    def page_texts(self) -> list[str]:
        """What the pages say that are shown in frames of their own, such as reports."""
        return [frame.evaluate("document.body?.textContent ?? ''") for frame in self.page.frames[1:]]

    def answer(self, text: str, button: str) -> None:
        """Press a button of the notification that says this."""
        message = self.page.locator(MESSAGE, has_text=text).first
        message.locator(".monaco-button", has_text=button).click()

    def until(self, look: Callable[[], T], wanted: Callable[[T], bool], patience: float = PATIENCE) -> T:
        """What is seen, once it is as wanted."""
        deadline = time.monotonic() + patience
        while not wanted(seen := look()):
            assert time.monotonic() < deadline, f"Still {seen!r}."
            self.page.wait_for_timeout(20)
        return seen

    def settled(
        self, look: Callable[[], str], wanted: Callable[[str], bool], still: float = 0.25, patience: float = PATIENCE
    ) -> str:
        """What is seen, once it is as wanted and has not changed for a while."""
        deadline = time.monotonic() + patience
        seen, since = look(), time.monotonic()
        while not (wanted(seen) and time.monotonic() - since > still):
            assert time.monotonic() < deadline, f"Still {seen!r}."
            self.page.wait_for_timeout(20)
            if (now := look()) != seen:
                seen, since = now, time.monotonic()
        return seen

    def wait_for_text(self, path: Path, text: str) -> None:
        """Wait until the file on disk has exactly this text."""
        self.until(lambda: path.read_text(encoding="utf-8"), lambda found: found == text)


def ask(window: Window, wanted: Callable[[str], bool] = bool) -> str:
    """Ask by hand, as a file that is only opened has no suggestions yet; again where the editor was not ready."""
    for _ in range(10):
        window.press("Escape", "Alt+Backslash")  # where something is shown, VS Code keeps it whatever the answer is
        with suppress(AssertionError):
            return window.settled(window.ghost, wanted, patience=4)
    return window.wait_for_ghost(wanted)


def order(window: Window, name: str, *more: str) -> None:
    """Order a model from the context menu of a folder, with more of them selected."""
    from playwright.sync_api import Error  # noqa: PLC0415 - an extra

    rows = window.page.locator(".explorer-folders-view .monaco-list-row")
    for _ in range(5):  # as a busy editor that puts the focus elsewhere closes its menu
        for folder in more:
            rows.filter(has_text=folder).click()
            rows.filter(has_text="essays").click(modifiers=["Control"])
        rows.filter(has_text="essays").click(button="right")
        with suppress(Error):
            _choose(window, "Train on This")
            break
        window.press("Escape")
    window.page.locator(".quick-input-title", has_text="A name for the model").wait_for()
    window.page.locator(INPUT).fill(name)
    window.press("Enter")


def _choose(window: Window, item: str) -> None:
    """Choose in the menu that is open. Raises `playwright.sync_api.Error` where it is not, or closes."""
    window.page.locator(".monaco-menu .action-item", has_text=item).hover(timeout=5000)
    # With the key, as the menu ignores the mouse in its first moments: the click that has opened it might go on.
    window.page.locator(".monaco-menu .action-item.focused", has_text=item).wait_for(timeout=5000)
    window.press("Enter")
