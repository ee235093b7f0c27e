"""What to show at a place: remembered answers first, else a look ahead.

If the writer types what was shown, the rest of it is shown, without running the model; a typo and a backspace bring
the earlier answer back; the same text always has the same answer.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from charrnn.excerpt import Excerpt
from charrnn.model import Model, in_typography
from charrnn.search import SearchOptions, Suggestion

REMEMBERED = 512  # answers
KEY_LENGTH = 256  # characters before the cursor by which an answer is known again
ALTERNATIVES = 3  # suggestions when asked by hand
WEIGHED = 4  # suggestions that are weighed by the text after the cursor
SLACK = 0.6  # share of the wanted confidence that they need before


_Place = tuple[str, str]  # the text before and after the cursor, by which an answer is known again; see `_places`


class Suggestions:
    """Suggestions of one model with the same options; make a new one when either changes."""

    def __init__(self, model: Model, options: SearchOptions) -> None:
        self.model = model
        self._options = options
        self._answers: OrderedDict[_Place, list[Suggestion]] = OrderedDict()

    def suggest(self, excerpt: Excerpt, invoked: bool) -> Iterator[list[Suggestion] | None]:
        """What to insert at the cursor, the best first; gives way (`None`) between steps, the last is the result."""
        learning = self.model.memory is not None
        if learning:
            self.model.outcomes.read(excerpt.before.text)
        shown = self._recall(excerpt)
        if not invoked and not _may_interrupt(excerpt):
            shown = []
        if shown is None or invoked:
            before = excerpt.before
            for best in self._found(excerpt, invoked):
                if best is None:
                    yield None
            assert best is not None
            found = in_typography(best, before.text)
            found = [suggestion for suggestion in found if not _repeats(suggestion.text, excerpt.after)]
            # Asked by hand where something is shown: that first, then the others.
            shown = _distinct([*(shown or []), *found])[:ALTERNATIVES]
            if shown and learning and not invoked:
                self.model.outcomes.show(before.text, shown[0])
        if not invoked:
            self._remember(next(_places(excerpt)), shown)
        yield shown

    def _found(self, excerpt: Excerpt, invoked: bool) -> Iterator[list[Suggestion] | None]:
        """The best suggestions of a search; before text that stands there already, those that lead over to it."""
        count = ALTERNATIVES if invoked else 1
        gate = 0.0 if invoked else self._options.min_confidence
        within = bool(excerpt.after.strip())
        options = replace(self._options, stale_cost=0.0) if invoked else self._options
        if within:  # a word that its neighbour makes likely may be unlikely at first
            options = replace(options, length="word", min_confidence=gate * SLACK)
        elif invoked:
            options = replace(options, min_confidence=gate)
        for search in self.model.search(excerpt.before, options):
            if search is None:
                yield None
        assert search is not None
        if not within:
            yield search.best(count)
            return
        for weighed in self.model.weigh(excerpt.before, search.best(WEIGHED), excerpt.after):
            if weighed is None:
                yield None
        assert weighed is not None
        yield [suggestion for suggestion in weighed if suggestion.confidence >= gate][:count]

    def _recall(self, excerpt: Excerpt) -> list[Suggestion] | None:
        """The answer of this place: its own, or what is left of an earlier one whose text was typed since.

        What is left keeps the confidence of the whole, which it deserves at least.
        """
        text = excerpt.before.text
        for typed, place in enumerate(islice(_places(excerpt), self._options.max_characters)):
            shown = self._answers.get(place)
            if shown is not None and not typed:
                return shown
            if shown is not None:  # what was shown before that, and fits still, is what was shown there
                return _rest(shown, text[-typed:]) or None
        return None

    def _remember(self, place: _Place, shown: list[Suggestion]) -> None:
        self._answers[place] = shown
        self._answers.move_to_end(place)
        if len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)


def _places(excerpt: Excerpt) -> Iterator[_Place]:
    """The place of the cursor, and where it was one, two and more typed characters ago."""
    text, after = excerpt.before.text, excerpt.after
    for stop in range(len(text), -1, -1):
        yield text[max(0, stop - KEY_LENGTH) : stop], after


def _distinct(suggestions: list[Suggestion]) -> list[Suggestion]:
    """Without those whose text stands earlier in the list."""
    by_text: dict[str, Suggestion] = {}
    for suggestion in suggestions:
        by_text.setdefault(suggestion.text, suggestion)
    return list(by_text.values())


def _rest(shown: list[Suggestion], typed: str) -> list[Suggestion]:
    """What is left of suggestions after `typed`.

    One character that is left is not worth showing: the key that takes it is the key that types it.
    """
    fitting = [item for item in shown if item.text.startswith(typed) and len(item.text) > len(typed) + 1]
    return [replace(item, text=item.text[len(typed) :]) for item in fitting]


def _may_interrupt(excerpt: Excerpt) -> bool:
    """Whether a suggestion that was not asked for is welcome here: not inside a word."""
    return not excerpt.after[:1].isalnum()


def _repeats(text: str, after: str) -> bool:
    """Whether `text` is what follows the cursor anyway."""
    return bool(after.strip()) and after.strip().startswith(text.strip())
