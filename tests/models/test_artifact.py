"""A model on disk: what is written is read back, and a bad one gives one message about one file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from charrnn.artifact import CARD, CELL, CELL_INT8, CONFIG, FORMAT_VERSION, WEIGHTS, Artifact, read_artifact
from charrnn.artifact import write_artifact as write
from charrnn.errors import ModelError
from charrnn.model import load_model
from charrnn.vocabulary import SPECIALS

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def copy(tiny: Artifact, tmp_path: Path) -> Path:
    """A model that a test may spoil."""
    return Path(shutil.copytree(tiny.path, tmp_path / "copy"))


def change_config(path: Path, change: Change) -> None:
    config = json.loads((path / CONFIG).read_text(encoding="utf-8"))
    replaced = change(config)
    (path / CONFIG).write_text(json.dumps(config if replaced is None else replaced), encoding="utf-8")


def test_what_is_written_is_read_back(tiny: Artifact) -> None:
    again = read_artifact(tiny.path)
    assert again.architecture == tiny.architecture
    assert again.vocabulary.symbols == tiny.vocabulary.symbols
    assert again.files == tiny.files
    assert set(again.files) == {CELL, CELL_INT8, WEIGHTS, CARD}
    assert again.open(CARD) == (tiny.path / CARD).read_bytes()


def test_a_failed_write_leaves_the_older_model(tiny: Artifact, copy: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / CELL).write_bytes(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(copy, tiny.architecture, tiny.vocabulary, fail, {}, {})
    assert read_artifact(copy).files == tiny.files
    assert [path.name for path in copy.parent.iterdir()] == ["copy"]


def test_a_failed_first_write_leaves_nothing(tiny: Artifact, tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write(tmp_path / "new", tiny.architecture, tiny.vocabulary, fail, {}, {})
    assert list(tmp_path.iterdir()) == []


def test_a_new_write_replaces_the_older_model(tiny: Artifact, copy: Path) -> None:
    def files(folder: Path) -> None:
        (folder / CARD).write_text("new", encoding="utf-8")

    artifact = write(copy, tiny.architecture, tiny.vocabulary, files, {"slope": 2.0}, {"steps": 3})
    assert sorted(path.name for path in copy.iterdir()) == sorted([CARD, CONFIG])
    assert (artifact.calibration, artifact.training) == ({"slope": 2.0}, {"steps": 3})
    assert [path.name for path in copy.parent.iterdir()] == ["copy"]


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def alter(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def link(file: Path) -> None:
    file.rename(file.with_suffix(".away"))
    file.symlink_to(file.with_suffix(".away"))


def become_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def become_a_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def link_to_a_device(file: Path) -> None:
    file.unlink()
    file.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (truncate, "is damaged or was altered"),
        (alter, "is damaged or was altered"),
        (Path.unlink, "is missing or is not a plain file"),
        (link, "is missing or is not a plain file"),
        (become_a_folder, "is missing or is not a plain file"),
        pytest.param(
            become_a_pipe,
            "is missing or is not a plain file",
            marks=pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here"),
        ),
        (link_to_a_device, "is missing or is not a plain file"),
    ],
)
@pytest.mark.parametrize("name", [CELL, CELL_INT8, WEIGHTS])
def test_a_spoiled_file_is_named(copy: Path, spoil: Callable[[Path], object], what: str, name: str) -> None:
    artifact = read_artifact(copy)
    spoil(copy / name)
    with pytest.raises(ModelError) as caught:
        artifact.open(name)
    assert_one_message(caught.value, str(copy / name), what)


def test_links_and_folders_are_told_where_the_system_knows_less(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, which opens links, and forbids to open folders."""
    artifact = read_artifact(copy)
    link(copy / CELL)
    monkeypatch.delattr(os, "O_NOFOLLOW")
    with pytest.raises(ModelError, match="is missing or is not a plain file"):
        artifact.open(CELL)
    become_a_folder(copy / WEIGHTS)

    def forbidden(file: str, flags: int) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", forbidden)
    with pytest.raises(ModelError, match="is missing or is not a plain file"):
        artifact.open(WEIGHTS)
    with pytest.raises(ModelError, match="cannot be read: Permission denied"):
        artifact.open(CELL_INT8)


def test_a_file_that_the_model_does_not_list_is_not_opened(copy: Path) -> None:
    (copy / "other").write_text("x", encoding="utf-8")
    with pytest.raises(ModelError, match="has no other"):
        read_artifact(copy).open("other")


WRONG_CONFIGS: list[tuple[Change, str]] = [
    (lambda c: [], "is not a model configuration"),
    (lambda c: c.pop("symbols"), "is not a model configuration"),
    (lambda c: c.pop("format_version"), "is not a model configuration"),
    (lambda c: c.update(architecture=3), "is not a model configuration"),
    (lambda c: c["architecture"].update(hidden="wide"), "hidden is 'wide'"),
    (lambda c: c["architecture"].update(hidden=10**9), "hidden is 1000000000"),
    (lambda c: c["architecture"].update(cell=["lstm"]), "is not a model configuration"),
    (lambda c: c["architecture"].update(residual="no"), "residual is 'no'"),
    (lambda c: c["architecture"].update(attention=True), "is not a model configuration"),
    (lambda c: c.update(symbols="abc"), "must begin with"),
    (lambda c: c.update(symbols=[*SPECIALS, 3]), "is not a model configuration"),
    (lambda c: c.update(symbols=[*SPECIALS, "a", "a"]), "different single characters"),
    (lambda c: c["symbols"].pop(), "lists 98 symbols for a network of 99"),
    (lambda c: c.update(files=[CELL]), "is not a model configuration"),
    (lambda c: c["files"].update({"../evil": ""}), "names a file outside"),
    (lambda c: c["files"].update({"/etc/passwd": ""}), "names a file outside"),
    (lambda c: c["files"].update({"..": ""}), "names a file outside"),
    (lambda c: c["files"].update({"": ""}), "names a file outside"),
    (lambda c: c["files"].update({"a\0": ""}), "names a file outside"),
    (lambda c: c.update(symbols=[*SPECIALS, *map(chr, range(1, 90_000))]), "for a network of 99"),
    (lambda c: c["architecture"].update(vocabulary=10**6), "vocabulary is 1000000"),
    (lambda c: c["architecture"].update(layers="x" * 10_000), "layers is 'xxx"),
    (lambda c: c["calibration"].update(slope="x" * 10_000), "is not a model configuration"),
    (lambda c: c["calibration"].update(slope=10**400), "is not a model configuration"),
    (lambda c: c.update(calibration={"slope": "steep"}), "is not a model configuration"),
    (lambda c: c.update(calibration=None), "is not a model configuration"),
    (lambda c: c.update(training=5), "is not a model configuration"),
    (lambda c: c.update(format_version=FORMAT_VERSION + 1), "Upgrade to use this model: pip install --upgrade"),
    (lambda c: c.update(format_version="one"), "has format version 'one'"),
    (lambda c: c.update(format_version="x" * 10_000), "has format version 'xxx"),
    (lambda c: c.update(format_version=FORMAT_VERSION - 1), "Train it again (charrnn-train TEXTS --name copy)"),
]


@pytest.mark.parametrize(("change", "what"), WRONG_CONFIGS)
def test_a_wrong_configuration_is_refused(copy: Path, change: Change, what: str) -> None:
    if what.startswith("lists"):
        symbols = len(read_artifact(copy).vocabulary)
        what = f"lists {symbols - 1} symbols for a network of {symbols}"
    change_config(copy, lambda config: result if isinstance(result := change(config), list) else None)
    with pytest.raises(ModelError) as caught:
        read_artifact(copy)
    assert_one_message(caught.value, str(copy / CONFIG), what)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("difference", [1, -1])
def test_a_model_of_another_format_is_told_of_before_the_rest_of_it_is_read(copy: Path, difference: int) -> None:
    """Whatever another format may have instead: the message is about the version."""
    (copy / CONFIG).write_text(json.dumps({"format_version": FORMAT_VERSION + difference}), encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        read_artifact(copy)
    assert_one_message(caught.value, f"this release reads version {FORMAT_VERSION}. ")


@pytest.mark.parametrize("content", [b"", b"{", b"not json", b"\xff\xfe\x00", b"[" * 100_000, b"{}", b"null", b"NaN"])
def test_a_configuration_that_is_not_json_is_refused(copy: Path, content: bytes) -> None:
    (copy / CONFIG).write_bytes(content)
    with pytest.raises(ModelError) as caught:
        read_artifact(copy)
    assert_one_message(caught.value, str(copy / CONFIG), "is not a model configuration")


def test_a_huge_configuration_is_not_read(copy: Path) -> None:
    (copy / CONFIG).write_bytes(b" " * ((1 << 20) + 1))
    with pytest.raises(ModelError, match="larger than 1 MB"):
        read_artifact(copy)


@pytest.mark.parametrize("name", ["nowhere", "x" * 5000, "nul\0"])
def test_a_directory_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError) as caught:
        read_artifact(tmp_path / name)
    assert_one_message(caught.value, str(tmp_path / name))


@pytest.mark.parametrize(
    "calibration",
    [{"tilt": 1.0}, {"slope": 0.0}, {"slope": float("nan")}, {"intercept": float("inf")}],
)
def test_a_wrong_calibration_is_refused_before_it_is_used(copy: Path, calibration: dict[str, float]) -> None:
    change_config(copy, lambda config: config.update(calibration=calibration))
    with pytest.raises(ModelError) as caught:
        load_model(str(copy))
    assert_one_message(caught.value, str(copy / CONFIG), "alibration")


def test_a_sealed_file_of_nonsense_is_refused(copy: Path) -> None:
    seal(copy, CELL_INT8, b"nonsense")
    with pytest.raises(ModelError) as caught:
        load_model(str(copy))
    assert_one_message(caught.value, str(copy / CELL_INT8), "cannot be loaded")


def seal(path: Path, name: str, content: bytes) -> None:
    """Replace a file of a model, and its hash."""
    (path / name).write_bytes(content)
    change_config(path, lambda config: config["files"].update({name: hashlib.sha256(content).hexdigest()}))


def assert_one_message(error: Exception, *parts: str) -> None:
    """The message is one line to read, names the file and says what to do."""
    message = str(error)
    assert all(part in message for part in parts)
    assert "\n" not in message
    assert "Traceback" not in message
    assert message.endswith(".")
