"""Helix, which knows no inline completion, in a terminal: the suggestion is in its menu."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.editors.configurations import ROOT, configuration
from tests.editors.terminal import MISSING, Terminal, environment, find_tmux
from tests.editors.waiting import wait_for

from charrnn.library import BUNDLED

HELIX = ROOT / ".editors" / "helix"

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        not (HELIX / "hx").exists(), reason="needs Helix: tests/editors/get-terminal-editors.sh unpacks it where apt is"
    ),
    pytest.mark.skipif(find_tmux() is None, reason=MISSING),
    pytest.mark.skipif(not (BUNDLED / "english").exists(), reason="the bundled model is not here"),
]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    settings = tmp_path / "config" / "helix"
    settings.mkdir(parents=True)
    (settings / "languages.toml").write_text(configuration("Helix"), encoding="utf-8")
    (tmp_path / "note.md").write_text("", encoding="utf-8")
    env = {**environment(tmp_path), "HELIX_RUNTIME": str(HELIX / "root/usr/lib/hx/runtime")}
    terminal = Terminal([HELIX / "hx", "-v", "--log", tmp_path / "log", tmp_path / "note.md"], tmp_path, env)
    yield terminal
    terminal.close()


def entries(terminal: Terminal) -> list[str]:
    """The entries of the menu that begin with the word that is being typed; behind each stands its kind."""
    lines = [line.strip() for line in terminal.screen.split("\n")]
    return [line.removesuffix("text").strip() for line in lines if line.startswith("time")]


def end_of(log: Path) -> str:
    """The end of what Helix says that it sent and received."""
    return log.read_text(encoding="utf-8")[-5000:] if log.exists() else "Helix to start"


def test_the_suggestion_is_taken_from_the_menu(terminal: Terminal, tmp_path: Path) -> None:
    log = tmp_path / "log"
    wait_for(lambda: "note.md" in terminal.screen, lambda: terminal.screen)
    # What is typed before the server is there is only asked for by other letters.
    wait_for(lambda: log.exists() and "is ready" in log.read_text(encoding="utf-8"), lambda: end_of(log))
    terminal.type("iIt was the first ti")
    wait_for(lambda: entries(terminal), lambda: f"{terminal.screen}\n{end_of(log)}")
    (entry,) = entries(terminal)
    terminal.press("Tab")
    terminal.press("Enter")
    wait_for(lambda: f"It was the first {entry}" in terminal.screen, lambda: terminal.screen)
    terminal.press("Escape")
    wait_for(lambda: " NOR " in terminal.screen, lambda: terminal.screen)  # else the keys together are another key
    terminal.type(":wq")
    terminal.press("Enter")
    wait_for(lambda: not terminal.is_open(), "Helix to end")
    assert (tmp_path / "note.md").read_text(encoding="utf-8").strip() == f"It was the first {entry}"
