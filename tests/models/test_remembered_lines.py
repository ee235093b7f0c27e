"""The memory of a document follows its edits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn import remembered_lines
from charrnn.concordance import KINDS, ORDERS
from charrnn.memory import Match, Memory
from charrnn.remembered_lines import RememberedLines
from charrnn.vocabulary import SPECIALS, Vocabulary

VOCABULARY = Vocabulary.of("abcdefghijklmnopqrstuvwxyz .\nQ")
FLAT = np.full(len(VOCABULARY), 1 / (len(VOCABULARY) - len(SPECIALS)), np.float32)
FLAT[: len(SPECIALS)] = 0
NAME = "the ship of queen zarquona sailed. "
LINES = st.lists(st.text("abq .", max_size=14), min_size=1, max_size=5)


def length_of(match: Match) -> int:
    return int(np.unravel_index(match.kind, KINDS)[0])


@given(LINES, st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3), LINES), max_size=8))
def test_after_any_edits_it_holds_the_text_and_nothing_else(
    lines: list[str], edits: list[tuple[int, int, list[str]]]
) -> None:
    memory = Memory(VOCABULARY)
    remembered = RememberedLines(memory, lines)
    mirror = list(lines)
    for first, removed, new in edits:
        at = min(first, len(mirror))
        count = min(removed, len(mirror) - at)
        remembered.replace(at, count, new)
        mirror[at : at + count] = new
        if first % 2:
            list(remembered.catch_up())
    list(remembered.catch_up())
    assert remembered.unknown == 0
    assert len(memory) == sum(len(line) + 1 for line in mirror)
    fresh = Memory(VOCABULARY)
    for line in mirror:
        fresh.learn("\n" + line)
    for line in mirror:
        for stop in range(len(line) + 1):
            before = ("\n" + line[:stop])[-ORDERS[-1] :]
            expected = {length_of(match) for match in fresh.expect(FLAT, fresh.context(before)).matches}
            found = memory.expect(FLAT, memory.context(before)).matches
            assert {length_of(match) for match in found} == expected
    remembered.close()
    assert len(memory) == 0


def test_typing_at_the_end_of_a_line_needs_no_catching_up() -> None:
    memory = Memory(VOCABULARY)
    remembered = RememberedLines(memory, [""])
    list(remembered.catch_up())
    line = ""
    for letter in NAME:
        line += letter
        remembered.replace(0, 1, [line])
        assert remembered.unknown == 0
    p = FLAT.copy()
    memory.mix(p[None], [1.0], [memory.context("of queen zarq")])
    assert p.argmax() == VOCABULARY.encode("u")[0]
    assert len(memory._symbols) < len(NAME) + 2 * ORDERS[-1]


def test_of_a_very_long_line_the_end_is_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered_lines, "LONGEST", 100)
    memory = Memory(VOCABULARY)
    remembered = RememberedLines(memory, [NAME * 100, ""])
    list(remembered.catch_up())
    assert len(memory) <= 102
    remembered.replace(1, 1, [NAME * 100])  # in one go, as it is pasted
    assert len(memory) <= 202
    p = FLAT.copy()
    memory.mix(p[None], [1.0], [memory.context("of queen zarq")])
    assert p.argmax() == VOCABULARY.encode("u")[0]


def test_what_is_written_in_one_line_for_ever_is_bounded() -> None:
    memory = Memory(VOCABULARY, capacity=1000)
    remembered = RememberedLines(memory, [""])
    list(remembered.catch_up())
    line = ""
    for _ in range(200):
        line += NAME
        remembered.replace(0, 1, [line])
        assert len(memory._symbols) <= 2000 + 2 * ORDERS[-1]
