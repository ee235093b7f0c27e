from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser

import pytest

from charrnn.config import Architecture
from charrnn_training.card import write_card
from charrnn_training.findings import Findings
from charrnn_training.pictures import CURVE, SAVED, draw_pictures
from charrnn_training.report_page import report_page
from charrnn_training.run_folder import Record
from charrnn_training.worth import Surprise, Worth

VOID = {"meta", "line", "rect", "circle", "polyline"}


def estimate(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.01, "high": value + 0.01}


FINDINGS = Findings(
    name="mine",
    architecture=Architecture(100, hidden=64),
    record=Record(
        {"hidden": 64},
        base="english",
        data=[{"file": "texts/<a>.txt", "characters": 1234567, "sha256": "ab"}],
        reading={
            "duplicates": 3,
            "skipped": [{"file": "b.pdf", "reason": "PDF & co"}],
            "notes": ["c mixes <encodings>"],
        },
    ),
    training={
        "recipe": {"hidden": 64},
        "data": [{"file": "texts/<a>.txt", "characters": 1234567, "sha256": "ab"}],
        "history": [[10, 0.5, 2.2, 2.1], [20, 1.0, 2.0, 2.0]],
        "start": 2.15,
        "mix": 0.65,
        "characters": 81920,
        "updates": 20,
        "minutes": 1.0,
        "device": "cpu",
        "command": "charrnn-train 'my texts' --name mine",
        "bpc_float32": 1.9,
        "bpc_int8": 1.901,
        "bpc_characters": 5000,
    },
    sizes={"training": 300_000, "validation": 15_000, "test": 15_500},
    before=Worth(15_000, 2.05, 4000, estimate(0.15), estimate(0.6)),
    after=Worth(15_000, 1.98, 4000, estimate(0.18), estimate(0.62)),
    kept="tuned",
    samples=[(0.3, "It was <b>late</b>."), (1.0, "It was\nnot & never.")],
    surprise=Surprise(
        "The <q> & Ω\nend.",
        [0.1, 1.5, 3.0, 5.0, 7.0, 12.0, 0.2, 0.3, 0.1, 2.0, 0.4, 0.1, 1.1, 2.5, 0.1, 0],
        [("Ω", 12.0, 1)],
    ),
)


class Page(HTMLParser):
    """Collects text, tags and what a page would load; fails where tags do not close."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.text, self.loads, self.spans = "", [], []
        self._open: list[str] = []
        self.feed(source)
        assert self._open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append(tag)
        values = dict(attributes)
        self.loads += [values[name] for name in ("src", "href") if name in values]
        if tag == "span" and "title" in values:
            self.spans.append((values["class"], values["title"]))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_whole_and_loads_nothing() -> None:
    source = report_page(FINDINGS)
    page = Page(source)
    assert page.loads == []
    assert "url(" not in source
    assert "<script" not in source
    assert "default-src 'none'" in source
    assert "prefers-color-scheme: dark" in source
    for said in ("1,234,567", "texts/<a>.txt", "PDF & co", "c mixes <encodings>", "and count once: 3"):
        assert said in page.text
    for said in ("It was <b>late</b>.", "It was\nnot & never.", "0.070 fewer than its base", "18.0%", "65% of the way"):
        assert said in page.text


def test_the_heat_map_colours_what_was_surprising() -> None:
    page = Page(report_page(FINDINGS))
    assert page.spans == [
        ("h1", "1.5 bits"),
        ("h2", "3.0 bits"),
        ("h3", "5.0 bits"),
        ("h4", "7.0 bits"),
        ("h5", "12.0 bits"),
        ("h2", "2.0 bits"),
        ("h1", "1.1 bits"),
        ("h2", "2.5 bits"),
    ]
    assert FINDINGS.surprise.passage in page.text


def test_a_model_from_scratch_has_nothing_before() -> None:
    findings = dataclasses.replace(
        FINDINGS, before=None, record=Record({}), training={**FINDINGS.training, "start": None}
    )
    page = Page(report_page(findings))
    assert "Before and after" not in page.text
    assert "On 15,000 held-out characters, mine needs 1.980 bits per character." in page.text


def test_it_says_when_the_base_was_kept_and_what_to_do() -> None:
    findings = dataclasses.replace(FINDINGS, kept="base", sizes={"training": 20_000, "validation": 900})
    page = Page(report_page(findings))
    assert "Training found nothing better than english" in page.text
    assert "Add text: 20,000 characters are few" in page.text
    assert "or text that is more like what you write now" in page.text


def test_it_says_what_the_figures_are_of() -> None:
    text = Page(report_page(FINDINGS)).text
    assert "On 15,000 held-out characters" in text  # not all 15,500: that many were looked at
    assert "Over 4,000 of them that were typed" in text
    assert "15,000 for choosing the weights and calibrating; 15,500 for the figures on this page" in text
    findings = dataclasses.replace(FINDINGS, sizes={"training": 300_000, "validation": 15_000})
    assert "15,000 for choosing the weights and calibrating, and for the figures" in Page(report_page(findings)).text


def test_where_nothing_is_shown_nothing_is_called_wrong() -> None:
    findings = dataclasses.replace(FINDINGS, after=dataclasses.replace(FINDINGS.after, precision=None))
    page, card = Page(report_page(findings)).text, write_card(findings)
    assert "nothing shown" in page
    assert "begins right" not in page
    assert "| mine | 1.980 | 18.0% | nothing shown |" in card


def test_it_says_when_training_longer_may_help() -> None:
    history = [[n, n / 2, 3 - n / 10, 3 - n / 10] for n in range(1, 5)]
    findings = dataclasses.replace(FINDINGS, training={**FINDINGS.training, "history": history})
    assert any("Train longer" in step for step in findings.next_steps())
    assert not any("Train longer" in step for step in FINDINGS.next_steps())


@pytest.mark.parametrize("before", [FINDINGS.before, None])
def test_the_pictures_are_png(before: Worth | None) -> None:
    pytest.importorskip("matplotlib")
    pictures = draw_pictures(dataclasses.replace(FINDINGS, before=before))
    assert set(pictures) == ({CURVE, SAVED} if before else {CURVE})
    assert all(content.startswith(b"\x89PNG") for content in pictures.values())


def test_the_card_tells_the_same() -> None:
    card = write_card(FINDINGS, [CURVE])
    assert "Fine-tuned from english." in card
    assert "| english, before | 2.050 | 15.0% | 60% |" in card
    assert "| mine | 1.980 | 18.0% | 62% |" in card
    assert f"![learning curve]({CURVE})" in card
    assert re.search(r"\| 20 \| 1.0 \| 2.0 \| 2.0 \|", card)


def test_the_card_says_what_the_base_was_made_from() -> None:
    first = {**FINDINGS.training, "name": "first", "command": "charrnn-train old --name first", "base": None}
    second = {**FINDINGS.training, "name": "second", "command": "charrnn-train new --name second", "base": first}
    card = write_card(dataclasses.replace(FINDINGS, training={**FINDINGS.training, "base": second}))
    assert card.index("my texts") < card.index("Before that, second") < card.index("Before that, first")
    assert "charrnn-train old --name first" in card


def test_of_very_many_files_the_card_lists_the_largest() -> None:
    files = [{"file": f"texts/{n}.txt", "characters": n, "sha256": "ab"} for n in range(100, 150)]
    card = write_card(dataclasses.replace(FINDINGS, training={**FINDINGS.training, "data": files}))
    assert "texts/149.txt" in card
    assert "texts/101.txt" not in card
    assert f"and 30 smaller files | {sum(range(100, 130))} |" in card
