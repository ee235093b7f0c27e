"""Writing into a line: what leads over to the text after the cursor comes first."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from charrnn.artifact import Artifact
from charrnn.calibration import IDENTITY
from charrnn.cell import Ids, Logits, State, initial_state
from charrnn.config import Architecture
from charrnn.infill import CLOSES, weigh
from charrnn.onnx_cell import OnnxCell
from charrnn.prefix_cache import Reading
from charrnn.sampling import log_softmax
from charrnn.search import Suggestion
from charrnn.vocabulary import Vocabulary

VOCABULARY = Vocabulary.of("abc ")


class Pairs:
    """A cell that knows pairs only: after `a` comes a space nine times in ten, after others hardly ever."""

    architecture = Architecture(len(VOCABULARY), hidden=1, layers=1)

    def run(self, ids: Ids, state: State) -> tuple[Logits, State]:
        logits, state = self.score(ids, state)
        return logits[:, -1], state

    def score(self, ids: Ids, state: State) -> tuple[Logits, State]:
        space = VOCABULARY.encode(" ")[0]
        after_a = ids == VOCABULARY.encode("a")[0]
        p = np.full((*ids.shape, len(VOCABULARY)), np.float32(0.033))
        p[..., space] = np.where(after_a, 0.9, 0.01)
        return np.log(p), state


def suggestion(text: str, probability: float) -> Suggestion:
    return Suggestion(text, probability, probability, probability * (len(text) - 1))


def weighed(suggestions: list[Suggestion], after: str) -> list[Suggestion]:
    cell = Pairs()
    reading = Reading(*cell.run(np.array([[1]]), initial_state(cell.architecture)))
    *turns, result = weigh(cell, VOCABULARY, IDENTITY, reading, suggestions, after)
    assert all(turn is None for turn in turns)
    assert result is not None
    return result


def test_what_leads_over_to_the_text_after_the_cursor_comes_first() -> None:
    unlikely, likely = suggestion("ca", 0.3), suggestion("cb", 0.32)
    assert [s.text for s in weighed([likely, unlikely], " c")] == ["ca", "cb"]


def test_it_does_so_where_neither_saves_keys_either() -> None:
    found = [dataclasses.replace(suggestion(text, p), worth=-0.1) for text, p in (("cb", 0.32), ("ca", 0.3))]
    assert [s.text for s in weighed(found, " c")] == ["ca", "cb"]


def test_probabilities_stay_a_distribution_and_move_the_confidence() -> None:
    result = weighed([suggestion("cb", 0.5), suggestion("ca", 0.5)], " c")
    assert sum(s.probability for s in result) == pytest.approx(1)
    assert result[0].confidence > 0.5 > result[1].confidence
    assert result[1].probability > 0.3  # more may follow it before the text after the cursor does


@pytest.mark.parametrize("after", ["", "   ", "☃☃"])
def test_where_nothing_can_be_learned_from_it_nothing_changes(after: str) -> None:
    before = [suggestion("cb", 0.5), suggestion("ca", 0.2)]
    after_all = weighed(before, after)
    assert [s.text for s in after_all] == ["cb", "ca"]
    assert [s.probability for s in after_all] == pytest.approx([0.5, 0.2])


def test_nothing_to_weigh() -> None:
    assert weighed([], " c") == []


def test_texts_of_different_lengths_are_read_side_by_side_as_they_are_one_by_one(tiny: Artifact) -> None:
    cell, vocabulary = OnnxCell(tiny), tiny.vocabulary
    reading = Reading(*cell.run(np.array([[1]]), initial_state(cell.architecture)))
    found = [suggestion("a", 0.2), suggestion("longer", 0.2), suggestion("mid", 0.2)]
    *_, together = weigh(cell, vocabulary, IDENTITY, reading, found, " and so")
    assert together is not None

    def likelihood(text: str) -> float:
        ids = vocabulary.encode(text + " and so")
        logits, _ = cell.score(ids[None], reading.state)
        log_p = log_softmax(logits[0])
        return sum(float(log_p[n - 1, ids[n]]) for n in range(len(text), len(ids)))

    likelihoods = np.array([likelihood(s.text) for s in found])
    evidence = CLOSES * np.exp(likelihoods - likelihoods.mean()) + 1 - CLOSES
    expected = 0.2 * evidence / (0.2 * evidence.sum() + 0.4)
    by_text = {s.text: s.probability for s in together}
    assert [by_text[s.text] for s in found] == pytest.approx(expected.tolist(), rel=1e-4)
