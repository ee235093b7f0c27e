"""The evaluation types as editors do: what it sees is what the server would send."""

from __future__ import annotations

import pytest

from charrnn.artifact import Artifact
from charrnn.excerpt import excerpt
from charrnn.model import open_model
from charrnn.search import SearchOptions
from charrnn.suggestions import Suggestions
from charrnn.typing_evaluation import evaluate_gaps, evaluate_typing, gaps
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
        assert (shown[0].text, shown[0].confidence) == (look.shown, look.confidence)


def test_what_is_given_is_remembered_but_not_typed(tiny: Artifact) -> None:
    model = open_model(tiny)
    measured = evaluate_typing(model, OPTIONS, TEXT, 60)
    assert measured.typing.characters == len(TEXT) - 60
    assert model.memory is not None
    last = measured.typing.looks[-1]
    ended_by = last.taken if last.place + last.taken == len(TEXT) else 0  # after that nothing is asked for any more
    assert len(model.memory) == len(TEXT) + 1 - ended_by  # a line end before each line
    assert len(measured.seconds) == measured.typing.asked
    assert measured.quantile(0.5) <= measured.quantile(0.95)


@pytest.mark.parametrize("with_memory", [True, False])
def test_the_same_text_gives_the_same_figures(tiny: Artifact, with_memory: bool) -> None:
    first, second = (evaluate_typing(open_model(tiny), OPTIONS, TEXT, with_memory=with_memory) for _ in range(2))
    assert first.typing == second.typing


def test_gaps_are_between_the_words_of_a_line() -> None:
    found = gaps(TEXT, 100)
    assert len(set(found)) == len(found) > 5
    for start, stop in found:
        assert TEXT[start - 1].isalnum()
        assert not TEXT[start].isalnum()
        assert "\n" not in TEXT[start:stop]
        assert TEXT[stop - 1].isalnum()
        assert any(map(str.isalnum, TEXT[stop:].split("\n", maxsplit=1)[0]))
    assert gaps(TEXT, 100) == found
    assert set(gaps(TEXT, 4)) <= set(found)


@pytest.mark.parametrize("with_memory", [True, False])
def test_a_gap_is_typed_with_the_rest_of_the_line_behind_the_cursor(tiny: Artifact, with_memory: bool) -> None:
    measured = evaluate_gaps(open_model(tiny), OPTIONS, TEXT, 4, with_memory=with_memory)
    assert [(one.typing.start, one.typing.start + one.typing.characters) for one in measured] == gaps(TEXT, 4)
    looks = [look for one in measured for look in one.typing.looks]
    assert looks
    assert all(" " not in look.shown.strip() for look in looks)  # before other text, one word at most


def test_every_look_into_a_gap_is_what_the_server_would_show(tiny: Artifact) -> None:
    measured = evaluate_gaps(open_model(tiny), OPTIONS, TEXT, 6, with_memory=False)
    suggestions = Suggestions(open_model(tiny), OPTIONS)
    looks = [(look, one.typing.start + one.typing.characters) for one in measured for look in one.typing.looks]
    assert looks
    for look, stop in looks:
        before = TEXT[: look.place]
        lines = Document.of(before + TEXT[stop:]).lines
        number, offset = before.count("\n"), len(before) - before.rfind("\n") - 1
        *_, shown = suggestions.suggest(excerpt(lines, number, offset), invoked=False)
        assert shown
        assert (shown[0].text, shown[0].confidence) == (look.shown, look.confidence)
