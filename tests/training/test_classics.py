"""The classic systems: each recipe trains, exports, generates and completes."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from charrnn.model import load_model
from charrnn.sampling import Sampling
from charrnn.search import SearchOptions
from charrnn_training.cli import main
from charrnn_training.recipe import load_recipe

from .conftest import PROSE

CLASSICS = ["sonnet-gru", "shakespeare-gru", "island-lstm", "news-onehot-lstm", "novel-lstm"]


@pytest.mark.parametrize("name", CLASSICS)
def test_a_classic_recipe_leads_to_a_model(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("prose.txt").write_text("\n\n\n".join(PROSE), encoding="utf-8")
    small = {"batch": 4, "updates": 2}
    shape = "".join(
        f"{key} = {value!r}\n".replace("'", '"').replace("True", "true").replace("False", "false")
        for key, value in {**vars(load_recipe(name)), **small}.items()
    )
    Path("small.toml").write_text(shape, encoding="utf-8")
    assert main(["prose.txt", "--name", "classic", "--recipe", "small.toml", "--output", "models"]) == 0
    model = load_model("models/classic")
    recipe = load_recipe(name)
    a = model.artifact.architecture
    assert (a.cell, a.embedding, a.hidden, a.layers) == (recipe.cell, recipe.embedding, recipe.hidden, recipe.layers)
    for temperature in (0.0, 0.3, 1.8):
        assert len("".join(islice(model.generate("The", Sampling(temperature, top_k=5, top_p=0.9)), 30))) == 30
    assert isinstance(model.complete("The old", SearchOptions(max_characters=8)), list)


def test_another_cell_can_be_put_into_a_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("prose.txt").write_text("\n\n\n".join(PROSE), encoding="utf-8")
    Path("small.toml").write_text("hidden = 8\nembedding = 4\nupdates = 1\nbatch = 4", encoding="utf-8")
    command = ["prose.txt", "--name", "small", "--recipe", "small.toml", "--rnn", "gru", "--output", "models"]
    assert main(command) == 0
    assert load_model("models/small").artifact.architecture.cell == "gru"
