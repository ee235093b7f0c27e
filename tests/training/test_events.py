from __future__ import annotations

import io
import json
from typing import Any

import pytest
from rich.console import Console

from charrnn_training.events import (
    Clock,
    Done,
    Event,
    Failed,
    JsonLines,
    Progressed,
    Reading,
    Skipped,
    Started,
    Stopped,
    Terminal,
    duration,
)
from charrnn_training.trainer import Progress, Report

DONE = Done(
    "mine",
    "/m/mine",
    "/m/mine/report.html",
    {"bitsPerCharacter": 2.0, "savings": 0.1},
    {"bitsPerCharacter": 1.9},
    "tuned",
)
EVENTS: list[tuple[Event, dict[str, Any]]] = [
    (
        Reading(2, (Skipped("x.pdf", "why"),), 1),
        {
            "event": "reading",
            "files": 2,
            "skipped": [{"file": "x.pdf", "reason": "why"}],
            "duplicates": 1,
            "notes": [],
        },
    ),
    (
        Started(9, 3, None, 7),
        {"event": "started", "characters": 9, "heldOut": 3, "base": None, "parameters": 7},
    ),
    (
        Progressed(0.5, 9.0, 2.1, None, 15000),
        {
            "event": "progress",
            "share": 0.5,
            "secondsLeft": 9.0,
            "bitsPerCharacter": 2.1,
            "heldOut": None,
            "charactersPerSecond": 15000,
            "doing": "training",
        },
    ),
    (
        DONE,
        {
            "event": "done",
            "model": "mine",
            "path": "/m/mine",
            "report": "/m/mine/report.html",
            "before": {"bitsPerCharacter": 2.0, "savings": 0.1},
            "after": {"bitsPerCharacter": 1.9},
            "kept": "tuned",
        },
    ),
    (Failed("No."), {"event": "error", "message": "No."}),
    (Stopped(), {"event": "stopped"}),
]


@pytest.mark.parametrize(("event", "said"), EVENTS, ids=lambda value: getattr(value, "event", ""))
def test_an_event_is_a_line_of_json(event: Event, said: dict[str, Any]) -> None:
    stream = io.StringIO()
    JsonLines(stream)(event)
    assert stream.getvalue().endswith("\n")
    assert json.loads(stream.getvalue()) == said


def terminal() -> tuple[Terminal, io.StringIO]:
    stream = io.StringIO()
    return Terminal(Console(file=stream, width=200)), stream


def test_a_terminal_says_what_was_read_and_what_was_not() -> None:
    watch, stream = terminal()
    watch(Reading(2, tuple(Skipped(f"{n}.pdf", "why") for n in range(20)), 3, ("a remark",)))
    said = stream.getvalue()
    assert "files read: 2; duplicates left out: 3" in said
    assert "skipped 0.pdf: why" in said
    assert "and 8 more files were skipped" in said
    assert "a remark" in said


def test_a_terminal_says_what_was_gained() -> None:
    watch, stream = terminal()
    watch(DONE)
    said = stream.getvalue()
    assert "before 2.000 bits per character, 10.0% of the keys saved" in said
    assert "The model mine is in /m/mine" in said
    assert "charrnn complete --model /m/mine 'It was a'" in said  # it is not where models are installed
    watch(Done("mine", "", "", None, {"bitsPerCharacter": 2.0}, "base"))
    assert "the model has the weights of its base" in stream.getvalue()


def test_a_terminal_shows_a_bar_and_then_goes_on_below_it() -> None:
    watch, stream = terminal()
    watch(Started(1000, 50, "english", 7))
    watch(Progressed(0.5, 200.0, 2.1, 2.05, 15000))
    watch(Failed("The disk is full."))
    said = stream.getvalue()
    assert "starting from english" in said
    assert "2.100 bits per character (held out 2.050)" in said
    assert "3 min left" in said
    assert said.rstrip().endswith("charrnn-train: The disk is full.")


class Time:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_the_share_rises_to_one_and_the_time_left_falls() -> None:
    said: list[Event] = []
    time = Time()
    clock = Clock(said.append, time)
    for n in range(101):
        clock.trained(Report(Progress(updates=n), n / 100, 2.0, 1000.0))
        time.seconds += 1.0
    for share in (0.0, 0.5, 1.0):
        clock.finishing(share, "measuring")
        time.seconds += 20
    shares = [event.share for event in said if isinstance(event, Progressed)]
    left = [event.seconds_left for event in said if isinstance(event, Progressed)]
    assert shares == sorted(shares)
    assert (shares[-1], left[-1]) == (1, 0)
    assert left == sorted(left, reverse=True)
    assert left[0] == pytest.approx(99 + Clock.FINISHING)


def test_a_training_that_goes_on_counts_from_where_it_was() -> None:
    said: list[Event] = []
    time = Time()
    clock = Clock(said.append, time)
    for n in (50, 51, 52):
        clock.trained(Report(Progress(updates=n), n / 100, 2.0, 1000.0))
        time.seconds += 1.0
    last = said[-1]
    assert isinstance(last, Progressed)
    assert last.seconds_left == pytest.approx(48 + Clock.FINISHING)


def test_it_does_not_speak_at_every_update() -> None:
    said: list[Event] = []
    time = Time()
    clock = Clock(said.append, time)
    for n in range(1000):
        clock.trained(Report(Progress(updates=n), n / 1000, 2.0, 1000.0))
        time.seconds += 0.01
    assert 10 < len(said) < 25


@pytest.mark.parametrize(("seconds", "text"), [(5, "5 s"), (89, "89 s"), (200, "3 min"), (7200, "2.0 h")])
def test_durations_are_said_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text
