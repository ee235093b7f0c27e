"""What became of suggestions, and what that says of the next ones: a calibration that follows the writer.

A model's own calibration was measured on other people's texts. Whether a suggestion was right, the writer shows by
going on; slope and intercept follow by gradient steps on the log loss (Platt's regression, online), drawn back to where
they began. Nothing of it is ever written to disk.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from charrnn.calibration import Calibration
from charrnn.search import Suggestion

RATE = 0.02  # how fast the calibration follows
PULL = 0.0005  # how strongly it is drawn back
OPEN = 4  # suggestions that are watched at once
KEY_LENGTH = 48  # characters before a suggestion by which its place is found again
LEAST_SLOPE = 0.2


@dataclass(frozen=True)
class _Shown:
    before: str
    text: str
    probability: float


class Outcomes:
    """Watches what is written after suggestions; `calibration` is what follows from it."""

    def __init__(self, calibration: Calibration) -> None:
        self._first = calibration
        self.forget()

    def forget(self) -> None:
        """Begin again with the model's own calibration."""
        self.calibration = self._first
        self._open: list[_Shown] = []

    def show(self, before: str, suggestion: Suggestion) -> None:
        """Watch what is written after `before`, where `suggestion` is shown."""
        self._open.append(_Shown(before[-KEY_LENGTH:], suggestion.text, suggestion.probability))
        del self._open[:-OPEN]

    def read(self, before: str) -> None:
        """Look at the text before the cursor, and learn from what is decided by it."""
        self._open = [shown for shown in self._open if self._is_open(shown, before)]

    def _is_open(self, shown: _Shown, before: str) -> bool:
        """Whether it remains to be seen if `shown` is right."""
        place = before.rfind(shown.before, -(KEY_LENGTH + 2 * len(shown.text) + 80))
        if place < 0:  # the writer is elsewhere
            return False
        written = before[place + len(shown.before) :]
        if len(written) < len(shown.text) and shown.text.startswith(written):
            return True
        self._learn(shown.probability, written.startswith(shown.text))
        return False

    def _learn(self, probability: float, right: bool) -> None:
        now, first = self.calibration, self._first
        error = right - now.confidence(probability)
        p = min(max(probability, 1e-6), 1 - 1e-6)
        slope = now.slope + RATE * error * math.log(p / (1 - p)) + PULL * (first.slope - now.slope)
        intercept = now.intercept + RATE * error + PULL * (first.intercept - now.intercept)
        self.calibration = Calibration(max(slope, LEAST_SLOPE), intercept)
