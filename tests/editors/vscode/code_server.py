"""A real VS Code, served by code-server on loopback, with the extension in it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).parents[3]
INSTALLED = ROOT / ".editors/vscode/node_modules"
EXTENSION = ROOT / "editor-clients/vscode/charrnn-lsp.vsix"
MARK = "CHARRNN_TEST_HOME"  # in the environment of all processes of one code-server
MISSING = "needs code-server and the extension: install npm, then make test"
PATIENCE = 120.0
COMMAND = [sys.executable, "-m", "charrnn_lsp.cli"]

QUIET = {
    "chat.disableAIFeatures": True,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
    "workbench.reduceMotion": "on",
    "security.workspace.trust.enabled": False,
    "git.openRepositoryInParentFolders": "never",
    "git.autofetch": False,
    "extensions.autoCheckUpdates": False,
    "extensions.autoUpdate": False,
    "extensions.ignoreRecommendations": True,
    "files.autoSave": "afterDelay",
    "files.autoSaveDelay": 100,
    "editor.minimap.enabled": False,
    "editor.cursorBlinking": "solid",
    "window.menuBarVisibility": "compact",
    "workbench.editor.limit.enabled": True,
    "workbench.editor.limit.value": 3,
    "workbench.editor.useModal": "off",
}
# Everything is shown however unsure, and long: what a model says is not what is tested.
TALKATIVE = {"charrnn.minConfidence": 0, "charrnn.length": "sentence", "charrnn.maxCharacters": 50}


def has_vscode() -> bool:
    """Whether code-server and the built extension are there."""
    return (INSTALLED / "node24").exists() and EXTENSION.exists()


class CodeServer:
    """A process of code-server with a home, settings and extensions of its own."""

    def __init__(self, home: Path, models: Path, settings: dict[str, object] | None = None) -> None:
        self.home = home
        self.folder = home / "writing"
        self.port = _free_port()
        self._environment = _environment(home, models)
        self._options = ["--user-data-dir", str(home / "data"), "--extensions-dir", str(home / "extensions")]
        self._options += ["--config", str(home / "config.yaml")]
        self.folder.mkdir()
        for folder in ("User", "Machine"):
            (home / "data" / folder).mkdir(parents=True)
        (home / "config.yaml").write_text("{}\n", encoding="utf-8")
        self._write_settings("User", user_settings() if settings is None else QUIET | settings)
        self._write_settings("Machine", machine_settings(serverCommand=COMMAND))
        self._run("--install-extension", str(EXTENSION))
        self._log = (home / "code-server.log").open("wb")
        self.process = self._start()

    def settings(self, whose: str = "User") -> dict[str, object]:
        """The settings as the editor has written them; none while it is writing."""
        text = (self.home / "data" / whose / "settings.json").read_text(encoding="utf-8")
        try:
            found: dict[str, object] = json.loads(text)
        except ValueError:
            return {}
        return found

    def address(self, *files: Path, folder: Path | None = None) -> str:
        """Where a browser finds the folder, with these files open."""
        opened = [["openFile", f"vscode-remote://127.0.0.1:{self.port}{file}"] for file in files]
        payload = f"&payload={quote(json.dumps(opened))}" if opened else ""
        return f"http://127.0.0.1:{self.port}/?folder={quote(str(folder or self.folder))}{payload}"

    def servers(self) -> list[int]:
        """The processes of language servers that this editor has started."""
        return [process for process, words in self._processes() if "--stdio" in words]

    def trainings(self) -> list[int]:
        """The processes that train a model for this editor."""
        return [process for process, words in self._processes() if "charrnn_training.cli" in words]

    def stop(self) -> None:
        """End it as a service manager would."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()

    def _start(self) -> subprocess.Popen[bytes]:
        """Start it. On a busy machine it gives up now and then, as its own parts wait for one another."""
        for _ in range(3):
            process = subprocess.Popen(
                self._command(
                    *("--bind-addr", f"127.0.0.1:{self.port}", "--auth", "none", "--disable-telemetry"),
                    *("--disable-update-check", "--disable-getting-started-override"),
                ),
                env=self._environment,
                stdout=self._log,
                stderr=subprocess.STDOUT,
                cwd=self.home,
            )
            if self._answers(process):
                return process
            process.kill()
            process.wait()
        raise AssertionError("code-server does not answer: " + (self.home / "code-server.log").read_text())

    def _answers(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):
                    return True
            except OSError:
                time.sleep(0.1)
        return False

    def _run(self, *options: str) -> None:
        subprocess.run(
            self._command(*options), env=self._environment, check=True, capture_output=True, timeout=PATIENCE
        )

    def _command(self, *options: str) -> list[str]:
        return [str(INSTALLED / "node24"), str(INSTALLED / "code-server/out/node/entry.js"), *self._options, *options]

    def _write_settings(self, whose: str, settings: dict[str, Any]) -> None:
        path = self.home / "data" / whose / "settings.json"
        path.write_text(json.dumps(settings), encoding="utf-8")

    def _processes(self) -> Iterable[tuple[int, list[str]]]:
        mark = f"{MARK}={self.home}".encode()
        for directory in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (directory / "environ").read_bytes().split(b"\0"):
                    words = (directory / "cmdline").read_bytes().decode().split("\0")
                    yield int(directory.name), words
            except OSError:
                continue  # it has just ended, or is another user's


def user_settings(**settings: object) -> dict[str, object]:
    """What the user has set, with these settings of the extension."""
    return QUIET | TALKATIVE | machine_settings(**settings)


def machine_settings(**settings: object) -> dict[str, object]:
    """Settings of the extension by their full names."""
    return {f"charrnn.{key}": value for key, value in settings.items()}


def _environment(home: Path, models: Path) -> dict[str, str]:
    nowhere = "http://127.0.0.1:9"  # where nothing listens: what calls out fails
    kept = {key: os.environ[key] for key in ("LANG", "OMP_NUM_THREADS") if key in os.environ}
    path = [place for place in os.environ["PATH"].split(os.pathsep) if not Path(place, "charrnn-lsp").exists()]
    wheels = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(home)}
    return (
        kept
        | wheels
        | {
            "PATH": os.pathsep.join(path),
            "HOME": str(home),
            "CHARRNN_MODELS": str(models),
            MARK: str(home),
            "EXTENSIONS_GALLERY": json.dumps({"serviceUrl": nowhere}),
            "http_proxy": nowhere,
            "https_proxy": nowhere,
            "no_proxy": "127.0.0.1,localhost",
        }
    )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port
