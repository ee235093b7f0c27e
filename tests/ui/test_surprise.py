from __future__ import annotations

import numpy as np
import pytest

from charrnn.artifact import Artifact
from charrnn.evaluation import character_bits
from charrnn.model import open_model
from charrnn.ui.drawing import bars
from charrnn.ui.shelf import Book
from charrnn.ui.surprise import EVERY, INTERVAL, Scored, expected, score

TEXT = "It was \u201cso\u201d \u2014 na\u00efve,\n\u4e2d\U0001f600. " * 30


@pytest.fixture(scope="module")
def book(tiny: Artifact) -> Book:
    return Book(open_model(tiny))


def scored(book: Book, text: str) -> Scored:
    *_, found = score(book, text)
    return found


def test_the_bits_are_those_of_the_evaluation(book: Book) -> None:
    found = scored(book, TEXT)
    bits = character_bits(book.model.cell, book.model.vocabulary, TEXT)
    assert len(TEXT) > 2 * INTERVAL
    np.testing.assert_allclose(found.bits, bits, rtol=1e-4, atol=1e-5)
    assert found.bits_per_character == pytest.approx(bits.mean(), rel=1e-4)


@pytest.mark.parametrize("place", [0, 1, INTERVAL - 1, INTERVAL, INTERVAL + 7, len(TEXT) - 1])
def test_what_was_expected_agrees_with_the_bits(book: Book, place: int) -> None:
    found = scored(book, TEXT)
    likely = expected(found, place, count=5)
    (real,) = [one for one in likely if one.stands]
    symbols = book.model.vocabulary.encode(TEXT[place])
    if len(symbols) == 1:  # of several symbols the first is told, and the bits are of all
        assert -np.log2(real.probability) == pytest.approx(found.bits[place], abs=1e-3)
    assert [one.probability for one in likely[:-1]] == sorted((one.probability for one in likely[:-1]), reverse=True)


def test_a_long_text_is_told_of_on_the_way(book: Book) -> None:
    read = [found.read for found in score(book, "a" * (2 * EVERY + 1))]
    assert read == [EVERY, 2 * EVERY, 2 * EVERY + 1]


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_line_ends_are_one_character(book: Book, ends: str) -> None:
    assert scored(book, f"a{ends}b").text == "a\nb"


def test_no_text_costs_nothing(book: Book) -> None:
    assert scored(book, "").bits_per_character == 0


def test_bars_escape_what_they_show(book: Book) -> None:
    found = scored(book, "<b>")
    drawn = bars(expected(found, 0), "<", float(found.bits[0]))
    assert "Here stands <b>&lt;</b>, which cost" in drawn
    assert drawn.count('class="bar real"') == 1
