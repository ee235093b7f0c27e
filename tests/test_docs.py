"""What the documentation says, held against what is there: its commands are run and its links followed."""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from charrnn_lsp.settings import Settings, json_name
from charrnn_lsp.silence import REASONS

ROOT = Path(__file__).parent.parent
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"])
BUNDLED = (ROOT / "models/charrnn/pretrained/english").exists()
SCRIPTS = Path(sys.executable).parent


def commands(kind: str) -> list[pytest.param]:  # type: ignore[valid-type]
    """The lines of all blocks of one kind: `sh` are run, `sh no-run` take too long or need what is not here."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            found += [pytest.param(line, id=f"{page.stem}: {line}") for line in block.splitlines() if line]
    return found


def names(pattern: str) -> list[pytest.param]:  # type: ignore[valid-type]
    """What stands in backticks and looks like this, once for each page."""
    found = {(page.stem, name) for page in PAGES for name in re.findall(pattern, page.read_text(encoding="utf-8"))}
    return [pytest.param(name, id=f"{page}: {name}") for page, name in sorted(found)]


@pytest.mark.e2e
@pytest.mark.skipif(not BUNDLED, reason="the bundled model is not here")
@pytest.mark.parametrize("command", commands("sh"))
def test_commands_work(command: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "benchmarks/texts/letters.txt", tmp_path)
    environment = {
        **os.environ,
        "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}",
        "CHARRNN_MODELS": str(tmp_path / "models"),
    }
    done = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("command", commands("sh no-run"))
def test_commands_that_are_not_run_have_the_options_that_they_name(command: str) -> None:
    program, *arguments = command.split()
    if program == "make":
        assert re.search(rf"^{arguments[0]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    elif program == "pip":
        extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
            "optional-dependencies"
        ]
        assert set(re.findall(r"\[(\w+)\]", command)) <= set(extras)
    elif program == "torchrun":
        launched = arguments.index("charrnn_training.cli")
        assert has_flags("torchrun", arguments[:launched])
        assert has_flags("charrnn-train", arguments[launched:])
    else:
        assert has_flags(program, arguments)


def has_flags(program: str, arguments: list[str]) -> bool:
    """Whether a program's help names all flags among `arguments`."""
    part = [] if program in ("charrnn-train", "torchrun") else arguments[:1]
    said = help_of(program, *part)
    return all(re.search(rf"{argument}\b", said) for argument in arguments if argument.startswith("--"))


@functools.cache
def help_of(*command: str) -> str:
    return subprocess.run(
        [SCRIPTS / command[0], *command[1:], "--help"], capture_output=True, text=True, check=True
    ).stdout


def test_there_are_commands_to_run() -> None:
    assert len(commands("sh")) > 10
    assert len(commands("sh no-run")) > 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", names(r"`((?:tests|docs|benchmarks|models|server|training|editor-clients)/[\w./-]*)`"))
def test_paths_are_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", names(r"`(charrnn(?:_lsp|_training)?\.[a-z_A-Z]+)`"))
def test_modules_settings_and_commands_are_there(name: str) -> None:
    settings = {f"charrnn.{json_name(item.name)}" for item in dataclasses.fields(Settings)}
    commands = (ROOT / "server/charrnn_lsp/commands.py").read_text(encoding="utf-8")
    assert name in settings or f'"{name}"' in commands or importlib.util.find_spec(name) is not None


def test_the_protocol_lists_the_reasons_for_silence() -> None:
    text = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|$", text.partition("<!-- reasons -->")[2], re.MULTILINE))
    assert rows == REASONS


def test_troubleshooting_names_reasons_that_there_are() -> None:
    text = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
    named = {name for line in re.findall(r"^\* (`.+?):", text, re.MULTILINE) for name in re.findall(r"`(\w+)`", line)}
    assert len(named) > 5
    assert named <= set(REASONS)


def test_the_pictures_are_those_that_the_program_draws() -> None:
    for name, picture in runpy.run_path(str(ROOT / "docs/pictures/draw.py"))["pictures"]().items():
        assert (ROOT / "docs/pictures" / name).read_text(encoding="utf-8") == picture
