"""What is shown: stable while the writer types along, the same for the same text, and silent where unwelcome."""

from __future__ import annotations

import dataclasses

import pytest

from charrnn.artifact import Artifact
from charrnn.cell import Cell, Ids, Logits, State
from charrnn.excerpt import Excerpt
from charrnn.memory import Memory
from charrnn.model import Model
from charrnn.onnx_cell import OnnxCell
from charrnn.prefix_cache import Context, PrefixCache
from charrnn.sampling import Sampling
from charrnn.search import SearchOptions
from charrnn.suggestions import ALTERNATIVES, REMEMBERED, Suggestions

ALWAYS = SearchOptions(min_confidence=0.0, max_characters=30, length="line")


class Counting:
    """A cell that counts how often it runs."""

    def __init__(self, cell: Cell) -> None:
        self.architecture = cell.architecture
        self.runs = 0
        self._cell = cell

    def run(self, ids: Ids, state: State) -> tuple[Logits, State]:
        self.runs += 1
        return self._cell.run(ids, state)

    def score(self, ids: Ids, state: State) -> tuple[Logits, State]:
        self.runs += 1
        return self._cell.score(ids, state)


class Writer:
    """Asks for suggestions as an editor does, and counts what they cost."""

    def __init__(self, artifact: Artifact, settings: SearchOptions = ALWAYS) -> None:
        self.cell = Counting(OnnxCell(artifact))
        model = Model(artifact, self.cell, PrefixCache(self.cell, artifact.vocabulary))
        self.suggestions = Suggestions(model, settings)

    def ask(self, before: str, after: str = "", invoked: bool = False) -> list[str]:
        *turns, shown = self.suggestions.suggest(Excerpt(Context(before, from_start=True), after), invoked)
        assert all(turn is None for turn in turns)
        assert shown is not None
        return [suggestion.text for suggestion in shown]

    def ask_free(self, before: str, after: str = "", invoked: bool = False) -> list[str]:
        """Ask, and see that the network was not run for it."""
        runs = self.cell.runs
        shown = self.ask(before, after, invoked)
        assert self.cell.runs == runs
        return shown


@pytest.fixture
def writer(tiny: Artifact) -> Writer:
    return Writer(tiny)


@pytest.mark.parametrize("before", ["It was", "", "x", "One more "])
def test_typing_what_is_shown_serves_the_rest(writer: Writer, before: str) -> None:
    (shown,) = writer.ask(before)
    for typed in range(1, len(shown) - 1):
        assert writer.ask_free(before + shown[:typed]) == [shown[typed:]]


def test_a_word_that_is_taken_leaves_the_rest(writer: Writer) -> None:
    (shown,) = writer.ask("It was")
    assert writer.ask_free("It was" + shown[:9]) == [shown[9:]]
    assert writer.ask_free("It was" + shown[:20]) == [shown[20:]]


def test_one_character_that_is_left_is_not_shown(writer: Writer) -> None:
    (shown,) = writer.ask("It was")
    for text in (shown[:-1], shown):
        assert all(len(rest) > 1 for rest in writer.ask("It was" + text))


def test_after_a_typo_and_a_backspace_the_answer_is_there_again(writer: Writer) -> None:
    (shown,) = writer.ask("It was")
    typed = "It was" + shown[:4]
    (rest,) = writer.ask(typed)
    wrong = "~" if rest[0] != "~" else "#"
    assert writer.ask(typed + wrong) != [rest[1:]]
    assert writer.ask_free(typed) == [rest]
    assert writer.ask_free("It was") == [shown]


def test_the_same_text_always_gives_the_same(tiny: Artifact) -> None:
    settings = dataclasses.replace(ALWAYS, sampling=Sampling(0.9), length="phrase")
    texts = [f"Line {n}.\nIt was" for n in range(8)]
    first, second = Writer(tiny, settings), Writer(tiny, settings)
    expected = [first.ask(text) for text in texts]
    assert [second.ask(text) for text in texts[::-1]][::-1] == expected
    assert [first.ask_free(text) for text in texts] == expected


def test_silence_is_remembered_too(tiny: Artifact) -> None:
    writer = Writer(tiny, SearchOptions(min_confidence=0.99))
    assert writer.ask("It was") == []
    assert writer.ask_free("It was") == []


def test_asked_by_hand_there_are_several(writer: Writer) -> None:
    shown = writer.ask("It was", invoked=True)
    assert 2 <= len(shown) <= ALTERNATIVES
    assert len(set(shown)) == len(shown)


def test_asked_by_hand_what_is_shown_comes_first(writer: Writer) -> None:
    shown = writer.ask("It was")
    asked = writer.ask("It was", invoked=True)
    assert asked[: len(shown)] == shown
    assert len(asked) > len(shown)


def test_asked_by_hand_the_threshold_does_not_matter(tiny: Artifact) -> None:
    writer = Writer(tiny, SearchOptions(min_confidence=0.99))
    assert writer.ask("It was") == []
    assert writer.ask("It was", invoked=True)
    assert writer.ask("It was") == []  # and asking by hand changes nothing for later


@pytest.mark.parametrize(("after", "welcome"), [("", True), (" next", True), (".", True), (")", True), ("d", False)])
def test_inside_a_word_nothing_is_shown_unasked(writer: Writer, after: str, welcome: bool) -> None:
    assert bool(writer.ask("It wa", after)) is welcome
    assert writer.ask("It wa", after, invoked=True)


def test_silence_inside_a_word_costs_nothing(writer: Writer) -> None:
    assert writer.ask_free("It wa", "s") == []


def test_in_the_middle_of_a_line_it_is_one_word(tiny: Artifact) -> None:
    (shown,) = Writer(tiny).ask("It was", " the end")
    assert " " not in shown.strip()


def test_what_follows_anyway_is_not_suggested(writer: Writer) -> None:
    (shown,) = writer.ask("It was", " x")
    assert shown not in writer.ask("It was", shown + " and more")


def test_the_rest_is_not_served_where_other_text_follows(writer: Writer) -> None:
    (shown,) = writer.ask("It was")
    runs = writer.cell.runs
    writer.ask("It was" + shown[:3], " something else")
    assert writer.cell.runs > runs


def test_memory_is_bounded(tiny: Artifact) -> None:
    writer = Writer(tiny, dataclasses.replace(ALWAYS, max_characters=2, candidates=1))
    for number in range(REMEMBERED + 40):
        writer.ask(f"{number}:")
    assert len(writer.suggestions._answers) == REMEMBERED


def test_suggestions_are_in_the_writers_typography(tiny: Artifact) -> None:
    writer = Writer(tiny, dataclasses.replace(ALWAYS, max_characters=200, candidates=8))
    curly, straight = "\u201cIt\u2019s \u201cso\u201d,\u201d he said", '"It\'s "so"," he said'
    assert not set("".join(writer.ask(curly, invoked=True))) & set("'\"")
    assert not set("".join(writer.ask(straight, invoked=True))) & set("\u201c\u201d\u2018\u2019")


@pytest.mark.parametrize("before", ["\u65e5\u672c\u8a9e", "\U0001f600", "\ud800", "", "\n\n", "a" * 2000])
def test_any_text_has_an_answer(writer: Writer, before: str) -> None:
    assert writer.ask(before)


def test_it_gives_way_between_steps(writer: Writer) -> None:
    turns = list(writer.suggestions.suggest(Excerpt(Context("It was", from_start=True), ""), False))
    assert turns.count(None) >= 10


def test_before_other_text_what_leads_over_to_it_is_asked_of_the_network(tiny: Artifact) -> None:
    writer = Writer(tiny, dataclasses.replace(ALWAYS, length="word"))
    plain = writer.ask("It was ")
    runs = writer.cell.runs
    assert plain
    assert writer.ask("It was ", " and then")
    assert writer.cell.runs > runs + len(" and then")


def test_confidence_follows_the_writer_only_while_the_memory_is_on(tiny: Artifact) -> None:
    for memory in (None, Memory(tiny.vocabulary)):
        writer = Writer(tiny)
        model = writer.suggestions.model
        model.memory = memory
        before = model.calibration
        assert writer.ask("It was")
        writer.ask("It was{")
        assert (model.calibration != before) is (memory is not None)
        model.forget()
        assert model.calibration == before
        assert model._expected is None
        assert model.cache.size == 0
