"""Emacs in a terminal: lsp-mode, which knows inline completion, and eglot, which does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.editors.configurations import ROOT, configuration
from tests.editors.terminal import MISSING, Terminal, environment, find_tmux
from tests.editors.waiting import wait_for

from charrnn.library import BUNDLED

EMACS = ROOT / ".editors" / "emacs"
FILES = EMACS / "root" / "usr"

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        not (EMACS / "emacs-nox").exists(),
        reason="needs Emacs: tests/editors/get-terminal-editors.sh unpacks it where apt is",
    ),
    pytest.mark.skipif(find_tmux() is None, reason=MISSING),
    pytest.mark.skipif(not (BUNDLED / "english").exists(), reason="the bundled model is not here"),
]

# This Emacs is not installed: nothing can be compiled, and lsp-mode's parts are not known by their names.
QUIRKS = """
(setq native-comp-jit-compilation nil native-comp-enable-subr-trampolines nil inhibit-startup-screen t
      make-backup-files nil create-lockfiles nil confirm-kill-processes nil
      lsp-lens-enable nil lsp-headerline-breadcrumb-enable nil lsp-modeline-code-actions-enable nil
      lsp-modeline-diagnostics-enable nil lsp-modeline-workspace-status-enable nil lsp-completion-enable nil
      lsp-diagnostics-provider :none lsp-enable-links nil lsp-auto-guess-root t)
"""

Start = Callable[[str], Terminal]


def emacs_environment(home: Path) -> dict[str, str]:
    """Variables that tell Emacs where its files are."""
    (version,) = (FILES / "share/emacs").glob("[0-9]*")
    roots = (version / "lisp", FILES / "share/emacs/site-lisp")
    folders = [folder for root in roots for folder in (root, *root.rglob("*")) if folder.is_dir()]
    (programs,) = (FILES / "libexec/emacs" / version.name).iterdir()
    return {
        **environment(home),
        "EMACSLOADPATH": ":".join(map(str, folders)),
        "EMACSDATA": str(version / "etc"),
        "EMACSDOC": str(version / "etc"),
        "EMACSPATH": str(programs),
    }


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """A function that starts an Emacs with the configuration below a heading of the page."""
    terminals: list[Terminal] = []

    def begin(heading: str) -> Terminal:
        (tmp_path / "init.el").write_text(QUIRKS + configuration(heading), encoding="utf-8")
        (tmp_path / "note.txt").write_text("", encoding="utf-8")
        (dump,) = FILES.glob("libexec/emacs/*/*/*.pdmp")
        command = [EMACS / "emacs-nox", f"--dump-file={dump}", "-nw", "-Q", "-l", tmp_path / "init.el"]
        terminals.append(Terminal([*command, tmp_path / "note.txt"], tmp_path, emacs_environment(tmp_path)))
        return terminals[-1]

    yield begin
    for terminal in terminals:
        terminal.close()


def save(terminal: Terminal, path: Path) -> str:
    """Save, quit, and say what was written."""
    terminal.press("C-x", "C-s", "C-x", "C-c")
    wait_for(lambda: not terminal.is_open(), "Emacs to end")
    return path.read_text(encoding="utf-8").strip()


def test_lsp_mode_shows_grey_text(start: Start, tmp_path: Path) -> None:
    terminal = start("Emacs with lsp-mode")
    wait_for(lambda: "initialized successfully" in terminal.screen, lambda: terminal.screen)
    terminal.type("It was the first ti")
    wait_for(lambda: terminal.cursor[0] == len("It was the first ti"), lambda: terminal.screen)
    wait_for(lambda: "It was the first time" in terminal.screen, lambda: terminal.screen)
    (shown,) = (line.strip() for line in terminal.screen.split("\n") if line.startswith("It was"))
    terminal.press("C-j")
    wait_for(lambda: terminal.cursor[0] == len(shown), lambda: terminal.screen)
    assert "Warning" not in terminal.screen
    assert save(terminal, tmp_path / "note.txt") == shown


def test_eglot_completes_at_point(start: Start, tmp_path: Path) -> None:
    terminal = start("Emacs with eglot")
    wait_for(lambda: "Connected!" in terminal.screen, lambda: terminal.screen)
    terminal.type("It was the first ti")
    wait_for(lambda: terminal.cursor[0] >= len("It was the first ti"), lambda: terminal.screen)
    terminal.press("C-M-i")
    wait_for(lambda: "It was the first time" in terminal.screen, lambda: terminal.screen)
    assert save(terminal, tmp_path / "note.txt").startswith("It was the first time")
