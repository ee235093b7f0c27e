"""Writing into a line: of several continuations, those that lead over to what stands after the cursor.

Bayes' rule: what speaks for a continuation c is P(c) * P(after | c), where the cell reads c and then the text after the
cursor. What the writer adds need not end where c ends, so this counts only with the probability `CLOSES`; otherwise the
text after the cursor says nothing about c.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from charrnn.calibration import Calibration
from charrnn.cell import Cell
from charrnn.prefix_cache import Reading
from charrnn.sampling import log_softmax
from charrnn.search import Suggestion
from charrnn.vocabulary import Vocabulary

CLOSES = 0.15
FURTHEST = 24  # characters after the cursor that are read, up to the end of a word
_WORDS = re.compile(r"\s*\S+(\s+\S+)?")


def weigh(
    cell: Cell,
    vocabulary: Vocabulary,
    calibration: Calibration,
    reading: Reading,
    suggestions: Sequence[Suggestion],
    after: str,
) -> Iterator[list[Suggestion] | None]:
    """Weigh `suggestions` that were found at `reading` by the text `after` the cursor, the best first.

    Gives way (`None`) after each step of the cell; the last item is the result.
    """
    words = _WORDS.match(after)
    if words is None or not suggestions:
        yield list(suggestions)
        return
    ending = vocabulary.encode(words[0][:FURTHEST])
    texts = [vocabulary.encode(suggestion.text) for suggestion in suggestions]
    steps = _likelihoods(cell, reading, texts, ending)
    for likelihoods in steps:
        if likelihoods is None:
            yield None
    assert likelihoods is not None
    yield _reweighed(suggestions, likelihoods, calibration)


def _reweighed(
    suggestions: Sequence[Suggestion], likelihoods: npt.NDArray[np.float64], calibration: Calibration
) -> list[Suggestion]:
    typical = likelihoods.mean()  # of log P(after | c): what it is after a text that says nothing about it
    evidence = CLOSES * np.exp(np.minimum(likelihoods - typical, 20)) + 1 - CLOSES
    prior = np.array([suggestion.probability for suggestion in suggestions])
    total = float(prior @ evidence) + max(0.0, 1 - float(prior.sum()))
    weighed = []
    for suggestion, probability in zip(suggestions, (prior * evidence / total).tolist(), strict=True):
        worth = suggestion.worth + (probability - suggestion.probability) * (len(suggestion.text) - 1)
        confidence = calibration.confidence(probability)
        weighed.append(dataclasses.replace(suggestion, probability=probability, confidence=confidence, worth=worth))
    return sorted(weighed, key=lambda suggestion: -suggestion.worth)


def _likelihoods(
    cell: Cell, reading: Reading, texts: Sequence[npt.NDArray[np.int64]], ending: npt.NDArray[np.int64]
) -> Iterator[npt.NDArray[np.float64] | None]:
    """Log P(ending | text) [N] for each of N texts that follow `reading`; gives way after each step."""
    rows = [np.concatenate([text, ending]) for text in texts]
    found = np.zeros(len(rows))
    state = np.repeat(reading.state, len(rows), axis=1)
    log_p = np.repeat(log_softmax(reading.logits), len(rows), axis=0)
    for place in range(max(map(len, rows))):
        left = [n for n, row in enumerate(rows) if place < len(row)]
        ids = np.array([rows[n][place] for n in left])
        for n, i in zip(left, ids.tolist(), strict=True):
            if place >= len(texts[n]) and math.isfinite(log_p[n, i]):  # an unknown character says nothing
                found[n] += log_p[n, i]
        logits, state[:, left] = cell.run(ids[:, None], state[:, left])
        log_p[left] = log_softmax(logits)
        yield None
    yield found
