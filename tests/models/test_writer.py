from __future__ import annotations

import pytest

from charrnn.writer import Offer, take_blindly, take_reading, type_text, words_taken


@pytest.mark.parametrize(
    ("suggestion", "ahead", "expected"),
    [
        ("lo world", "lo world, he said", (8, 1)),
        ("lo world", "lo there", (2, 1)),
        ("lo the new", "lo the old", (6, 2)),
        ("lo there", "lost", (0, 0)),
        (" and", ", and", (0, 0)),
        ("wor", "world", (3, 1)),
        ("the man", "them and us", (0, 0)),
        ("the", "the", (3, 1)),
        ("", "anything", (0, 0)),
    ],
)
def test_whole_words_that_are_right_are_taken(suggestion: str, ahead: str, expected: tuple[int, int]) -> None:
    assert words_taken(suggestion, ahead) == expected


def test_without_suggestions_each_character_costs_a_key() -> None:
    typing = type_text("It was a bright cold day.", 0, lambda place: None)
    assert (typing.characters, typing.keys, typing.asked, typing.savings) == (25, 25, 25, 0)
    assert (typing.shown_rate, typing.precision) == (0, 0)


def test_an_oracle_saves_all_but_two_keys() -> None:
    text = "It was a bright cold day."
    typing = type_text(text, 0, lambda place: Offer(text[place:], 1.0))
    assert (typing.keys, typing.precision, typing.shown_rate) == (2, 1, 1)
    assert typing.savings == pytest.approx(1 - 2 / len(text))


def test_what_is_wrong_is_shown_but_not_taken() -> None:
    typing = type_text("abc def", 0, lambda place: Offer("xyz", 0.5) if place == 2 else None)
    assert (typing.keys, len(typing.looks), typing.precision) == (7, 1, 0)
    assert typing.looks[0].taken == 0


def test_the_beginning_is_given() -> None:
    asked: list[int] = []
    typing = type_text("given typed", 6, asked.append)
    assert asked == [7, 8, 9, 10, 11]
    assert typing.characters == 5


@pytest.mark.parametrize(
    ("shown", "ahead", "reading", "blind"),
    [
        ("lo world", "lo world, he said", (8, 8, 1), (8, 8, 1)),
        ("lo world", "lo there", (2, 2, 1), (2, 0, 2)),
        ("x", "xylophone", (1, 0, 0), (1, 1, 1)),
        ("them", "those", (0, 0, 0), (0, 0, 2)),
    ],
)
def test_takers_pay_for_what_they_take(
    shown: str, ahead: str, reading: tuple[int, int, int], blind: tuple[int, int, int]
) -> None:
    assert take_reading(shown, ahead) == reading
    assert take_blindly(shown, ahead) == blind


def test_keys_are_what_was_typed_and_what_taking_cost() -> None:
    text = "It was a bright cold day."
    typing = type_text(text, 0, lambda place: Offer(text[place : place + 4] if place % 2 else "no", 0.5), take_blindly)
    assert typing.characters == len(text)
    assert typing.characters - typing.keys == sum(look.saved for look in typing.looks)
    assert typing.asked == typing.characters - sum(look.taken for look in typing.looks)


def test_typing_stops_where_it_is_told() -> None:
    text = "one two three four"
    typing = type_text(text, 3, lambda place: Offer(text[place:], 1.0), stop=13)
    assert typing.characters == 10
    assert all(look.taken <= 13 - look.place for look in typing.looks)
