"""What stood after a sequence is what a plain search through the text finds."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from charrnn.concordance import BEGINNINGS, KINDS, ORDERS, PLACES, SHORTEST, Concordance
from charrnn.vocabulary import Vocabulary

VOCABULARY = Vocabulary.of("abA .\n")
TEXTS = st.text("abA .\u4e2d", max_size=60)
Found = dict[int, dict[str, int]]  # by the number of a length: how often each character followed


def plain(passages: list[str], before: str) -> Found:
    """By looking at every place."""
    found: Found = {}
    for number, order in enumerate((*ORDERS, *BEGINNINGS)):
        shortest = SHORTEST if order >= SHORTEST else order
        places = [
            (text[max(0, place - ORDERS[-1]) : place], text[place])
            for text in passages
            for place in range(shortest, len(text))
            if text[place] != "\u4e2d" and text[place - shortest : place] == before[-shortest:]
        ]
        parts = order < SHORTEST and before[-order:][:1] in ("a", "b", "A")
        followers = [letter for ending, letter in places[-PLACES:] if ending.endswith(before[-order:])]
        if len(before) >= order and followers and not parts:
            found[number] = dict(Counter(followers))
    return found


def beginning(before: str, length: int) -> int:
    """Where a match of that length begins: 0 no word is begun, 1 before a word, 2 with a name or before, 3 later."""
    before = before[-ORDERS[-1] :]
    word = before[len(before.rstrip("abA")) :]
    if not word:
        return 0
    if word[0] == "A":
        return 2 if length >= len(word) else 3
    return 1 if length > len(word) else 3


def looked_up(concordance: Concordance, before: str) -> Found:
    found: Found = {}
    for evidence in concordance.evidence(concordance.context(before)):
        counts = {VOCABULARY.decode([symbol]): count for symbol, count in evidence.counts}
        assert evidence.seen == sum(counts.values())
        assert counts[VOCABULARY.decode([evidence.best])] == max(counts.values())
        longest = (*ORDERS, *BEGINNINGS)[np.unravel_index(evidence.kinds[0], KINDS)[0]]
        for kind in evidence.kinds:
            number, where, seen, different, opinion = map(int, np.unravel_index(kind, KINDS))
            assert where == beginning(before, longest)
            assert (seen, different) == (min(evidence.seen, KINDS[2]) - 1, min(len(counts), KINDS[3]) - 1)
            assert opinion == 0
            assert number not in found
            found[number] = counts
    return found


@given(st.lists(TEXTS, min_size=1, max_size=5), TEXTS, st.integers(0, 4))
@example(["abab", "abab."], "abab", 4)  # a context shorter than a match, and a passage's beginning
@example(["ab" * 30, "abab ab"], "ababababab", 4)
@example([".Abaab."], "b Abaa", 4)  # a name, matched without what stands before it
def test_it_finds_what_a_plain_search_finds(passages: list[str], before: str, forgotten: int) -> None:
    concordance = Concordance(VOCABULARY, 1000)
    learned = [concordance.learn(text) for text in passages]
    for stop in range(len(before) + 1):
        assert looked_up(concordance, before[:stop]) == plain(passages, before[:stop][-ORDERS[-1] :])
    if forgotten < len(passages):
        concordance.unlearn(learned[forgotten])
        left = [text if n != forgotten else "\u4e2d" * len(text) for n, text in enumerate(passages)]
        assert set(looked_up(concordance, before)) == set(plain(left, before[-ORDERS[-1] :]))


@given(TEXTS, TEXTS)
def test_a_context_grows_symbol_by_symbol(before: str, added: str) -> None:
    concordance = Concordance(VOCABULARY, 1000)
    context = concordance.context(before)
    for symbol in VOCABULARY.encode(added).tolist():
        context = concordance.following(context, symbol)
    assert context == concordance.context(before + added)


def test_what_is_learned_later_is_found() -> None:
    concordance = Concordance(VOCABULARY, 1000)
    passage = concordance.learn("abba")
    assert looked_up(concordance, "abba") == {}
    concordance.extend(passage, "b")
    assert looked_up(concordance, "abba") == plain(["abbab"], "abba") != {}
