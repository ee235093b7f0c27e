"""The alphabet: reading may stop and go on anywhere, and nothing is lost that the alphabet has."""

from __future__ import annotations

import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.errors import ModelError
from charrnn.vocabulary import DOCUMENT, FOLDS, SPECIALS, UNKNOWN, Vocabulary

ALPHABET = "\n" + string.printable[:95] + "éß"
VOCABULARY = Vocabulary.of(ALPHABET)
# Not st.text: it would draw evenly from all characters, and hardly ever one of these.
ANY_TEXT = st.lists(st.sampled_from([*FOLDS, *"abc \n\r"]) | st.characters(exclude_categories=[])).map("".join)


@given(st.text(st.sampled_from(ALPHABET)))
def test_what_the_alphabet_has_comes_back(text: str) -> None:
    assert VOCABULARY.decode(VOCABULARY.encode(text)) == text


@given(ANY_TEXT, ANY_TEXT)
def test_reading_may_stop_and_go_on_anywhere(first: str, second: str) -> None:
    if first.endswith("\r") and second.startswith("\n"):
        second = second[1:]
    whole = VOCABULARY.encode(first + second)
    assert np.array_equal(whole, np.concatenate([VOCABULARY.encode(first), VOCABULARY.encode(second)]))


@given(ANY_TEXT)
def test_any_text_has_ids(text: str) -> None:
    ids = VOCABULARY.encode(text)
    assert ids.dtype == np.int64
    assert all(0 <= i < len(VOCABULARY) and i != DOCUMENT for i in ids.tolist())


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("\u201cIt\u2019s\u201d", '"It\'s"'),
        ("one\u2014two\u2013three\u2026", "one--two-three..."),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("\u00adsoft\u200b\ufeff", "soft"),
        ("caf\u00e9 na\u00efve", "caf\u00e9 naive"),  # an accent that the alphabet has stays
        ("cafe\u0301", "cafe"),
        ("\ufb01ne \ufb03", "fine ffi"),
        ("\u00a0\t\u3000", "   "),
        ("\uff21\u2460", "A1"),
    ],
)
def test_typography_is_folded_away(text: str, plain: str) -> None:
    assert VOCABULARY.decode(VOCABULARY.encode(text)) == plain


@pytest.mark.parametrize("character", ["\U0001f600", "\u65e5", "\ud800", "\0", "\x1b", "\u0378", "\U0010ffff"])
def test_what_has_no_place_is_unknown(character: str) -> None:
    assert VOCABULARY.encode(f"a{character}b").tolist() == [*VOCABULARY.encode("a"), UNKNOWN, *VOCABULARY.encode("b")]


def test_specials_are_never_letters() -> None:
    assert VOCABULARY.decode([UNKNOWN, DOCUMENT]) == "\ufffd"
    assert VOCABULARY.symbols[: len(SPECIALS)] == SPECIALS


def test_ids_are_in_code_point_order_and_without_doubles() -> None:
    vocabulary = Vocabulary.of("banana\u2019")
    assert vocabulary.symbols == (*SPECIALS, "'", "a", "b", "n")
    assert "'" in vocabulary
    assert "\u2019" not in vocabulary


def test_an_empty_alphabet_knows_nothing() -> None:
    assert Vocabulary.of("").encode("ab").tolist() == [UNKNOWN, UNKNOWN]


@pytest.mark.parametrize(
    ("symbols", "message"),
    [
        (("a", "b"), "must begin with"),
        ("abc", "must begin with"),
        ((*SPECIALS, "a", "a"), "different single characters"),
        ((*SPECIALS, "ab"), "different single characters"),
        ((*SPECIALS, ""), "different single characters"),
        ((*SPECIALS, "\0"), "different single characters"),
    ],
)
def test_a_wrong_list_of_symbols_is_refused(symbols: tuple[str, ...], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        Vocabulary(symbols)
