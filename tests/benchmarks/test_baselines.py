"""The n-grams: probabilities that add up, offers that continue the text, and a writer who profits from them."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
from baselines import (
    CharacterModel,
    CharacterPredictor,
    DocumentWords,
    Predictor,
    WordModel,
    WordPredictor,
    choose,
    sweep,
)

from charrnn.writer import Offer

CORPUS = "The old man went down to the sea.\n\nThe old woman didn't go; she went home. He sent an e-mail. " * 3
WORDS = WordModel(CORPUS, 4)
LETTERS = CharacterModel(CORPUS, 5)
CONTEXTS = [(), ("The",), ("The", "old"), ("nobody", "old"), ("The", "old", "man"), ("\n", "The", "old"), ("zzz",)]


@pytest.mark.parametrize("context", CONTEXTS)
def test_the_probabilities_of_words_add_up(context: tuple[str, ...]) -> None:
    p, mass = WORDS.predict(context, "", WORDS.words)
    assert sum(p.values()) == pytest.approx(mass)
    punctuation = 1 - mass
    assert -1e-9 <= punctuation < 1
    for letter in {word[0] for word in WORDS.words}:
        p, mass = WORDS.predict(context, letter, [word for word in WORDS.words if word.startswith(letter)])
        assert sum(p.get(word, 0.0) for word in WORDS.words if word.startswith(letter)) == pytest.approx(mass)


def test_a_word_that_always_followed_is_expected() -> None:
    p, _ = WORDS.predict(("The", "old", "man"), "", [])
    assert max(p, key=p.__getitem__) == "went"
    assert p["went"] > 0.5


@pytest.mark.parametrize("before", ["", "T", "The ", " old ", "qqqqq", "e-m", "didn'"])
def test_the_probabilities_of_letters_add_up(before: str) -> None:
    assert LETTERS.predict(before).sum() == pytest.approx(1)


def test_letters_are_counted_as_by_hand() -> None:
    model = CharacterModel("abab", 2)
    first = np.array([2 / 4 * 4 / 6 + 1 / 6, 2 / 4 * 4 / 6 + 1 / 6])
    assert model.predict("")[:2] == pytest.approx(first)
    assert model.predict("a")[:2] == pytest.approx([(0 + first[0]) / 3, (2 + first[1]) / 3])


def test_the_document_knows_what_stood_in_it() -> None:
    document = DocumentWords(4)
    document.read("Barliman met Butterbur. Barliman met ")
    p, mass = document.predict(("Barliman", "met"), "")
    assert max(p, key=p.__getitem__) == "Butterbur"
    assert sum(p.values()) == pytest.approx(mass)
    assert document.predict(("nobody",), "Bu")[0].keys() == {"Butterbur"}
    assert document.predict((), "x") == ({}, 0.0)


def predictors() -> list[Predictor]:
    return [
        WordPredictor(WORDS, 4, 0.2),
        WordPredictor(WORDS, 4, 0.2, words=3),
        WordPredictor(WORDS, 1),
        CharacterPredictor(LETTERS),
    ]


@pytest.mark.parametrize("number", range(4))
def test_chains_grow_and_become_less_probable(number: int) -> None:
    predictor = predictors()[number]
    text = CORPUS[:150] + "Barliman \u201cquite\u201d \u2026 x,y "
    for place in range(len(text)):
        if place:
            predictor.read(text[place - 1])
        for chain in predictor.chains(text[:place]):
            for shorter, longer in pairwise(chain):
                assert longer.text.startswith(shorter.text)
                assert longer.confidence <= shorter.confidence + 1e-9
            assert all(0 <= offer.confidence <= 1 + 1e-9 for offer in chain)


@pytest.mark.parametrize("number", range(4))
def test_a_known_text_is_typed_with_fewer_keys(number: int) -> None:
    runs = sweep(predictors()[number], CORPUS, (0.0, 0.5, 1.1))
    assert runs[0.0].savings > 0.1
    assert runs[0.0].shown_rate >= runs[0.5].shown_rate
    assert runs[1.1].looks == []


def test_a_word_with_an_apostrophe_is_one_word() -> None:
    (chain,) = WordPredictor(WORDS, 4).chains("The old woman did")
    assert chain[0].text == "n't"
    (chain, *_) = WordPredictor(WORDS, 4).chains("The old woman didn'")
    assert chain[0].text == "t"


def test_after_punctuation_the_space_is_offered_too() -> None:
    (chain,) = WordPredictor(WORDS, 4).chains("The old woman didn't go;")
    assert chain[0].text == " she"


def test_what_is_chosen_is_expected_to_save_most() -> None:
    """The rule of the search, against every part of every chain."""
    rng = random.Random(1)

    def worth(chain: list[Offer], count: int) -> float:
        gains = [0, *(max(0, *(len(o.text) - n for n, o in enumerate(chain[:k], 1))) for k in range(1, count))]
        steps = sum(offer.confidence * (b - a) for offer, a, b in zip(chain, gains, gains[1:], strict=False))
        return steps + chain[count - 1].confidence * (len(chain[count - 1].text) - 1 - gains[count - 1])

    for _ in range(200):
        p, text, chain = 1.0, "", []
        for _ in range(rng.randint(1, 4)):
            p, text = p * rng.random(), text + " " * bool(text) + "x" * rng.randint(1, 8)
            chain.append(Offer(text, p))
        gate = rng.choice([0.0, 0.3])
        fitting = [n for n, offer in enumerate(chain, 1) if offer.confidence >= gate and len(offer.text) > 1]
        chosen = choose([chain], gate)
        best = max((worth(chain, n) for n in fitting), default=0.0)
        assert (chosen is None) == (best <= 0)
        if chosen is not None:
            assert worth(chain, chain.index(chosen) + 1) == pytest.approx(best)
