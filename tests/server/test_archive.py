"""The writer's archive: what is read of it, in which order, and that nothing in it is an error."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from charrnn_lsp import archive
from charrnn_lsp.archive import read_archive


def write(path: Path, text: str, age: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1e9 - age, 1e9 - age))


def test_texts_are_read_from_folders_and_those_below_the_newest_last(tmp_path: Path) -> None:
    write(tmp_path / "old.txt", "oldest", age=9)
    write(tmp_path / "below/new.MD", "newest\nof all")
    write(tmp_path / "more/other.markdown", "between", age=5)
    assert read_archive([str(tmp_path)]) == ["oldest", "between", "newest", "of all"]


def test_where_there_is_more_than_room_the_newest_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST", 8)
    for age in range(5):
        write(tmp_path / f"{age}.txt", f"text{age}", age)
    assert read_archive([str(tmp_path)]) == ["tex", "text0"]


def test_what_is_no_text_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LARGEST_FILE", 100)
    write(tmp_path / "large.txt", "x" * 101)
    write(tmp_path / ".hidden.txt", "hidden")
    write(tmp_path / ".git/notes.txt", "hidden")
    write(tmp_path / "program.py", "code")
    (tmp_path / "other.txt").write_bytes(b"\xff\xfe\xfa")
    (tmp_path / "folder.txt").mkdir()
    write(tmp_path / "good.txt", "\ufeffgood")
    assert read_archive([str(tmp_path)]) == ["good"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "secret/a.txt", "secret")
    (tmp_path / "texts").mkdir()
    os.mkfifo(tmp_path / "texts/pipe.txt")
    (tmp_path / "texts/link.txt").symlink_to(tmp_path / "secret/a.txt")
    (tmp_path / "texts/round").symlink_to(tmp_path, target_is_directory=True)
    assert read_archive([str(tmp_path / "texts")]) == []


@pytest.mark.parametrize("folder", ["/nonesuch", "", "~nobody-of-this-name/x", "\0", "/" + "x" * 9999])
def test_a_folder_that_is_not_there_is_empty(folder: str) -> None:
    assert read_archive([folder]) == []


def test_the_work_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(9):
        write(tmp_path / f"{number}/a.txt", "text")
    monkeypatch.setattr(archive, "MOST_FILES", 4)
    assert len(read_archive([str(tmp_path)])) == 4
    monkeypatch.setattr(archive, "MOST_FOLDERS", 3)
    assert len(read_archive([str(tmp_path)])) == 2
