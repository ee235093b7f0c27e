"""A small corpus, and a run trained on it once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from charrnn.network import CharRNN
from charrnn.vocabulary import Vocabulary
from charrnn_training.corpus import Shard, write_shard
from charrnn_training.recipe import Recipe
from charrnn_training.trainer import Trainer

SENTENCES = (
    "The old man went down to the sea.",
    "She opened the window and looked at the rain.",
    "It was the first day of the new year.",
    "Nobody knew what to say to the children.",
)
PROSE = [" ".join(SENTENCES[(n * k) % 4] for k in range(1, 40)) for n in range(12)]
RECIPE = Recipe(
    hidden=32, embedding=8, batch=8, steps=32, epochs=4, learning_rate=0.02, warmup=5, validate_minutes=100, seed=3
)


@pytest.fixture(autouse=True)
def user_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs and models of whoever runs the tests are left alone, and two runs of the tests do not meet there."""
    monkeypatch.setenv("CHARRNN_MODELS", str(tmp_path_factory.mktemp("user") / "models"))


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Vocabulary.of("\n".join(PROSE))


@pytest.fixture(scope="session")
def shard(tmp_path_factory: pytest.TempPathFactory, vocabulary: Vocabulary) -> Shard:
    return write_shard(tmp_path_factory.mktemp("shard"), iter(PROSE), vocabulary)


def make_trainer(shard: Shard, vocabulary: Vocabulary, folder: Path, recipe: Recipe = RECIPE) -> Trainer:
    torch.manual_seed(recipe.seed)
    network = CharRNN(recipe.architecture(len(vocabulary)), recipe.dropout)
    return Trainer(network, recipe, shard, shard, folder, torch.device("cpu"))
