"""The evaluation types as editors do: what it sees is what the server would send."""

from __future__ import annotations

import pytest

from charrnn.artifact import Artifact
from charrnn.excerpt import excerpt
from charrnn.model import open_model
from charrnn.search import SearchOptions
from charrnn.suggestions import Suggestions
from charrnn.typing_evaluation import evaluate_typing
from charrnn_lsp.documents import Document

TEXT = "It was the first day.\n\nThe old man went down to the sea, and looked.\nThe old man"
OPTIONS = SearchOptions(max_characters=12)


def test_every_look_is_what_the_server_would_show(tiny: Artifact) -> None:
    looks = evaluate_typing(open_model(tiny), OPTIONS, TEXT, 4, with_memory=False).typing.looks
    suggestions = Suggestions(open_model(tiny), OPTIONS)
    assert looks
    for look in looks:
        lines = Document.of(TEXT[: look.place]).lines
        *_, shown = suggestions.suggest(excerpt(lines, len(lines) - 1, len(lines[-1])), invoked=False)
        assert shown
        assert shown[0] == look.shown


def test_what_is_given_is_remembered_but_not_typed(tiny: Artifact) -> None:
    model = open_model(tiny)
    measured = evaluate_typing(model, OPTIONS, TEXT, 60)
    assert measured.typing.characters == len(TEXT) - 60
    assert model.memory is not None
    assert len(model.memory) == len(TEXT) + 1
    assert len(measured.seconds) == measured.typing.asked
    assert measured.quantile(0.5) <= measured.quantile(0.95)


@pytest.mark.parametrize("with_memory", [True, False])
def test_the_same_text_gives_the_same_figures(tiny: Artifact, with_memory: bool) -> None:
    first, second = (evaluate_typing(open_model(tiny), OPTIONS, TEXT, with_memory=with_memory) for _ in range(2))
    assert first.typing == second.typing
