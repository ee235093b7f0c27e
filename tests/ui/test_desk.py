from __future__ import annotations

from dataclasses import replace

import pytest
from tests.conftest import ModelMaker

from charrnn.artifact import Artifact
from charrnn.calibration import percent
from charrnn.errors import OptionError
from charrnn.library import BUNDLED, DEFAULT
from charrnn.model import open_model
from charrnn.search import SearchOptions
from charrnn.ui.desk import SHEETS, Desk, Wish
from charrnn.ui.shelf import Shelf

TEXT = "Once there was a quarrel. Once th"


@pytest.fixture(scope="module")
def sharp(make_model: ModelMaker) -> Artifact:
    return make_model("sharp", sharpness=4.0)


@pytest.fixture
def desk(sharp: Artifact) -> Desk:
    return Desk(Shelf(str(sharp.path)))


@pytest.fixture
def wish(sharp: Artifact) -> Wish:
    return Wish(str(sharp.path), TEXT, len(TEXT), 0.0, "phrase", memory=False, invoked=False)


def test_what_is_shown_is_what_the_model_completes(desk: Desk, wish: Wish, sharp: Artifact) -> None:
    answer = desk.answer("a", wish)
    (expected,) = open_model(sharp).complete(TEXT, SearchOptions(min_confidence=0))
    assert [item["text"] for item in answer["items"]] == [expected.text]
    assert answer["reason"] == "shown"
    assert answer["message"] == f"Shown: right {percent(expected.confidence)} of the time."


def test_silence_names_the_guess_and_the_threshold(desk: Desk, wish: Wish) -> None:
    answer = desk.answer("a", replace(wish, min_confidence=1.0))
    assert (answer["items"], answer["reason"]) == ([], "unsure")
    assert "and the threshold is 100%." in answer["message"]


def test_inside_a_word_it_is_silent_until_asked_by_hand(desk: Desk, wish: Wish) -> None:
    inside = replace(wish, cursor=2)
    assert desk.answer("a", inside)["reason"] == "insideWord"
    assert desk.answer("a", replace(inside, invoked=True))["reason"] != "insideWord"


def test_by_hand_there_are_others(desk: Desk, wish: Wish) -> None:
    items = desk.answer("a", replace(wish, invoked=True, min_confidence=1.0))["items"]
    assert len({item["text"] for item in items}) == len(items) > 1


def test_the_memory_follows_every_edit(desk: Desk, wish: Wish) -> None:
    """However a text came about, its memory has the lines of it."""
    texts = ["", "One line\nand another", "One line\nbetween\nand another", "One", "One\n\n\nline", TEXT * 3, "\r\nx\n"]
    for text in texts:
        desk.answer("a", replace(wish, text=text, cursor=len(text), memory=True))
        remembered = desk._sheets["a"]._remembered
        assert remembered is not None
        assert remembered._texts == text.replace("\r\n", "\n").split("\n")


@pytest.mark.skipif(not (BUNDLED / DEFAULT).exists(), reason="the bundled model is not here")
def test_a_name_is_known_again_where_the_memory_is_on(wish: Wish) -> None:
    desk = Desk(Shelf(DEFAULT))
    text = "Nobody has seen Quastelmoor.\n" * 4 + "Where is Quas"
    named = replace(wish, model=DEFAULT, text=text, cursor=len(text))
    assert not desk.answer("without", named)["items"][0]["text"].startswith("telmoor")
    assert desk.answer("with", replace(named, memory=True))["items"][0]["text"].startswith("telmoor")


@pytest.mark.parametrize("cursor", [-5, 0, len(TEXT) + 100])
def test_a_cursor_out_of_the_text_is_taken_to_be_in_it(desk: Desk, wish: Wish, cursor: int) -> None:
    assert desk.answer("a", replace(wish, cursor=cursor))["reason"] in ("shown", "unsure", "insideWord")


def test_sheets_are_put_away(desk: Desk, wish: Wish) -> None:
    for number in range(SHEETS + 3):
        desk.answer(str(number), wish)
    assert len(desk._sheets) == SHEETS


def test_a_setting_out_of_its_range_is_an_error(desk: Desk, wish: Wish) -> None:
    with pytest.raises(OptionError, match="min_confidence is 2"):
        desk.answer("a", replace(wish, min_confidence=2))
