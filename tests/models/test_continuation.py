"""What a continuation is worth, worked out by hand."""

from __future__ import annotations

import pytest

from charrnn.continuation import END, LOOK, Continuation


def grown(*steps: tuple[str, float]) -> Continuation:
    """A continuation by characters, each with its probability; white space follows all of them with probability 0.5."""
    node = Continuation("")
    for letter, p in steps:
        node.space = 0.5
        node = node.child(letter, node.probability * p, 0.0, 0.0, b"")
    return node


def test_a_word_saves_its_characters_but_one_and_stands_in_the_way_where_it_is_wrong() -> None:
    node = grown(("t", 0.8), ("h", 0.5), ("e", 0.5))  # the, with 0.2
    right = 0.2 * 0.9**END
    stale = 0.8 - right  # after t; after th, one character is left, and is not shown
    assert node.worth_of_all(3, 0.9) == pytest.approx(right * 2 - LOOK * stale)


def test_of_two_words_the_first_may_be_right_alone() -> None:
    node = grown(("n", 0.6), ("o", 1.0), (" ", 0.5), ("i", 0.5), ("t", 1.0))  # no with 0.6, no it with 0.15
    first, both = 0.6 * 0.5, 0.15 * 0.9**END
    stale = (0.6 - first) * 2 + (0.3 - both)  # after n and no; then after the space
    assert node.worth_of_all(5, 0.9) == pytest.approx((first - both) * 1 + both * 4 - LOOK * stale)


def test_a_further_word_adds_what_it_saves_beyond_those_before_it() -> None:
    node = grown(("a", 0.8), ("n", 1), (" ", 0.5), ("o", 0.8), ("x", 1), (" ", 0.5), ("i", 0.5), ("s", 1))
    first, two, all_of_it = 0.8 * 0.5, 0.8 * 0.5 * 0.8 * 0.5, 0.08 * 0.9**END
    expected = (first - two) * 1 + (two - all_of_it) * 3 + all_of_it * 7
    assert node.worth_of_all(8, 0.9, cost=0) == pytest.approx(expected)


@pytest.mark.parametrize(("text", "words"), [(" an", 0), ("an ", 1), ("an  ox", 1), ("an ox  ", 2)])
def test_the_first_space_after_a_word_ends_it(text: str, words: int) -> None:
    assert grown(*((letter, 0.5) for letter in text)).words == words


def test_what_it_may_become_is_worth_no_more_than_was_promised() -> None:
    steps = [("s", 0.5), ("o", 0.5), (" ", 0.9), ("i", 0.4), ("t", 0.8), (" ", 0.9), ("w", 0.2)]
    for count in range(1, len(steps)):
        promised = grown(*steps[:count]).worth_of_all(20, 1)
        for more in range(count + 1, len(steps) + 1):
            assert grown(*steps[:more]).worth_of_all(more, 0.9) <= promised


def test_sentences_end_with_what_closes_them_and_words_with_letters() -> None:
    node = grown(("n", 0.9), ("o", 0.9), (".", 0.5), ('"', 0.5))
    assert node.has_word
    assert node.ends_sentence
    assert not node.child(" ", -5.0, 0.0, 0.0, b"").ends_sentence
    assert not grown(("-", 0.5)).has_word


def test_what_is_asked_for_by_hand_stands_in_nobodys_way() -> None:
    node = grown(("t", 0.8), ("h", 0.5), ("e", 0.5))
    assert node.worth_of_all(3, 0.9, cost=0) == pytest.approx(0.2 * 0.9**END * 2)
