from __future__ import annotations

from pathlib import Path

import pytest

from charrnn.errors import OptionError
from charrnn_training.recipe import RECIPES, Recipe, load_recipe


@pytest.mark.parametrize("file", sorted(RECIPES.glob("*.toml")), ids=lambda file: file.stem)
def test_each_recipe_that_ships_can_be_read(file: Path) -> None:
    assert load_recipe(file.stem) == load_recipe(str(file))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hiden = 3", r"'hiden' is not a key of a recipe\. The keys are cell, embedding"),
        ("hidden = 'wide'", r"hidden is 'wide'; it must be of type int"),
        ("hidden = true", r"hidden is True; it must be of type int"),
        ("batch = 0", r"batch is 0; it must be greater than 0"),
        ("epochs = nan", r"epochs is nan; it must be greater than 0, and finite"),
        ("seed = -1", r"seed is -1; it must be 0 or more"),
        ("max_minutes = -5", r"max_minutes is -5; it must be 0 or more"),
        ("dropout = 1.5", r"dropout is 1\.5; it must be from 0 to 1"),
        ("optimizer = 'sgd'", r"optimizer is 'sgd'; it must be one of adamw, muon"),
        ("windows = 'some'", r"windows is 'some'; it must be one of no, any, document"),
        ("= 3", r"is not valid TOML"),
    ],
)
def test_a_bad_recipe_is_refused_with_one_message(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(OptionError, match=message):
        load_recipe(str(file))


def test_an_unknown_recipe_lists_the_known_ones() -> None:
    with pytest.raises(OptionError, match=r"There is no recipe 'englisch'\. Name one of .*english"):
        load_recipe("englisch")


def test_a_recipe_makes_its_architecture() -> None:
    recipe = Recipe(cell="gru", hidden=24, layers=3, embedding=0)
    a = recipe.architecture(50)
    assert (a.vocabulary, a.cell, a.hidden, a.layers, a.embedding) == (50, "gru", 24, 3, 0)
