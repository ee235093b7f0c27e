from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from charrnn.artifact import Artifact
from charrnn.evaluation import bits_per_character
from charrnn.model import open_model
from charrnn.vocabulary import Vocabulary
from charrnn_training.corpus import write_shard
from charrnn_training.worth import (
    DOCUMENTS,
    LONGEST,
    PROMPT,
    SAMPLE_LENGTH,
    TEMPERATURES,
    sample,
    samples,
    surprise,
    worth,
)

from .conftest import PROSE


def test_a_sample_of_few_documents_is_the_beginning_of_each(tmp_path: Path) -> None:
    documents = ["short one.", "long " * 3000, "", "middle " * 30]
    vocabulary = Vocabulary.of("".join(documents))
    shard = write_shard(tmp_path, iter(documents), vocabulary)
    assert sample(shard, vocabulary) == ["short one.", ("long " * 3000)[:LONGEST], "middle " * 30]


def test_a_sample_of_many_has_long_and_short_ones(tmp_path: Path) -> None:
    documents = [f"book {n}. " + "long " * 8000 for n in range(5)] + [f"letter {n}. " * 20 for n in range(400)]
    vocabulary = Vocabulary.of("".join(documents))
    shard = write_shard(tmp_path, iter(documents), vocabulary)
    texts = sample(shard, vocabulary)
    books = sum(text.startswith("book") for text in texts)
    assert len(set(texts)) == len(texts) == DOCUMENTS
    assert 2 <= books <= 5


def test_a_model_is_measured_as_its_evaluation_does(tiny: Artifact) -> None:
    model = open_model(tiny)
    found = worth(model, PROSE[:2])
    assert found.bits == pytest.approx(bits_per_character(model.cell, model.vocabulary, PROSE[:2]))
    assert found.savings["low"] <= found.savings["value"] <= found.savings["high"]
    assert found.event() == {"bitsPerCharacter": round(found.bits, 4), "savings": found.savings["value"]}
    assert model.memory is None


def test_very_short_documents_can_be_measured(tiny: Artifact) -> None:
    found = worth(open_model(tiny), ["It was."])
    assert found.bits > 0
    assert (found.characters, found.typed) == (7, 6)
    assert found.precision is None  # the model shows nothing there


def test_the_dearest_words_are_found(tiny: Artifact) -> None:
    model = open_model(tiny)
    found = surprise(model, ["It was late. Zyzzyva's \u00e9t\u00e9.", "It was dark."])
    assert found.passage == "It was late. Zyzzyva's \u00e9t\u00e9."
    assert len(found.bits) == len(found.passage)
    words = {word: (bits, count) for word, bits, count in found.words}
    assert set(words) == {"It", "was", "late", "Zyzzyva's", "\u00e9t\u00e9", "dark"}
    assert words["was"][1] == 2
    assert max(words, key=lambda word: words[word][0]) == "Zyzzyva's"
    assert words["late"][0] == pytest.approx(float(np.sum(found.bits[7:11])))


def test_samples_are_of_several_temperatures(tiny: Artifact) -> None:
    found = samples(open_model(tiny))
    assert [temperature for temperature, _ in found] == list(TEMPERATURES)
    assert all(text.startswith(PROMPT) and len(text) == len(PROMPT) + SAMPLE_LENGTH for _, text in found)
