"""What a release is made of: one version, the same files on every system, and a forge that runs what a person runs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

import charrnn
from charrnn.artifact import read_artifact
from charrnn.library import BUNDLED, DEFAULT

ROOT = Path(__file__).parent.parent
EXTENSION = ROOT / "editor-clients/vscode"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_the_extension_has_the_version_of_the_server() -> None:
    locked = json.loads((EXTENSION / "package-lock.json").read_text(encoding="utf-8"))
    assert locked["version"] == locked["packages"][""]["version"] == charrnn.__version__
    assert json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))["version"] == charrnn.__version__


def test_the_changelog_begins_with_this_version() -> None:
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert first is not None
    assert first[1] == charrnn.__version__


def test_python_is_told_the_version_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "models/charrnn/__init__.py"


def test_what_a_package_index_shows_leads_nowhere_but_out() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / project["readme"]).read_text(encoding="utf-8")
    assert text.startswith(f"# {project['name']}\n")
    assert [target for target in re.findall(r"\]\(([^)]+)\)", text) if not target.startswith("https://")] == []
    extras = set(project["optional-dependencies"])
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == extras


@pytest.mark.skipif(shutil.which("make") is None, reason="there is no make here")
def test_the_files_of_a_release_are_named_by_it() -> None:
    said = subprocess.run(["make", "--silent", "version"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.strip() == charrnn.__version__


def test_each_package_that_tests_and_checks_need_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pinned = re.findall(r"^([\w.-]+)==", (ROOT / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    lists = [
        project["build-system"]["requires"],
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    ]
    named = {re.match(r"[\w.-]+", requirement)[0] for one in lists for requirement in one}  # type: ignore[index]
    assert {plain(name) for name in named} <= {plain(name) for name in pinned}


def plain(name: str) -> str:
    """A package's name as it is compared."""
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_the_forge_runs_the_targets_of_make_and_may_write_only_where_it_must(workflow: Path) -> None:
    text = workflow.read_text(encoding="utf-8")
    targets = re.findall(r"\bmake (?:--silent )?([\w-]+)", text)
    assert targets
    assert all(re.search(rf"^{target}:", MAKEFILE, re.MULTILINE) for target in targets)
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", used) for used in re.findall(r"uses: (\S+)", text))
    assert re.search(r"^permissions:\n  contents: read\n\n", text, re.MULTILINE)
    assert text.count(": write") == (workflow.stem == "release")


def test_the_forge_tries_every_python_that_the_package_is_tried_with() -> None:
    listed = re.search(r"python: \[(.*)\]", (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    tried = re.search(r"^PYTHONS = \((.*)\)", (ROOT / "tests/e2e/test_dist.py").read_text(encoding="utf-8"), re.M)
    assert listed is not None
    assert tried is not None
    assert listed[1] == tried[1]


@pytest.mark.skipif(not (BUNDLED / DEFAULT).exists(), reason="the bundled model is not here")
@pytest.mark.skipif(not (ROOT / ".git").exists() or shutil.which("git") is None, reason="this is no checkout")
def test_a_checkout_on_windows_has_the_same_model(tmp_path: Path) -> None:
    """Git there gives texts other line ends unless it is told not to; the files of a model are sealed by hashes."""
    windows = ["git", "-c", "core.autocrlf=true", "clone", "--quiet", "--no-checkout", str(ROOT), str(tmp_path)]
    subprocess.run(windows, check=True, capture_output=True)
    model = f"models/charrnn/pretrained/{DEFAULT}"
    checkout = ["git", "-c", "core.autocrlf=true", "checkout", "--quiet", "HEAD", "--", ".gitattributes", model]
    subprocess.run(checkout, cwd=tmp_path, check=True, capture_output=True)
    artifact = read_artifact(tmp_path / model)
    assert all(artifact.open(name) for name in artifact.files)
