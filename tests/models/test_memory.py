from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.memory import Memory
from charrnn.vocabulary import SPECIALS, Vocabulary

VOCABULARY = Vocabulary.of("abcdefghijklmnopqrstuvwxyz .\nQ")
FLAT = np.full(len(VOCABULARY), 1 / (len(VOCABULARY) - len(SPECIALS)), np.float32)
FLAT[: len(SPECIALS)] = 0
NAME = "the ship of queen zarquona sailed. "


def predicted(memory: Memory, before: str) -> np.ndarray:
    """The distribution after `before` where the network knows nothing."""
    p = FLAT.copy()
    memory.mix(p[None], [1.0], [memory.context(before)])
    return p / p.sum()


def symbol(letter: str) -> int:
    return int(VOCABULARY.encode(letter)[0])


def test_what_was_written_once_is_expected_the_second_time() -> None:
    memory = Memory(VOCABULARY)
    memory.learn(NAME)
    assert predicted(memory, "of queen zarq").argmax() == symbol("u")
    assert predicted(memory, "of queen zarq")[symbol("u")] > 2 * FLAT[symbol("u")]


def test_an_empty_memory_changes_nothing() -> None:
    assert (predicted(Memory(VOCABULARY), "of queen zarq") == FLAT).all()


@given(st.lists(st.text("abq .", min_size=4, max_size=30), max_size=6), st.text("abq .", max_size=12))
def test_a_mixture_is_a_distribution(passages: list[str], before: str) -> None:
    memory = Memory(VOCABULARY)
    for passage in passages:
        memory.learn(passage)
    p = predicted(memory, before)
    assert p.sum() == pytest.approx(1, abs=1e-4)
    assert (p >= 0).all()
    assert (p[: len(SPECIALS)] == 0).all()


@given(st.floats(1e-12, 1e12), st.text("abq .", max_size=12))
def test_probabilities_may_have_a_factor(factor: float, before: str) -> None:
    memory = Memory(VOCABULARY)
    memory.learn(NAME)
    p = FLAT[None] * np.float32(factor)
    memory.mix(p, [factor], [memory.context(before)])
    assert p[0] / p.sum() == pytest.approx(predicted(memory, before), rel=1e-4)


def test_one_that_is_always_right_leaves_the_network_a_say() -> None:
    memory = Memory(VOCABULARY)
    memory.learn(NAME)
    for _ in range(10_000):
        memory.adapt(memory.expect(FLAT, memory.context("of queen zarq")), symbol("u"))
    p = predicted(memory, "of queen zarq")
    assert p[symbol("u")] > 0.999
    assert p[symbol("x")] > 0


def test_longer_matches_have_more_say_once_they_prove_right() -> None:
    memory = Memory(VOCABULARY)
    memory.learn(NAME)
    before = predicted(memory, "of queen zarq")[symbol("u")]
    for _ in range(200):
        memory.adapt(memory.expect(FLAT, memory.context("of queen zarq")), symbol("u"))
    trusted = predicted(memory, "of queen zarq")[symbol("u")]
    for _ in range(400):
        memory.adapt(memory.expect(FLAT, memory.context("of queen zarq")), symbol("x"))
    distrusted = predicted(memory, "of queen zarq")[symbol("u")]
    assert distrusted < before < trusted
    assert trusted > 0.9


def test_what_is_unlearned_predicts_nothing() -> None:
    memory = Memory(VOCABULARY)
    passage = memory.learn(NAME)
    memory.learn("and something else entirely")
    memory.unlearn(passage)
    assert (predicted(memory, "of queen zarq") == FLAT).all()
    assert len(memory) == len("and something else entirely")
    memory.unlearn(passage)
    assert len(memory) == len("and something else entirely")


def test_a_passage_grows_only_at_the_end_of_the_memory() -> None:
    memory = Memory(VOCABULARY)
    passage = memory.learn("of queen zar")
    assert memory.extend(passage, "quona")
    assert predicted(memory, "of queen zarq").argmax() == symbol("u")
    memory.learn("something else")
    assert not memory.extend(passage, " sailed")


def test_forgetting_forgets_all() -> None:
    memory = Memory(VOCABULARY)
    memory.learn(NAME)
    memory.adapt(memory.expect(FLAT, memory.context("of queen zarq")), symbol("u"))
    memory.forget()
    assert len(memory) == 0
    assert (predicted(memory, "of queen zarq") == FLAT).all()
    memory.learn(NAME)
    assert predicted(memory, "of queen zarq").argmax() == symbol("u")


def test_it_is_bounded_and_forgets_the_oldest_first() -> None:
    memory = Memory(VOCABULARY, capacity=2000)
    first = memory.learn(NAME)
    for n in range(400):
        memory.learn(f"line number {chr(97 + n % 26)} of many that are written in a day. ")
        assert len(memory) <= 4000
        assert len(memory._symbols) <= 4100
    assert first.start == first.stop
    assert (predicted(memory, "of queen zarq") == FLAT).all()
    assert predicted(memory, "that are writ").argmax() == symbol("t")
    assert not memory.extend(first, "more")


def test_many_short_lines_do_not_fill_it_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    compacted: list[int] = []
    compact = Memory._compact
    monkeypatch.setattr(Memory, "_compact", lambda memory, size: compacted.append(size) or compact(memory, size))
    memory = Memory(VOCABULARY, capacity=2000)
    for n in range(4000):
        memory.learn("\n" + chr(97 + n % 26))
        assert len(memory._symbols) <= 4020
    assert 0 < len(compacted) < 30


def test_a_passage_larger_than_it_is_learned_as_far_as_there_is_room() -> None:
    memory = Memory(VOCABULARY, capacity=1000)
    memory.learn(NAME * 100)
    assert len(memory) == 1000


def test_unknown_characters_are_never_predicted() -> None:
    memory = Memory(VOCABULARY)
    memory.learn("of queen \u4e2d\u6587 and queen \u4e2d\u6587 again")
    assert predicted(memory, "of queen ")[: len(SPECIALS)].sum() == 0
