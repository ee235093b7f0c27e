"""What is known of a model, from its configuration and its card: for the terminal and for the page in the browser."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charrnn.artifact import CARD, Artifact
from charrnn.errors import ModelError

REPORT = "report.html"  # what charrnn-train puts beside the card
BARS = "▁▂▃▄▅▆▇█"
WIDTH = 40  # characters of a sparkline

# What a terminal would take as an order; a card may come from anywhere.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Point:
    """One validation on the way."""

    updates: int
    minutes: float
    training: float  # bits per character
    validation: float


@dataclass(frozen=True)
class Facts:
    """What can be said of a model without loading it."""

    name: str
    path: str
    shape: str  # such as "lstm 2x512"
    weights: int
    symbols: int
    bits_per_character: float | None  # of the cell that typing uses
    measured_on: int | None  # characters
    characters: int | None  # read in training
    minutes: float | None
    device: str | None
    points: tuple[Point, ...]
    card: str  # Markdown
    report: str | None = None  # the file of the training's report

    @property
    def history(self) -> list[dict[str, float]]:
        return [vars(point) for point in self.points]

    def as_json(self) -> dict[str, Any]:
        """What a program asks of a model in a list."""
        names = ("name", "path", "shape", "weights", "symbols", "bits_per_character", "characters", "minutes")
        return {name: getattr(self, name) for name in names}

    def rows(self) -> list[tuple[str, str]]:
        """Names and values, in words."""
        rows = [
            ("network", f"{self.shape}, {self.weights:,} weights, {self.symbols} symbols"),
            ("directory", self.path),
        ]
        if self.bits_per_character is not None:
            held_out = f" on {self.measured_on:,} held-out characters" if self.measured_on else ""
            rows.append(("bits per character", f"{self.bits_per_character:.4f}{held_out}"))
        if self.characters is not None:
            time = f" in {self.minutes:g} minutes" if self.minutes is not None else ""
            device = f" on {self.device}" if self.device else ""
            rows.append(("training", f"{self.characters:,} characters{time}{device}"))
        if self.report:
            rows.append(("report", self.report))
        return rows

    def sparkline(self) -> str:
        """Validation on the way, higher is worse; empty where it is not known."""
        return sparkline([point.validation for point in self.points])

    def curve_in_words(self) -> str:
        """Where the learning curve began and where it ended."""
        first, last = self.points[0], self.points[-1]
        return (
            f"validation {first.validation:.3f} bits per character after {round(first.minutes, 1):g} minutes, "
            f"{last.validation:.3f} after {round(last.minutes, 1):g}"
        )


def facts(artifact: Artifact) -> Facts:
    """What is known of this model. A record that is not of the known form is left out, as a model needs none."""
    a, record = artifact.architecture, artifact.training
    bits, measured_on = _held_out(record)
    return Facts(
        name=artifact.name,
        path=str(artifact.path),
        shape=f"{a.cell} {a.layers}x{a.hidden}",
        weights=a.parameters,
        symbols=a.vocabulary,
        bits_per_character=_number(bits),
        measured_on=_whole(measured_on),
        characters=_whole(record.get("characters")),
        minutes=_number(record.get("minutes")),
        device=str(record["device"])[:40] if "device" in record else None,
        points=_points(record.get("history")),
        card=_card(artifact),
        report=str(artifact.path / REPORT) if REPORT in artifact.files else None,
    )


def sparkline(values: Sequence[float], width: int = WIDTH) -> str:
    """Values as bars of eight heights, the lowest to the highest; where there are more than `width`, every so many."""
    if not values:
        return ""
    if len(values) > width:
        values = [values[round(i * (len(values) - 1) / (width - 1))] for i in range(width)]
    low, high = min(values), max(values)
    if high == low:
        return BARS[0] * len(values)
    return "".join(BARS[round((value - low) / (high - low) * (len(BARS) - 1))] for value in values)


def _held_out(record: Mapping[str, Any]) -> tuple[object, object]:
    """Bits per character and of how many characters: as the report says, or else as int8 was checked."""
    after = record.get("after")
    if isinstance(after, dict):
        return after.get("bits"), after.get("characters")
    return record.get("bpc_int8"), record.get("bpc_characters")


def _card(artifact: Artifact) -> str:
    try:
        return _CONTROL.sub("", artifact.open(CARD).decode("utf-8", "replace"))
    except ModelError as error:
        return f"*{error}*"


def _points(history: object) -> tuple[Point, ...]:
    points = []
    for row in history if isinstance(history, list) else []:
        values = [_number(value) for value in row] if isinstance(row, list) else []
        if len(values) == 4 and None not in values:
            points.append(Point(int(values[0] or 0), *(value or 0.0 for value in values[1:])))
    return tuple(points)


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= sys.float_info.max:
        return None
    return float(value)


def _whole(value: object) -> int | None:
    number = _number(value)
    return None if number is None else int(number)
