"""What a model is worth on held-out text: bits per character, keys saved, and where it is surprised."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

from charrnn.evaluation import bits_per_character, character_bits
from charrnn.model import Model
from charrnn.sampling import Sampling
from charrnn.search import DEFAULT_CONFIDENCE, SearchOptions
from charrnn.typing_report import Plan, figures, measure, pooled
from charrnn.vocabulary import Vocabulary
from charrnn_training.corpus import Shard

DOCUMENTS, LONGEST = 16, 8000  # how much of a held-out text is looked at
TYPED, GIVEN, TYPISTS = 1200, 300, 4  # characters that are typed in each text, that stand there before, and texts
SURPRISE = 1500  # characters of the heat map
WORDS_LOOKED_AT, WORDS_SHOWN = 6000, 12
PROMPT, SAMPLE_LENGTH, TEMPERATURES = "It was", 300, (0.3, 0.7, 1.0, 1.3)


@dataclass(frozen=True)
class Worth:
    """Figures of one model. The estimates have `value`, `low` and `high`."""

    characters: int  # that the bits are of
    bits: float
    typed: int  # characters, with suggestions
    savings: dict[str, float]
    precision: dict[str, float] | None  # None where nothing was shown

    @property
    def right(self) -> str:
        """How much of what is shown begins right, to be read."""
        return f"{self.precision['value']:.0%}" if self.precision else "nothing shown"

    def event(self) -> dict[str, float]:
        return {"bitsPerCharacter": round(self.bits, 4), "savings": self.savings["value"]}


def sample(shard: Shard, vocabulary: Vocabulary) -> list[str]:
    """The beginnings of documents from all over a shard.

    Where there are many, by systematic sampling with the square root of the length as the probability: neither a few
    books nor very many letters crowd out the rest.
    """
    weights = np.cumsum(np.sqrt(np.diff(shard.starts)))
    places = (np.arange(DOCUMENTS) + 0.5) / DOCUMENTS * weights[-1]
    chosen = np.unique(np.searchsorted(weights, places)) if len(weights) > DOCUMENTS else np.arange(len(weights))
    texts = [
        vocabulary.decode(shard.ids[start:stop][:LONGEST].tolist())
        for start, stop in zip(shard.starts[chosen] + 1, shard.starts[chosen + 1], strict=True)
    ]
    return [text for text in texts if text]


def worth(model: Model, documents: Sequence[str]) -> Worth:
    """Measure a model on documents that it never saw; the memory begins empty with each."""
    bits = bits_per_character(model.cell, model.vocabulary, documents)
    options = SearchOptions(min_confidence=DEFAULT_CONFIDENCE)
    runs = []
    for text in documents[:TYPISTS]:
        given = min(GIVEN, len(text) // 4)
        runs.append(measure(model, text[: given + TYPED], Plan(options, given, takers=("gated",), bits=False)))
    found: dict[str, Any] = figures(pooled(runs))["takers"]["gated"]
    model.memory = None
    precision = found["precision"] if found["shown_rate"]["value"] else None
    return Worth(sum(map(len, documents)), bits, found["characters"], found["keystroke_savings"], precision)


@dataclass(frozen=True)
class Surprise:
    """A passage with the bits that each of its characters cost, and words that cost most where they stood."""

    passage: str
    bits: list[float]
    words: list[tuple[str, float, int]]  # word, bits for all of it, how often it stood there


def surprise(model: Model, documents: Sequence[str]) -> Surprise:
    """Where a model was most surprised."""
    passage = _whole_words(documents[0][:SURPRISE])
    costs = character_bits(model.cell, model.vocabulary, passage)
    totals: defaultdict[str, list[float]] = defaultdict(list)
    left = WORDS_LOOKED_AT
    for text in documents:
        if left <= 0:
            break
        part = text[: min(left, 2000)]
        left -= len(part)
        bits = character_bits(model.cell, model.vocabulary, part)
        for word in re.finditer(r"[^\W_]+(?:['-][^\W_]+)*", part):
            totals[word[0]].append(float(bits[word.start() : word.end()].sum()))
    dearest = sorted(totals.items(), key=lambda item: -sum(item[1]) / len(item[1]))[:WORDS_SHOWN]
    words = [(word, sum(bits) / len(bits), len(bits)) for word, bits in dearest]
    return Surprise(passage, costs.tolist(), words)


def _whole_words(text: str) -> str:
    """A text that was cut at its limit, without the word that it was cut in."""
    return text if len(text) < SURPRISE else text[: text.rfind(" ") + 1].rstrip() or text


def samples(model: Model) -> list[tuple[float, str]]:
    """What a model writes after a prompt at several temperatures, not chosen."""
    return [
        (temperature, PROMPT + "".join(islice(model.generate(PROMPT, Sampling(temperature), seed=1), SAMPLE_LENGTH)))
        for temperature in TEMPERATURES
    ]
