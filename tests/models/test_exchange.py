from __future__ import annotations

import sys
from pathlib import Path

import pytest

from charrnn import artifact
from charrnn.exchange import exchange


def make(folder: Path, content: str) -> Path:
    folder.mkdir()
    (folder / "file").write_text(content, encoding="utf-8")
    return folder


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="this system has no call for it")
def test_two_directories_change_places(tmp_path: Path) -> None:
    one, other = make(tmp_path / "one", "1"), make(tmp_path / "other", "2")
    if not exchange(one, other):
        pytest.skip("this file system cannot exchange two names")
    assert (one / "file").read_text(encoding="utf-8") == "2"
    assert (other / "file").read_text(encoding="utf-8") == "1"


def test_what_is_not_there_cannot_be_exchanged(tmp_path: Path) -> None:
    one = make(tmp_path / "one", "1")
    assert not exchange(one, tmp_path / "nowhere")
    assert (one / "file").read_text(encoding="utf-8") == "1"


@pytest.mark.parametrize("can_exchange", [True, False])
def test_a_directory_is_replaced_with_and_without_the_call(
    can_exchange: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not can_exchange:
        monkeypatch.setattr(artifact, "exchange", lambda one, other: False)
    old, new, scratch = make(tmp_path / "old", "1"), make(tmp_path / "new", "2"), tmp_path / "scratch"
    scratch.mkdir()
    artifact._replace_directory(new, old, scratch)
    assert (old / "file").read_text(encoding="utf-8") == "2"
