"""Models are found by name, the user's before the bundled ones, or by path."""

from __future__ import annotations

from pathlib import Path

import pytest

from charrnn import library
from charrnn.artifact import Artifact
from charrnn.errors import ModelError
from charrnn.library import DEFAULT, find_model, installed_models, is_path, user_directory


@pytest.fixture
def directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """An empty directory of bundled models and one of the user's."""
    bundled, own = tmp_path / "bundled", tmp_path / "own"
    bundled.mkdir()
    own.mkdir()
    monkeypatch.setattr(library, "BUNDLED", bundled)
    monkeypatch.setenv("CHARRNN_MODELS", str(own))
    return bundled, own


def install(artifact: Artifact, directory: Path, name: str) -> Path:
    target = directory / name
    target.symlink_to(artifact.path, target_is_directory=True)
    return target


def test_names_of_both_directories_are_found(tiny: Artifact, directories: tuple[Path, Path]) -> None:
    bundled, own = directories
    install(tiny, bundled, "english")
    mine = install(tiny, own, "mine")
    install(tiny, own, ".english-half-written")
    (own / "empty").mkdir()
    assert installed_models() == {"english": bundled / "english", "mine": own / "mine"}
    assert find_model("mine").path == mine


def test_the_users_model_comes_before_a_bundled_one(tiny: Artifact, directories: tuple[Path, Path]) -> None:
    bundled, own = directories
    install(tiny, bundled, "english")
    install(tiny, own, "english")
    assert find_model("english").path == own / "english"


def test_a_path_needs_no_installation(tiny: Artifact, directories: tuple[Path, Path]) -> None:
    assert find_model(str(tiny.path)).architecture == tiny.architecture


@pytest.mark.parametrize("name", ["nonesuch", "", "englisch", " "])
def test_an_unknown_name_gets_a_list_of_the_known(name: str, tiny: Artifact, directories: tuple[Path, Path]) -> None:
    install(tiny, directories[1], "mine")
    with pytest.raises(ModelError) as caught:
        find_model(name)
    assert str(caught.value) == f"There is no model named {name!r}. Installed: mine. A path must contain a slash."


def test_without_any_model_the_message_says_so(directories: tuple[Path, Path]) -> None:
    directories[1].rmdir()
    with pytest.raises(ModelError, match="Installed: none"):
        find_model(DEFAULT)


@pytest.mark.parametrize("name", ["/nowhere/x", "./nowhere", "~/nowhere", "~no-such-user/x", "..//x", "/" + "x" * 300])
def test_a_path_that_is_no_model_is_named(name: str, directories: tuple[Path, Path]) -> None:
    with pytest.raises(ModelError) as caught:
        find_model(name)
    assert Path(name).name in str(caught.value)


@pytest.mark.parametrize(
    ("name", "path"), [("english", False), ("./english", True), ("/models/english", True), ("..", True), ("a.b", False)]
)
def test_what_is_a_path(name: str, path: bool) -> None:
    assert is_path(name) is path


def test_the_users_directory_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARRNN_MODELS", "/somewhere")
    assert user_directory() == Path("/somewhere")
    monkeypatch.delenv("CHARRNN_MODELS")
    assert user_directory().parts[-2:] == ("charrnn", "models")


def test_a_users_directory_that_cannot_be_one_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARRNN_MODELS", "/" + "x" * 999)
    assert DEFAULT in installed_models()


@pytest.mark.parametrize("name", ["\0", "x" * 9999])
def test_what_is_no_path_is_not_installed(name: str, tmp_path: Path) -> None:
    assert not library.is_installed(tmp_path / name)


def test_a_circle_of_links_is_not_installed(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    assert not library.is_installed(tmp_path / "circle")


def test_the_bundled_model_is_whole() -> None:
    path = library.BUNDLED / DEFAULT
    if not (path / "config.json").exists():
        pytest.skip("the bundled model is not in this checkout")
    artifact = find_model(str(path))
    for name in artifact.files:
        artifact.open(name)
