"""Bits per character: what one would compute by reading each document by itself, one character at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from charrnn.artifact import Artifact
from charrnn.cell import Cell, initial_state
from charrnn.errors import TextError
from charrnn.evaluation import bits_per_character, character_bits
from charrnn.memory import Memory
from charrnn.onnx_cell import OnnxCell
from charrnn.vocabulary import DOCUMENT, Vocabulary

DOCUMENTS = ["A short one.", "x", "The rain had stopped. " * 30, "", "Caf\u00e9\u2026 \u201cso\u201d \U0001f600\n\nend"]


def bits(cell: Cell, vocabulary: Vocabulary, text: str) -> float:
    """Bits that a document costs."""
    state, last, total = initial_state(cell.architecture), DOCUMENT, 0.0
    for i in vocabulary.encode(text).tolist():
        logits, state = cell.run(np.array([[last]]), state)
        shares = np.exp(logits[0].astype(np.float64))
        total -= math.log2(shares[i] / shares.sum())
        last = i
    return total


@pytest.mark.parametrize("int8", [True, False])
@pytest.mark.parametrize("documents", [DOCUMENTS, DOCUMENTS[::-1], DOCUMENTS[:1], ["ab" * 256], ["a" * 257, "b" * 256]])
def test_documents_side_by_side_are_documents_one_by_one(tiny: Artifact, int8: bool, documents: list[str]) -> None:
    cell = OnnxCell(tiny, int8=int8)
    expected = sum(bits(cell, tiny.vocabulary, text) for text in documents) / sum(map(len, documents))
    assert math.isclose(bits_per_character(cell, tiny.vocabulary, documents), expected, rel_tol=1e-5)


def test_watch_is_told_how_far_it_is(tiny: Artifact) -> None:
    told: list[int] = []
    bits_per_character(OnnxCell(tiny), tiny.vocabulary, ["a" * 600, "b" * 10], told.append)
    assert told == sorted(told)
    assert told[-1] == 610


@pytest.mark.parametrize("documents", [[], [""], ["", ""]])
def test_no_text_is_no_figure(tiny: Artifact, documents: list[str]) -> None:
    with pytest.raises(TextError, match="There is no text to evaluate on"):
        bits_per_character(OnnxCell(tiny), tiny.vocabulary, documents)


@pytest.mark.parametrize("text", DOCUMENTS)
def test_without_memory_the_bits_of_characters_add_up_to_those_of_the_text(tiny: Artifact, text: str) -> None:
    cell = OnnxCell(tiny)
    found = character_bits(cell, tiny.vocabulary, text)
    assert len(found) == len(text)
    assert math.isclose(found.sum(), bits(cell, tiny.vocabulary, text), rel_tol=1e-5)


def test_a_memory_makes_what_comes_again_cheap(tiny: Artifact) -> None:
    cell, text = OnnxCell(tiny), "The man from Bree met Barliman. " * 12
    without, with_memory = (character_bits(cell, tiny.vocabulary, text, m) for m in (None, Memory(tiny.vocabulary)))
    assert np.allclose(without[:10], with_memory[:10], atol=1e-5)
    assert with_memory[32:].sum() < without[32:].sum() / 2
    assert with_memory[192:].mean() < with_memory[32:64].mean()
