from __future__ import annotations

from itertools import islice, pairwise
from pathlib import Path

import pytest
from tests.conftest import ModelMaker

from charrnn.artifact import Artifact
from charrnn.errors import ModelError
from charrnn.model import open_model
from charrnn.sampling import Sampling
from charrnn.ui.shelf import LOADED, Book, Shelf
from charrnn.ui.streams import written

SAMPLINGS = [Sampling(0), Sampling(0.5, top_k=4), Sampling(1.5, top_p=0.9)]


@pytest.fixture
def book(tiny: Artifact) -> Book:
    return Book(open_model(tiny))


@pytest.mark.parametrize("prompt", ["Once", "", "\U0001f600 \r\n\u4e2d"])
def test_each_stream_is_what_the_model_generates_alone(book: Book, prompt: str) -> None:
    *_, texts = written(book, prompt, SAMPLINGS, 5, 40)
    assert texts == ["".join(islice(book.model.generate(prompt, sampling, 5), 40)) for sampling in SAMPLINGS]


def test_a_stream_only_grows(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charrnn.ui.streams.PAUSE", 0)
    views = [texts[0] for texts in written(book, "Once", SAMPLINGS[:1], 5, 30)]
    assert len(views) == 30
    assert all(later.startswith(earlier) for earlier, later in pairwise(views))


def test_nothing_is_read_of_a_long_prompt_but_its_end(book: Book) -> None:
    *_, (short,) = written(book, "It was so. " * 300, SAMPLINGS[:1], 5, 20)
    *_, (long,) = written(book, "Another beginning. " + "It was so. " * 300, SAMPLINGS[:1], 5, 20)
    assert short == long


def test_a_model_that_was_trained_again_is_read_again(make_model: ModelMaker, tmp_path: Path) -> None:
    first = make_model("again", tmp_path)
    shelf = Shelf(str(first.path))
    before = shelf.take(str(first.path))
    make_model("again", tmp_path, hidden=24)
    after = shelf.take(str(first.path))
    assert (before.model.cell.architecture.hidden, after.model.cell.architecture.hidden) == (16, 24)
    assert shelf.take(str(first.path)) is after


def test_the_shelf_keeps_the_models_used_last(tiny: Artifact) -> None:
    shelf = Shelf(str(tiny.path))
    first = shelf.take(str(tiny.path))
    assert shelf.take(str(tiny.path)) is first
    for number in range(LOADED):
        shelf.take(str(tiny.path) + "/." * (number + 1))  # other names of the same
    assert shelf.take(str(tiny.path)) is not first
    assert shelf.names()[0] == str(tiny.path)
    with pytest.raises(ModelError, match="no model named 'nobody'"):
        shelf.take("nobody")
