from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from charrnn.errors import ModelError, OptionError
from charrnn.vocabulary import Vocabulary
from charrnn_training.checkpoint import FILE as CHECKPOINT
from charrnn_training.corpus import write_shard
from charrnn_training.run_folder import Corpus, Record, RunFolder, read_record, write_record

RECORD = Record({"hidden": 8}, "english", "ab", [{"file": "a.txt", "characters": 5, "sha256": ""}], {"files": 1})


def begin(runs: Path, record: Record = RECORD) -> list[str]:
    """A run with text, as it stands before training."""
    folder = RunFolder(runs, "mine")
    with folder.locked():
        draft = folder.draft()
        vocabulary = Vocabulary.of("abc ")
        for part in ("training", "validation"):
            write_shard(draft / part, iter(["abc " * 500]), vocabulary)
        return folder.begin(record)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_record(tmp_path, RECORD)
    assert read_record(tmp_path) == RECORD


def test_a_run_is_resumed_with_its_text(tmp_path: Path) -> None:
    assert begin(tmp_path) == []
    (tmp_path / "mine" / CHECKPOINT).touch()
    record, corpus = RunFolder(tmp_path, "mine").resume()
    assert record == RECORD
    assert len(corpus.training) == 2001
    assert corpus.test is None
    assert corpus.judge is corpus.validation


def test_a_run_that_was_not_finished_is_set_aside(tmp_path: Path) -> None:
    begin(tmp_path)
    (tmp_path / "mine" / CHECKPOINT).write_text("first", encoding="utf-8")
    (said,) = begin(tmp_path)
    assert "--name mine.unfinished --resume" in said
    assert (tmp_path / "mine.unfinished" / CHECKPOINT).read_text(encoding="utf-8") == "first"
    assert not (tmp_path / "mine" / CHECKPOINT).exists()


def test_a_finished_run_is_replaced(tmp_path: Path) -> None:
    begin(tmp_path, Record({}, finished=True))
    (tmp_path / "mine" / CHECKPOINT).touch()
    assert begin(tmp_path) == []
    assert [path.name for path in tmp_path.glob("[!.]*")] == ["mine"]


def test_nothing_is_left_of_a_run_that_could_not_begin(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, "mine")
    with folder.locked():
        (folder.draft() / "documents").write_text("half", encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == [".mine.lock"]


def _hold(runs: Path, held: object, release: object) -> None:
    with RunFolder(runs, "mine").locked():
        held.set()  # type: ignore[attr-defined]
        release.wait(60)  # type: ignore[attr-defined]


def test_one_process_at_a_time_works_on_a_run(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held, release = context.Event(), context.Event()
    process = context.Process(target=_hold, args=(tmp_path, held, release))
    process.start()
    try:
        assert held.wait(60)
        with (
            pytest.raises(OptionError, match="A training named 'mine' is running"),
            RunFolder(tmp_path, "mine").locked(),
        ):
            pass
        with RunFolder(tmp_path, "other").locked():
            pass
    finally:
        release.set()
        process.join(60)
    with RunFolder(tmp_path, "mine").locked():
        pass


def test_there_must_be_a_run_to_resume(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"There is no run in .*mine to go on with\. Start without --resume"):
        RunFolder(tmp_path, "mine").resume()


@pytest.mark.parametrize("content", ["{", "[]", '{"unknown": 1}'])
def test_a_damaged_record_says_so(content: str, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=r"run\.json is damaged .* Start without --resume"):
        read_record(tmp_path)


def test_damaged_text_says_so(tmp_path: Path) -> None:
    begin(tmp_path)
    (tmp_path / "mine" / "validation" / "ids.npy").write_bytes(b"nothing")
    with pytest.raises(ModelError, match=r"The text of the run in .* is damaged"):
        Corpus.open(tmp_path / "mine")


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(OptionError, match=r"--runs is .* which cannot be written"),
        RunFolder(tmp_path / "file", "mine").locked(),
    ):
        pass


def test_a_run_whose_record_is_damaged_is_set_aside_too(tmp_path: Path) -> None:
    begin(tmp_path)
    (tmp_path / "mine" / CHECKPOINT).touch()
    (tmp_path / "mine" / "run.json").write_bytes(b"")  # as a loss of power leaves it
    (said,) = begin(tmp_path)
    assert "mine.unfinished" in said
    assert (tmp_path / "mine.unfinished" / CHECKPOINT).exists()


@pytest.mark.parametrize("name", ["mine", "mine.unfinished"])
def test_a_folder_that_is_no_run_is_left_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "novel.txt").write_text("It was late.", encoding="utf-8")
    with pytest.raises(OptionError, match=rf"{name} is there and is no training\. Choose another --name or --runs"):
        begin(tmp_path)
    assert (tmp_path / name / "novel.txt").exists()
