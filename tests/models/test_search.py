"""Looking ahead: probabilities are exact, worth is the formula, and nothing odd is suggested."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn.artifact import Artifact
from charrnn.calibration import Calibration
from charrnn.cell import Cell, Ids, Logits, State, initial_state
from charrnn.config import Architecture
from charrnn.continuation import END, LOOK
from charrnn.errors import OptionError
from charrnn.memory import Memory
from charrnn.onnx_cell import OnnxCell
from charrnn.sampling import Sampling, log_softmax
from charrnn.search import LEAST_BOUND, LENGTHS, Length, Search, SearchOptions, Suggestion
from charrnn.vocabulary import DOCUMENT, Vocabulary

PROMPTS = ("The rain had", "It was a", "", "x", "He said: ", "Some wor")
GREEDY, DRAWN = Sampling(temperature=0), Sampling(temperature=0.9, top_p=0.95)


class Parrot:
    """A network that knows one text by heart and expects each next character of it with probability `sure`.

    What it has read is the first number of its state; anything but the next character leaves it where it was.
    """

    def __init__(self, vocabulary: Vocabulary, script: str, sure: float = 0.95) -> None:
        self.architecture = Architecture(len(vocabulary), "rnn", 0, hidden=1, layers=1)
        self.runs = 0
        self._script = vocabulary.encode(script + "\n").tolist()
        rest = (1 - sure) / (len(vocabulary) - 3)
        self._sure, self._rest = math.log(sure), math.log(rest)

    def run(self, ids: Ids, state: State) -> tuple[Logits, State]:
        logits, state = self.score(ids, state)
        return logits[:, -1], state

    def score(self, ids: Ids, state: State) -> tuple[Logits, State]:
        self.runs += 1
        logits = np.full((*ids.shape, self.architecture.vocabulary), self._rest, np.float32)
        new = state.copy()
        for row, t in np.ndindex(*ids.shape):
            place = int(new[0, row, 0])
            if place < len(self._script) and ids[row, t] == self._script[place]:
                new[0, row, 0] = place = place + 1
            if place < len(self._script):
                logits[row, t, self._script[place]] = self._sure
        return logits, new


class Oracle:
    """A network that knows how a document begins: with one of these texts, each with its probability, and a line end.

    What it has read is the first number of its state, which counts their beginnings.
    """

    def __init__(self, vocabulary: Vocabulary, texts: dict[str, float]) -> None:
        self.architecture = Architecture(len(vocabulary), "rnn", 0, hidden=1, layers=1)
        lines = {text + "\n": p for text, p in texts.items()}
        beginnings = ["", *sorted({line[:stop] for line in lines for stop in range(1, len(line) + 1)})]
        self._next = np.zeros((len(beginnings), len(vocabulary)), np.int64)
        self._p = np.full(self._next.shape, 1e-9, np.float32)
        for line, p in lines.items():
            for n, symbol in enumerate(vocabulary.encode(line).tolist()):
                place = beginnings.index(line[:n])
                self._next[place, symbol] = beginnings.index(line[: n + 1])
                self._p[place, symbol] += p

    def run(self, ids: Ids, state: State) -> tuple[Logits, State]:
        logits, state = self.score(ids, state)
        return logits[:, -1], state

    def score(self, ids: Ids, state: State) -> tuple[Logits, State]:
        logits = np.zeros((*ids.shape, self.architecture.vocabulary), np.float32)
        new = state.copy()
        for row, t in np.ndindex(*ids.shape):
            new[0, row, 0] = place = self._next[int(new[0, row, 0]), ids[row, t]]
            logits[row, t] = np.log(self._p[place])
        return logits, new


def look_ahead(
    cell: Cell,
    vocabulary: Vocabulary,
    prompt: str,
    options: SearchOptions,
    seed: int = 0,
    calibration: Calibration | None = None,
) -> Search:
    logits, state = read(cell, vocabulary, prompt)
    search = Search(cell, vocabulary, options, calibration or Calibration(), seed)
    for _ in search.steps(logits, state):
        pass
    return search


def read(cell: Cell, vocabulary: Vocabulary, prompt: str) -> tuple[Logits, State]:
    ids = np.concatenate([[DOCUMENT], vocabulary.encode(prompt)])
    return cell.run(ids[None], initial_state(cell.architecture))


@pytest.fixture(scope="session")
def sharp(make_model: Callable[..., Artifact]) -> Artifact:
    """A random model that is fairly sure of what it says."""
    return make_model(sharpness=3.0)


@pytest.fixture(scope="session")
def cells(tiny: Artifact, sharp: Artifact) -> dict[str, Cell]:
    return {"flat": OnnxCell(tiny), "sharp": OnnxCell(sharp)}


@pytest.fixture(scope="session")
def vocabulary(tiny: Artifact) -> Vocabulary:
    return tiny.vocabulary


def distributions(cell: Cell, vocabulary: Vocabulary, prompt: str, text: str) -> list[npt.NDArray[np.float64]]:
    """The softmax before each character of `text`, and the one after it, from single steps of the cell."""
    logits, state = read(cell, vocabulary, prompt)
    rows = [np.exp(log_softmax(logits)[0].astype(np.float64))]
    for i in vocabulary.encode(text).tolist():
        logits, state = cell.run(np.array([[i]]), state)
        rows.append(np.exp(log_softmax(logits)[0].astype(np.float64)))
    return rows


def brute_force(cell: Cell, vocabulary: Vocabulary, prompt: str, text: str) -> tuple[float, float]:
    """The probability that `text` follows `prompt`; and the formula for its worth, if its last word ends with it."""
    rows = distributions(cell, vocabulary, prompt, text)
    ids = vocabulary.encode(text).tolist()
    p = list(itertools.accumulate((row[i] for row, i in zip(rows, ids, strict=False)), lambda a, b: a * b, initial=1.0))

    def mass(place: int, fits: Callable[[str], bool]) -> float:
        return sum(share for i, share in enumerate(rows[place]) if fits(vocabulary.decode([i])))

    right = p[-1] * mass(len(text), lambda letter: not letter.isalnum() and letter not in ("'", "-")) ** END
    ends = [
        place for place in range(1, len(text)) if text[place] == " " and text[:place].strip() and text[place - 1] != " "
    ]
    prefixes = [p[end] * mass(end, lambda letter: letter in (" ", "\n")) for end in ends]
    worth = right * (len(text) - 1)
    for k, (end, first_k, next_k) in enumerate(zip(ends, prefixes, [*prefixes, right][1:], strict=True), start=1):
        worth += (first_k - next_k) * (end - k)
    words = zip([0, *ends], [*ends, len(text) - 2], [*prefixes, right], strict=True)
    stale = sum(p[place] - whole for start, end, whole in words for place in range(start + 1, end + 1))
    return p[-1], worth - LOOK * stale


def all_suggestions(search: Search) -> list[Suggestion]:
    return search.best(1000)


@pytest.mark.parametrize("sampling", [GREEDY, DRAWN], ids=["greedy", "drawn"])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", ["flat", "sharp"])
def test_probability_and_worth_are_exact(
    cells: dict[str, Cell], vocabulary: Vocabulary, kind: str, length: Length, sampling: Sampling
) -> None:
    compared = 0
    for prompt in PROMPTS:
        options = SearchOptions(sampling, candidates=6, length=length, max_characters=25)
        for suggestion in look_ahead(cells[kind], vocabulary, prompt, options).best(10):
            probability, worth = brute_force(cells[kind], vocabulary, prompt, suggestion.text)
            assert math.isclose(suggestion.probability, probability, rel_tol=1e-3)
            assert math.isclose(suggestion.worth, worth, rel_tol=1e-3, abs_tol=1e-6)
            compared += 1
    assert compared >= len(PROMPTS)


def test_no_piece_of_a_word_is_sure_enough(cells: dict[str, Cell], vocabulary: Vocabulary) -> None:
    bounds = []
    for prompt in PROMPTS:
        options = SearchOptions(GREEDY, candidates=6, max_characters=12, min_confidence=1e-7)
        for suggestion in look_ahead(cells["sharp"], vocabulary, prompt, options).best(50):
            after = distributions(cells["sharp"], vocabulary, prompt, suggestion.text)[len(suggestion.text)]
            letters = [vocabulary.decode([i]) for i in range(len(after))]
            bounds.append(
                sum(p for p, one in zip(after, letters, strict=True) if not one.isalnum() and one not in "'-")
            )
    assert bounds
    assert min(bounds) >= 0.999 * LEAST_BOUND


def test_worth_of_several_words_is_exact(vocabulary: Vocabulary) -> None:
    parrot = Parrot(vocabulary, "It was a dark and stormy night.")
    (suggestion,) = look_ahead(parrot, vocabulary, "It was", SearchOptions()).best()
    probability, worth = brute_force(parrot, vocabulary, "It was", suggestion.text)
    assert suggestion.text == " a dark and stormy night."
    assert math.isclose(suggestion.probability, probability, rel_tol=1e-4)
    assert math.isclose(suggestion.worth, worth, rel_tol=1e-4)


@pytest.mark.parametrize("kind", ["flat", "sharp"])
def test_the_best_phrase_is_the_one_of_most_worth(cells: dict[str, Cell], vocabulary: Vocabulary, kind: str) -> None:
    for prompt in PROMPTS:
        found = all_suggestions(look_ahead(cells[kind], vocabulary, prompt, SearchOptions(candidates=8)))
        assert found
        assert [suggestion.worth for suggestion in found] == sorted((s.worth for s in found), reverse=True)


SCRIPT = 'She said, "It is late. Go home!" Then nothing - only rain. And so on.'


@pytest.mark.parametrize(
    ("length", "before", "expected"),
    [
        ("word", "She", " said,"),
        ("word", "She sa", "id,"),
        ("word", "She said,", ' "It'),
        ("word", 'She said, "It is late. Go home!" Then nothing', " - only"),
        ("phrase", 'She said, "It is', " late."),
        ("sentence", "She", ' said, "It is late.'),
        ("sentence", 'She said, "It is late.', ' Go home!"'),
        ("line", "She", ' said, "It is late. Go home!" Then nothing - only rain. And so on.'),
    ],
)
def test_each_length_ends_where_it_should(vocabulary: Vocabulary, length: Length, before: str, expected: str) -> None:
    parrot = Parrot(vocabulary, SCRIPT)
    (best,) = look_ahead(parrot, vocabulary, before, SearchOptions(length=length)).best()
    assert best.text == expected


@pytest.mark.parametrize(("length", "expected"), [("phrase", "it was"), ("sentence", "it is so"), ("line", "it is so")])
def test_an_end_that_is_too_far_is_approached_by_whole_words(
    vocabulary: Vocabulary, length: Length, expected: str
) -> None:
    oracle = Oracle(vocabulary, {"it is so now": 0.05, "it was that": 0.95})
    options = SearchOptions(length=length, max_characters=8)
    assert look_ahead(oracle, vocabulary, "", options).best()[0].text == expected


@pytest.mark.parametrize(
    ("texts", "length", "expected"),
    [
        ({"it is": 0.6, "it is so late now": 0.4}, "line", "it is"),
        ({"it is": 0.6, "it is so late now": 0.4}, "sentence", "it is so late now"),
        ({"it is": 0.3, "it is so": 0.2, "we do": 0.4, "no": 0.1}, "line", "we do"),  # more likely than all of "it is"
        ({"it is. no one came": 1.0}, "line", "it is."),  # the line's own end is too far
        ({"no. no it is": 0.6, "no. we are late": 0.4}, "line", "no. no it is"),
        ({"it is": 0.42, "it is so": 0.13, "we do": 0.4}, "line", "it is"),  # 0.42 of 0.55, against all of 0.4
        ({"it is.": 0.42, 'it is."x': 0.13, "we do.": 0.4}, "sentence", "it is."),
        ({"it is that everyone": 1.0}, "sentence", "it is that"),  # no piece of a word, though it is longer
    ],
)
def test_an_end_is_preferred_by_how_likely_it_is(
    vocabulary: Vocabulary, texts: dict[str, float], length: Length, expected: str
) -> None:
    options = SearchOptions(length=length, max_characters=17)
    assert look_ahead(Oracle(vocabulary, texts), vocabulary, "", options).best()[0].text == expected


@pytest.mark.parametrize("cut", [Sampling(1.0, top_k=1), Sampling(1.0, top_p=0.5), Sampling(1.0, min_p=0.5)])
def test_what_sampling_leaves_out_is_not_followed(vocabulary: Vocabulary, cut: Sampling) -> None:
    search = look_ahead(Parrot(vocabulary, SCRIPT), vocabulary, "She", SearchOptions(cut, length="line"))
    assert all(SCRIPT.startswith("She" + one.text) for one in all_suggestions(search))


def test_what_the_memory_knows_is_found(vocabulary: Vocabulary) -> None:
    memory = Memory(vocabulary)
    memory.learn("Sagramore came. Then Sagramore sat. And Sagramore said so. So Sagramore went. ")
    clueless = Parrot(vocabulary, "x", sure=0.02)
    found = []
    for known in (None, memory):
        search = Search(clueless, vocabulary, SearchOptions(max_characters=3), memory=known)
        for _ in search.steps(*read(clueless, vocabulary, ""), "But Sagram"):
            pass
        found.append(search.best()[0].text)
    assert found[0] != found[1] == "ore"


def test_no_farther_than_anything_can_be_worth_more(vocabulary: Vocabulary) -> None:
    runs = {}
    for length in ("phrase", "line"):
        parrot = Parrot(vocabulary, SCRIPT, sure=0.6)
        look_ahead(parrot, vocabulary, "She", SearchOptions(length=length, max_characters=60))
        runs[length] = parrot.runs - 1  # without that of the prompt
    assert runs["line"] == 60
    assert runs["phrase"] < 20


def test_a_word_is_one_word_whatever_it_ends_with(vocabulary: Vocabulary) -> None:
    parrot = Parrot(vocabulary, "well- known* things")
    found = all_suggestions(look_ahead(parrot, vocabulary, "", SearchOptions(length="word")))
    assert found
    assert [suggestion.text for suggestion in found if " " in suggestion.text.strip()] == []


def words(text: str) -> list[str]:
    return [word for word in text.split() if any(map(str.isalnum, word))]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["flat", "sharp"]),
    st.text(st.sampled_from("abc .,!?'\"-\u2014\u00e9\U0001f600\n"), max_size=20),
    st.builds(
        SearchOptions,
        st.sampled_from([GREEDY, DRAWN, Sampling(1.5), Sampling(0.7, top_k=3), Sampling(1.0, min_p=0.1)]),
        candidates=st.integers(1, 8),
        length=st.sampled_from(LENGTHS),
        max_characters=st.integers(1, 30),
    ),
    st.integers(0, 99),
)
def test_nothing_odd_is_suggested(
    cells: dict[str, Cell], vocabulary: Vocabulary, kind: str, prompt: str, options: SearchOptions, seed: int
) -> None:
    found = all_suggestions(look_ahead(cells[kind], vocabulary, prompt, options, seed))
    for suggestion in found:
        text = suggestion.text
        assert 2 <= len(text) <= options.max_characters
        assert any(map(str.isalnum, text))
        assert not text[-1].isspace()
        assert not re.search(r"[\n\ufffd]", text)
        assert 0 < suggestion.probability <= 1 + 1e-6
        if options.length == "word":
            assert len(words(text)) == 1
        if options.length in ("phrase", "sentence"):
            assert not re.search(r"[.!?][\"')]* ", text)
    for one, other in itertools.permutations(found, 2):
        assert not other.text.startswith(one.text)


@pytest.mark.parametrize("script", ["no no no no no no", "ha, ha, ha, ha", "wait.......... what", "abcdabcdabcdabcd"])
def test_loops_are_not_suggested(vocabulary: Vocabulary, script: str) -> None:
    found = all_suggestions(look_ahead(Parrot(vocabulary, script), vocabulary, "", SearchOptions(length="line")))
    assert found
    assert not [s.text for s in found if re.search(r"\b(\w+)(\W+\1\b){2,}|\.{4}|(\w{4})\3\3", s.text)]


def test_nor_does_a_loop_keep_from_what_is_worth_less(vocabulary: Vocabulary) -> None:
    oracle = Oracle(vocabulary, {"ha ha ha ha ha ha ha": 0.7, "we are all here now": 0.3})
    (best,) = look_ahead(oracle, vocabulary, "", SearchOptions(max_characters=25)).best()
    assert best.text == "we are all here now"


@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.6, 0.9])
@pytest.mark.parametrize("calibration", [Calibration(), Calibration(0.5, 1.0)])
def test_what_is_not_sure_enough_is_not_found(
    cells: dict[str, Cell], vocabulary: Vocabulary, threshold: float, calibration: Calibration
) -> None:
    options = SearchOptions(candidates=6, min_confidence=threshold)
    for cell in (*cells.values(), Parrot(vocabulary, SCRIPT)):
        for suggestion in all_suggestions(look_ahead(cell, vocabulary, "Sh", options, calibration=calibration)):
            assert suggestion.confidence >= threshold
            assert suggestion.confidence == calibration.confidence(suggestion.probability)


def test_a_threshold_below_the_best_leaves_the_best(vocabulary: Vocabulary) -> None:
    parrot = Parrot(vocabulary, SCRIPT)
    (best,) = look_ahead(parrot, vocabulary, "She", SearchOptions()).best()
    gated = SearchOptions(min_confidence=best.confidence - 0.01)
    (left,) = look_ahead(parrot, vocabulary, "She", gated).best()
    assert (left.text, left.probability) == (best.text, pytest.approx(best.probability, rel=1e-5))


def test_silence_where_nothing_is_sure(vocabulary: Vocabulary) -> None:
    parrot = Parrot(vocabulary, SCRIPT, sure=0.3)
    assert look_ahead(parrot, vocabulary, "She", SearchOptions(min_confidence=0.9)).best(3) == []
    assert parrot.runs <= 3  # and it does not look far for it


@pytest.mark.parametrize("kind", ["flat", "sharp"])
def test_the_same_seed_finds_the_same(cells: dict[str, Cell], vocabulary: Vocabulary, kind: str) -> None:
    options = SearchOptions(DRAWN, candidates=5)
    first, second = (look_ahead(cells[kind], vocabulary, "It was", options, seed=7).best(5) for _ in range(2))
    assert first == second


def test_other_seeds_find_other_things(cells: dict[str, Cell], vocabulary: Vocabulary) -> None:
    options = SearchOptions(Sampling(1.0), candidates=2)
    found = {
        tuple(s.text for s in look_ahead(cells["flat"], vocabulary, "It", options, seed).best(2)) for seed in range(5)
    }
    assert len(found) > 1


def test_a_drawn_beam_is_drawn_without_replacement_from_the_model(vocabulary: Vocabulary) -> None:
    """Kool et al. 2019, section 3: what follows from one beginning takes the places that it would among all texts."""
    p = {"aa": 0.6, "ab": 0.25, "ba": 0.1, "bb": 0.05}
    oracle = Oracle(vocabulary, p)
    options = SearchOptions(Sampling(1.0), candidates=2, max_characters=2)
    counts: Counter[frozenset[str]] = Counter()
    for seed in range(600):
        counts[frozenset(one.text for one in all_suggestions(look_ahead(oracle, vocabulary, "", options, seed)))] += 1
    for one, other in itertools.combinations(p, 2):
        expected = p[one] * p[other] * (1 / (1 - p[one]) + 1 / (1 - p[other]))
        assert abs(counts[frozenset((one, other))] / 600 - expected) < 0.05


def test_greedy_does_not_depend_on_the_seed(cells: dict[str, Cell], vocabulary: Vocabulary) -> None:
    found = {tuple(look_ahead(cells["sharp"], vocabulary, "It", SearchOptions(), seed).best(3)) for seed in range(3)}
    assert len(found) == 1


class Shifted(Oracle):
    """One whose logits are shifted: down in one row, up in the next."""

    shift = 0.0

    def run(self, ids: Ids, state: State) -> tuple[Logits, State]:
        logits, state = super().run(ids, state)
        return logits + np.array([[(-self.shift, self.shift)[row % 2]] for row in range(len(ids))], np.float32), state


@pytest.mark.filterwarnings("ignore:(overflow|invalid value) encountered")
@pytest.mark.parametrize("shift", [5, 1000])  # the latter have no exponential
@pytest.mark.parametrize("temperature", [0, 1])
def test_logits_may_be_of_any_size(vocabulary: Vocabulary, temperature: float, shift: float) -> None:
    oracle = Shifted(vocabulary, {"it is": 0.5, "its own": 0.3, "if": 0.1, "we do": 0.08, "no": 0.02})
    found = []
    for oracle.shift in (0, shift):
        found.append(look_ahead(oracle, vocabulary, "", SearchOptions(Sampling(temperature)), 1).best(3))
    assert [one.text for one in found[0]] == [one.text for one in found[1]]
    assert [one.probability for one in found[0]] == pytest.approx([one.probability for one in found[1]], rel=1e-3)


def test_a_beam_of_one_is_the_most_probable_text(cells: dict[str, Cell], vocabulary: Vocabulary) -> None:
    options = SearchOptions(candidates=1, length="line", max_characters=12)
    text, (logits, state) = "", read(cells["sharp"], vocabulary, "It was")
    newline = int(vocabulary.encode("\n")[0])
    for _ in range(12):
        log_p = log_softmax(logits)
        log_p[:, newline] = -np.inf
        text += vocabulary.decode(log_p.argmax(axis=1))
        logits, state = cells["sharp"].run(log_p.argmax(axis=1)[:, None], state)
    for suggestion in all_suggestions(look_ahead(cells["sharp"], vocabulary, "It was", options)):
        assert text.startswith(suggestion.text)


def test_best_gives_no_more_than_asked_for(cells: dict[str, Cell], vocabulary: Vocabulary) -> None:
    search = look_ahead(cells["flat"], vocabulary, "It was", SearchOptions(candidates=8))
    assert [len(search.best(count)) for count in (0, 1, 2, 3)] == [0, 1, 2, 3]
    assert search.best(1) == search.best(3)[:1]


def test_neither_pieces_of_words_nor_nonsense_stand_beside_the_best(vocabulary: Vocabulary) -> None:
    several = dict.fromkeys(("now her", "now him", "now his", "now hot"), 0.06)
    endings = {"now that": 0.5, **several, "it": 0.2, "if": 1e-4}
    search = look_ahead(Oracle(vocabulary, endings), vocabulary, "", SearchOptions(candidates=16))
    texts = [suggestion.text for suggestion in search.best(100)]
    assert texts[:2] == ["now that", "it"]
    assert {"now her", "now him", "now his", "now hot"} <= set(texts)
    assert not {"now h", "now hi", "if"} & set(texts)


def test_asked_for_more_there_is_another_however_unlikely(vocabulary: Vocabulary) -> None:
    search = look_ahead(Oracle(vocabulary, {"it": 0.999, "if": 1e-5, "is": 1e-6}), vocabulary, "", SearchOptions())
    assert [suggestion.text for suggestion in search.best(3)] == ["it", "if"]
    assert [suggestion.text for suggestion in search.best(1)] == ["it"]


def test_what_would_often_stand_in_the_way_is_not_shown(vocabulary: Vocabulary) -> None:
    others = dict.fromkeys(("thin", "thus", "thy", "tho"), 0.1)
    search = look_ahead(
        Oracle(vocabulary, {"the": 0.49, "that is how": 0.11, **others}), vocabulary, "", SearchOptions()
    )
    assert [suggestion.text for suggestion in search.best(2)] == ["the", "that is how"]


def test_it_gives_way_after_each_character(cells: dict[str, Cell], vocabulary: Vocabulary) -> None:
    options = SearchOptions(length="line", max_characters=9)
    search = Search(cells["flat"], vocabulary, options)
    assert sum(1 for _ in search.steps(*read(cells["flat"], vocabulary, "It"))) == 9


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"candidates": 0}, "candidates is 0; it must be from 1 to 64."),
        ({"candidates": 65}, "candidates is 65; it must be from 1 to 64."),
        ({"length": "page"}, "length is 'page'; it must be one of word, phrase, sentence, line."),
        ({"max_characters": 0}, "max_characters is 0; it must be from 1 to 1000."),
        ({"max_characters": 1001}, "max_characters is 1001; it must be from 1 to 1000."),
        ({"min_confidence": 1.1}, "min_confidence is 1.1; it must be from 0 to 1."),
        ({"min_confidence": math.nan}, "min_confidence is nan; it must be from 0 to 1."),
    ],
)
def test_an_option_out_of_range_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        SearchOptions(**options)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_an_option_at_the_end_of_its_range_is_taken() -> None:
    for candidates, characters, confidence in ((1, 1, 0.0), (64, 1000, 1.0)):
        SearchOptions(candidates=candidates, max_characters=characters, min_confidence=confidence)
