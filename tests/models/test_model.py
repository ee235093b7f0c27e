"""A model ready for use: the same answer for the same text, in the writer's typography, whatever it is given."""

from __future__ import annotations

import dataclasses
import itertools
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from charrnn.artifact import CELL, CELL_INT8, Artifact
from charrnn.cell import initial_state
from charrnn.errors import CharRNNError, ModelError, OptionError
from charrnn.model import Model, in_typography, load_cell, load_model
from charrnn.sampling import Sampling
from charrnn.search import SearchOptions, Suggestion


@pytest.fixture
def model(tiny: Artifact) -> Model:
    return load_model(str(tiny.path))


ODD_PROMPTS = ["", " ", "\n", "\u65e5\u672c\u8a9e", "\U0001f600" * 50, "\ud800", "\0", "\u00ad", "a\r\nb", "x" * 3000]


@pytest.mark.parametrize("prompt", ODD_PROMPTS)
def test_any_prompt_can_be_completed(model: Model, prompt: str) -> None:
    assert model.complete(prompt, count=2)


@pytest.mark.parametrize("prompt", ODD_PROMPTS)
def test_any_prompt_can_be_gone_on_from(model: Model, prompt: str) -> None:
    text = "".join(itertools.islice(model.generate(prompt, Sampling(), seed=1), 20))
    assert len(text) == 20
    assert "\ufffd" not in text


def test_the_same_text_has_the_same_completion(tiny: Artifact, model: Model) -> None:
    options = SearchOptions(Sampling(0.8))
    fresh = [load_model(str(tiny.path)).complete(prompt, options) for prompt in ODD_PROMPTS]
    assert [model.complete(prompt, options) for prompt in ODD_PROMPTS[::-1]][::-1] == fresh
    assert [model.complete(prompt, options) for prompt in ODD_PROMPTS] == fresh


@pytest.mark.parametrize("length", range(2, 40))
def test_line_ends_of_windows_are_line_ends(model: Model, length: int) -> None:
    text = "x" * length + "\r\nAnother line"
    assert model.complete(text) == model.complete(text.replace("\r\n", "\n"))
    texts = ["".join(itertools.islice(model.generate(t, Sampling(0)), 9)) for t in (text, text.replace("\r\n", "\n"))]
    assert texts[0] == texts[1]


def test_generation_depends_on_the_seed_alone(model: Model) -> None:
    first, second, other = (
        "".join(itertools.islice(model.generate("It was", Sampling(), seed), 40)) for seed in (1, 1, 2)
    )
    assert first == second
    assert first != other


def test_greedy_generation_needs_no_seed(model: Model) -> None:
    texts = {"".join(itertools.islice(model.generate("It", Sampling(0), seed), 30)) for seed in range(3)}
    assert len(texts) == 1


def test_float_and_int8_are_the_same_model(tiny: Artifact) -> None:
    options = SearchOptions(max_characters=8, length="line")
    exact, rounded = (load_model(str(tiny.path), int8=int8).complete("It was", options) for int8 in (False, True))
    assert abs(exact[0].probability / rounded[0].probability - 1) < 0.2


def test_a_model_without_a_float32_graph_computes_so_in_pytorch(
    tiny: Artifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    slim = dataclasses.replace(tiny, files={name: seal for name, seal in tiny.files.items() if name != CELL})
    ids, state = np.arange(6).reshape(1, 6), initial_state(tiny.architecture)
    ours, theirs = (load_cell(model, "cpu", int8=False).score(ids, state)[0] for model in (slim, tiny))
    np.testing.assert_allclose(ours, theirs, atol=1e-4)
    assert load_cell(slim, "cpu").architecture == tiny.architecture
    monkeypatch.setitem(sys.modules, "charrnn.torch_cell", None)
    with pytest.raises(OptionError, match=r"float32 without cell\.onnx needs PyTorch"):
        load_cell(slim, "cpu", int8=False)


def test_suggestions_are_in_the_typography_of_the_text() -> None:
    suggestion = Suggestion('\'s "so" -- he', 0.5, 0.5, 3.0)
    assert (
        in_typography([suggestion], "\u201cIt\u2019s,\u201d she said. It")[0].text == "\u2019s \u201cso\u201d \u2014 he"
    )
    assert in_typography([suggestion], "It's. It")[0].text == '\'s "so" \u2014 he'


@pytest.mark.parametrize("device", ["gpu", "", "CPU"])
def test_an_unknown_device_is_refused(tiny: Artifact, device: str) -> None:
    with pytest.raises(OptionError) as caught:
        load_model(str(tiny.path), device)
    assert str(caught.value) == f"device is {device!r}; it must be one of auto, cpu, cuda, mps."


def test_without_torch_the_message_says_how_to_get_it(tiny: Artifact, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "charrnn.torch_cell", None)
    with pytest.raises(OptionError, match=r"needs PyTorch .* pip install 'charrnn-lsp\[torch\]'"):
        load_model(str(tiny.path), "cuda")


def test_a_spoiled_model_is_refused_at_once(make_model: Callable[..., Artifact], tmp_path: Path) -> None:
    path = make_model(folder=tmp_path).path
    (path / CELL_INT8).write_bytes(b"")
    with pytest.raises(ModelError, match="is damaged or was altered"):
        load_model(str(path))


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(CharRNNError, match="There is no model named 'nonesuch'"):
        load_model("nonesuch")


def test_asked_by_hand_the_bundled_model_goes_on_with_words() -> None:
    """Where nothing is likely, the shortest text once seemed best: it is the soonest out of the way."""
    for text in ("It was a", "Dear", "The meeting"):
        assert all(len(found.text.strip()) > 1 for found in load_model().complete(text, count=3))
