"""How the extension finds the server, and the environment that it makes with uv or with Python, without an editor."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.editors.stand_in import EXTRA, stand_in

HERE = Path(__file__).parent
ESBUILD = HERE.parents[1] / "editor-clients/vscode/node_modules/esbuild/bin/esbuild"
NODE = shutil.which("node")
PYTHON = str(Path(sys.base_prefix) / "bin/python3")  # uv makes none from one of an environment
UV = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))

pytestmark = pytest.mark.skipif(NODE is None or not ESBUILD.exists(), reason="needs npm: install it, then make test")

# Notes how it is called, and leaves what the installation leaves.
FAKE_UV = """#!/bin/sh
echo "$*" >>"{calls}"
case "$1" in
  venv) /bin/mkdir -p "$4/bin" ;;
  pip) : >"${{4%/python}}/charrnn-lsp" ;;
esac
"""
FAILING_UV = """#!/bin/sh
[ "$1" = venv ] && exit 0
echo '{said}' >&2
exit 1
"""


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those parts of the extension as a program."""
    program = tmp_path_factory.mktemp("script") / "environment.mjs"
    options = ["--bundle", "--platform=node", "--format=esm", "--log-level=warning", f"--outfile={program}"]
    options.append(f"--alias:vscode={HERE / 'vscode-settings.ts'}")
    subprocess.run([str(NODE), str(ESBUILD), str(HERE / "environment.ts"), *options], check=True, timeout=60)
    return program


class Installation:
    """A folder for the environment, and the programs on PATH."""

    def __init__(self, script: Path, folder: Path) -> None:
        self.script = script
        self.storage = folder / "storage"
        self.home = self.storage / "environment"
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.variables: dict[str, str] = {}

    def program(self, name: str, text: str) -> None:
        """Put a program on PATH."""
        path = self.programs / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def run(self, action: str, source: str = "charrnn-lsp", **settings: object) -> dict[str, Any]:
        """The server that is installed then, what came of it, and the error if it failed."""
        chosen = json.dumps({"installFrom": source, **settings})
        environment = {"PATH": str(self.programs), "HOME": str(self.storage), "SETTINGS": chosen, **self.variables}
        command = [str(NODE), str(self.script), str(self.storage), action]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
        outcome: dict[str, Any] = json.loads(done.stdout)
        return outcome


@pytest.fixture
def installation(script: Path, tmp_path: Path) -> Installation:
    return Installation(script, tmp_path)


@pytest.mark.parametrize(
    ("chosen", "command"),
    [
        ([], ["{programs}/charrnn-lsp", "--stdio"]),
        (["charrnn-lsp", "-v"], ["{programs}/charrnn-lsp", "-v", "--stdio"]),
        (["~/it", "-v"], ["{home}/it", "-v", "--stdio"]),
        (["nowhere"], ["nowhere", "--stdio"]),
    ],
)
def test_the_command_is_that_of_the_setting_or_is_found(
    installation: Installation, chosen: list[str], command: list[str]
) -> None:
    installation.program("charrnn-lsp", "")
    found = installation.run("findCommand", serverCommand=chosen)["result"]
    places = {"programs": installation.programs, "home": installation.storage}
    assert [found["command"], *found["args"]] == [word.format(**places) for word in command]


@pytest.mark.parametrize("chosen", ["charrnn-lsp --stdio", 3, None, [1]])
def test_a_command_that_is_no_list_is_told(installation: Installation, chosen: object) -> None:
    installation.program("charrnn-lsp", "")
    error = installation.run("findCommand", serverCommand=chosen)["error"]
    assert error == f'charrnn.serverCommand is {json.dumps(chosen)}; it must be a list, as ["/usr/bin/charrnn-lsp"].'


@pytest.mark.parametrize(
    ("chosen", "served"), [(["Text"], ["text"]), ("text", ["markdown"]), (None, ["markdown"]), ([1], ["markdown"])]
)
def test_languages_that_are_no_list_are_those_of_the_default(
    installation: Installation, chosen: object, served: list[str]
) -> None:
    assert installation.run("languages", languages=chosen)["result"] == served


def test_uv_makes_it_where_there_is_uv(installation: Installation, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    installation.program("uv", FAKE_UV.format(calls=calls))
    installation.program("python3", "#!/bin/sh\nexit 1\n")
    made = installation.run("make", "charrnn-lsp==0.1.0")
    home = installation.home
    assert made == {"server": str(home / "bin/charrnn-lsp"), "error": ""}
    assert calls.read_text(encoding="utf-8").splitlines() == [
        f"venv --python >=3.11 {home}",
        f"pip install --python {home / 'bin/python'} charrnn-lsp==0.1.0",
    ]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (["Resolving", "No solution found: it is in no index"], "No solution found: it is in no index"),
        (["error: Failed to fetch it", "  cause: no route", "", "hint: Use a route"], "error: Failed to fetch it"),
    ],
)
def test_a_failure_is_told_by_the_line_that_says_it_and_leaves_nothing(
    installation: Installation, said: list[str], told: str
) -> None:
    installation.program("uv", FAILING_UV.format(said="\n".join(said)))
    made = installation.run("make", "charrnn-lsp")
    assert made == {"server": None, "error": f"uv failed: {told}"}
    assert not installation.home.exists()


def test_without_uv_and_python_it_says_what_is_needed(installation: Installation) -> None:
    installation.program("python3", "#!/bin/sh\nexit 1\n")  # one that is too old
    made = installation.run("make", "charrnn-lsp")
    assert made["server"] is None
    assert made["error"].startswith("Neither uv nor Python 3.11 or newer was found on PATH.")


@pytest.mark.parametrize(
    ("source", "installed"),
    [
        ("charrnn-lsp", "charrnn-lsp[train]"),
        ("charrnn-lsp>=0.1,<1", "charrnn-lsp[train]>=0.1,<1"),
        ("charrnn-lsp[ui] ==0.1.0", "charrnn-lsp[ui,train]==0.1.0"),
        ("/my texts/charrnn_lsp-0.1.0-py3-none-any.whl", "/my texts/charrnn_lsp-0.1.0-py3-none-any.whl[train]"),
        ("./checkout", "./checkout[train]"),
        ("git+https://example.org/a/b", "charrnn-lsp[train] @ git+https://example.org/a/b"),
        ("charrnn-lsp @ https://example.org/b.whl", "charrnn-lsp[train]@ https://example.org/b.whl"),
    ],
)
def test_the_extra_is_added_to_what_was_installed(
    installation: Installation, tmp_path: Path, source: str, installed: str
) -> None:
    calls = tmp_path / "calls"
    installation.program("uv", FAKE_UV.format(calls=calls))
    installation.run("make", source)
    assert installation.run("addTraining", source)["error"] == ""
    asked = calls.read_text(encoding="utf-8").splitlines()[-1]
    assert asked == f"pip install --python {installation.home / 'bin/python'} {installed}"


@pytest.mark.skipif(UV is None, reason="needs uv: pip install uv")
def test_what_uv_makes_runs_and_gets_the_extra(installation: Installation, tmp_path: Path) -> None:
    """With uv itself, and without a network: what it installs are wheels in a folder."""
    for name, path in {"uv": UV, "python3": PYTHON}.items():
        installation.program(name, f'#!/bin/sh\nexec "{path}" "$@"\n')
    installation.variables = {"UV_FIND_LINKS": str(tmp_path), "UV_OFFLINE": "1"}
    wheel = stand_in(tmp_path)
    made = installation.run("make", str(wheel))
    assert made == {"server": str(installation.home / "bin/charrnn-lsp"), "error": ""}
    told = subprocess.run([made["server"], "--version"], capture_output=True, text=True, timeout=60, check=True)
    assert told.stdout.startswith("charrnn-lsp ")
    assert not list(installation.home.rglob(f"{EXTRA}.py"))
    assert installation.run("addTraining", str(wheel)) == made
    assert list(installation.home.rglob(f"{EXTRA}.py"))
