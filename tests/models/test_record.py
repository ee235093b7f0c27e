from __future__ import annotations

import dataclasses

import pytest

from charrnn.artifact import Artifact
from charrnn.record import Point, facts, sparkline


def test_the_record_of_the_training_is_told(tiny: Artifact) -> None:
    history = [[10, 1.0, 2.5, 2.25], [20, 2.0, 2.0, 2.125]]
    training = {"bpc_int8": 2.125, "bpc_characters": 5000, "characters": 12345, "minutes": 2.0, "device": "cpu"}
    known = facts(dataclasses.replace(tiny, training={**training, "history": history}))
    assert dict(known.rows())["bits per character"] == "2.1250 on 5,000 held-out characters"
    assert dict(known.rows())["training"] == "12,345 characters in 2 minutes on cpu"
    assert "report" not in dict(known.rows())
    assert known.points == (Point(10, 1.0, 2.5, 2.25), Point(20, 2.0, 2.0, 2.125))
    assert known.sparkline() == "█▁"
    assert known.curve_in_words() == (
        "validation 2.250 bits per character after 1 minutes, 2.125 after 2"  # as the record says it
    )


def test_what_the_report_says_goes_before_the_check_of_int8(tiny: Artifact) -> None:
    training = {"bpc_int8": 2.125, "bpc_characters": 5000, "after": {"bits": 1.5, "characters": 700}}
    known = facts(dataclasses.replace(tiny, training=training))
    assert dict(known.rows())["bits per character"] == "1.5000 on 700 held-out characters"


def test_a_training_of_seconds_has_no_0_minutes(tiny: Artifact) -> None:
    training = {"characters": 500, "minutes": 0.4, "history": [[1, 0.1234, 3, 3], [2, 0.4, 3, 2.5]]}
    known = facts(dataclasses.replace(tiny, training=training))
    assert dict(known.rows())["training"] == "500 characters in 0.4 minutes"
    assert "after 0.1 minutes" in known.curve_in_words()
    assert known.curve_in_words().endswith("after 0.4")


def test_the_report_is_named_where_there_is_one(tiny: Artifact) -> None:
    known = facts(dataclasses.replace(tiny, files={**tiny.files, "report.html": "0"}))
    assert dict(known.rows())["report"] == str(tiny.path / "report.html")


@pytest.mark.parametrize(
    "training",
    [
        {},
        {"bpc_int8": "good", "minutes": None, "characters": True, "history": "long", "after": "good"},
        {"after": {"bits": [1.5], "characters": "many"}},
        {"bpc_int8": 10**400, "characters": float("inf"), "history": [[1, 2, 3, 10**400]]},
        {"bpc_int8": float("nan"), "history": [[1, 2, 3], 7, [1, 2, None, 4], ["a", 1, 1, 1]]},
    ],
)
def test_a_record_of_another_form_is_left_out(tiny: Artifact, training: dict[str, object]) -> None:
    known = facts(dataclasses.replace(tiny, training=training))
    assert [name for name, _ in known.rows()] == ["network", "directory"]
    assert known.points == ()
    assert known.sparkline() == ""


def test_a_card_gives_a_terminal_no_orders(tiny: Artifact, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Artifact, "open", lambda *_: b"# tiny\n\x1b]0;owned\x07\x9b2J")
    assert facts(tiny).card == b"# tiny\n]0;owned2J".decode("utf-8").replace("2J", "\ufffd2J")


@pytest.mark.parametrize(
    ("values", "width", "expected"),
    [
        ([], 10, ""),
        ([2.0, 2.0], 10, "▁▁"),
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], 10, "▁▂▃▄▅▆▇█"),
        ([float(i) for i in range(1000)], 3, "▁▅█"),
    ],
)
def test_values_become_bars(values: list[float], width: int, expected: str) -> None:
    assert sparkline(values, width) == expected
