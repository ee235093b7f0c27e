"""The cache saves steps and changes nothing: a cached reading is a fresh reading."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn.artifact import Artifact
from charrnn.cell import Cell, Ids, Logits, State, initial_state
from charrnn.onnx_cell import OnnxCell
from charrnn.prefix_cache import BURST, HURRIED, INTERVAL, Context, PrefixCache, Reading
from charrnn.vocabulary import DOCUMENT, Vocabulary

PROSE = "The rain had stopped, and the street was quiet; nobody had opened the window yet.\n"


class Counting:
    """A cell that counts the characters it reads."""

    def __init__(self, cell: Cell) -> None:
        self.architecture = cell.architecture
        self.read = 0
        self._cell = cell

    def run(self, ids: Ids, state: State) -> tuple[Logits, State]:
        self.read += ids.size
        return self._cell.run(ids, state)

    def score(self, ids: Ids, state: State) -> tuple[Logits, State]:
        self.read += ids.size
        return self._cell.score(ids, state)


class Reader:
    """A cache, and what it costs to read with it."""

    def __init__(self, artifact: Artifact, capacity: int = 32 << 20) -> None:
        self.vocabulary = artifact.vocabulary
        self.cell = Counting(OnnxCell(artifact))
        self.cache = PrefixCache(self.cell, artifact.vocabulary, capacity)

    def read(self, text: str, from_start: bool = True) -> Reading:
        *turns, reading = self.cache.read(Context(text, from_start))
        assert all(turn is None for turn in turns)
        assert reading is not None
        return reading

    def cost(self, text: str) -> int:
        """How many characters the network reads for this text now."""
        before = self.cell.read
        self.read(text)
        return self.cell.read - before


@pytest.fixture
def reader(tiny: Artifact) -> Reader:
    return Reader(tiny)


def fresh(cell: Cell, vocabulary: Vocabulary, text: str, from_start: bool) -> tuple[Logits, State]:
    """What the network makes of a text, one character at a time."""
    state = initial_state(cell.architecture)
    logits = np.zeros((1, cell.architecture.vocabulary), np.float32)
    beginning = [DOCUMENT] if from_start or not text else []
    for i in [*beginning, *vocabulary.encode(text).tolist()]:
        logits, state = cell.run(np.array([[i]]), state)
    return logits, state


def assert_fresh(reader: Reader, text: str, from_start: bool = True) -> None:
    reading = reader.read(text, from_start)
    logits, state = fresh(reader.cell, reader.vocabulary, text, from_start)
    assert np.array_equal(reading.state, state)
    assert np.allclose(reading.logits, logits, atol=1e-6)


Edit = tuple[int, int, str, bool]
EDITS = st.lists(
    st.tuples(
        st.integers(0, 400),  # where
        st.integers(0, 40),  # how much is deleted
        st.sampled_from(["", "a", "x", " ", "\n", "\u2019", "\u2014", "\u00ad", "\U0001f600", PROSE, PROSE * 3]),
        st.booleans(),  # the document begins there
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(EDITS, st.sampled_from([0, 1500, 32 << 20]))
def test_cached_is_fresh_whatever_is_edited(tiny: Artifact, edits: list[Edit], capacity: int) -> None:
    reader = Reader(tiny, capacity)
    text = PROSE
    for place, deleted, inserted, from_start in edits:
        text = (text[:place] + inserted + text[place + deleted :])[:500]
        assert_fresh(reader, text, from_start)


@pytest.mark.parametrize("length", [0, 1, BURST, BURST + 1, INTERVAL - 1, INTERVAL, INTERVAL + 1, 3 * INTERVAL + 7])
@pytest.mark.parametrize("from_start", [True, False])
def test_cached_is_fresh_at_the_edges(reader: Reader, length: int, from_start: bool) -> None:
    text = (PROSE * 10)[:length]
    assert_fresh(reader, text, from_start)
    assert_fresh(reader, text, from_start)


def test_a_typed_character_costs_one_step(reader: Reader) -> None:
    text = PROSE * 4
    reader.read(text[:50])
    assert [reader.cost(text[:stop]) for stop in range(51, len(text))] == [1] * (len(text) - 51)


def test_the_same_text_costs_nothing(reader: Reader) -> None:
    reader.read(PROSE)
    assert reader.cost(PROSE) == 0


def test_a_deletion_costs_no_more_than_the_way_from_a_checkpoint(reader: Reader) -> None:
    text = PROSE * 10
    reader.read(text)
    for stop in (len(text) - 1, 500, 300, INTERVAL, INTERVAL + 1):
        assert reader.cost(text[:stop]) <= INTERVAL


def test_characters_that_are_dropped_cost_nothing(reader: Reader) -> None:
    reader.read("soft")
    assert reader.cost("soft\u00ad") == 0


def test_reading_gives_way(reader: Reader) -> None:
    turns = 0
    before = reader.cell.read
    for reading in reader.cache.read(Context(PROSE * 5, from_start=True)):
        assert reader.cell.read - before <= BURST + 1
        before = reader.cell.read
        turns += reading is None
    assert turns >= len(PROSE * 5) // BURST


def test_two_documents_share_nothing_but_their_text(reader: Reader) -> None:
    start, middle = reader.read(PROSE, from_start=True), reader.read(PROSE, from_start=False)
    assert not np.array_equal(start.state, middle.state)
    assert np.array_equal(reader.read(PROSE, from_start=True).state, start.state)


def test_memory_is_bounded(tiny: Artifact) -> None:
    capacity = 40_000
    reader = Reader(tiny, capacity)
    for number in range(300):
        reader.read(f"{number} {PROSE}")
        assert reader.cache.size <= capacity
    assert reader.cost(f"{299} {PROSE}") == 0
    assert reader.cost(f"{0} {PROSE}") > 0


def test_what_is_used_stays(tiny: Artifact) -> None:
    reader = Reader(tiny, 20_000)
    for number in range(100):
        reader.read(PROSE)
        reader.read(f"{number}")
    assert reader.cost(PROSE) == 0


@pytest.mark.parametrize("length", [INTERVAL + 1, 500, 700])
def test_in_a_hurry_a_text_that_is_not_known_is_read_from_near_its_end(reader: Reader, length: int) -> None:
    text = (PROSE * 20)[:length]
    near = reader.cache.hurried(Context(text, True))
    assert text.endswith(near.text)
    assert HURRIED <= len(near.text) < HURRIED + BURST
    assert not near.from_start


def test_in_a_hurry_the_next_key_finds_the_end_read(reader: Reader) -> None:
    text = (PROSE * 20)[:700]
    costs = []
    for length in range(500, 600):
        before = reader.cell.read
        near = reader.cache.hurried(Context(text[:length], True))
        list(reader.cache.read(near))
        costs.append(reader.cell.read - before)
    assert sum(costs) <= 8 * len(costs)


def test_what_is_known_or_short_is_read_whole_in_a_hurry_too(reader: Reader) -> None:
    text = (PROSE * 20)[:700]
    assert reader.cache.hurried(Context(text[:INTERVAL], True)) == Context(text[:INTERVAL], True)
    reader.read(text)
    assert reader.cache.hurried(Context(text + "x", True)) == Context(text + "x", True)
    assert reader.cache.hurried(Context(text[:650], True)) == Context(text[:650], True)
