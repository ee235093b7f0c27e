"""From the probability of a suggestion to the confidence that a writer may have in it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from charrnn.errors import OptionError


@dataclass(frozen=True)
class Calibration:
    """What the model's probability that a suggestion is right is really worth (Platt 1999), measured on held-out text.

    confidence = sigmoid(slope * logit(probability) + intercept), with a positive slope. Raises `OptionError` without.
    """

    slope: float = 1.0
    intercept: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.slope < math.inf and math.isfinite(self.intercept)):
            raise OptionError(
                f"calibration has slope {self.slope} and intercept {self.intercept}; they must be finite, the slope "
                "greater than 0."
            )

    def confidence(self, probability: float) -> float:
        p = min(max(probability, 1e-9), 1 - 1e-9)
        logit = self.slope * math.log(p / (1 - p)) + self.intercept
        return 1 / (1 + math.exp(min(-logit, 700)))  # beyond that exp overflows

    def probability(self, confidence: float) -> float:
        """The probability whose confidence this is: from 0 to 1, as `confidence` is."""
        if not 0 < confidence < 1:
            return confidence
        logit = (math.log(confidence / (1 - confidence)) - self.intercept) / self.slope
        return 1 / (1 + math.exp(min(-logit, 700)))


IDENTITY = Calibration()


def percent(confidence: float) -> str:
    """A confidence as a writer reads it: never sure, and never out of the question."""
    return "<1%" if confidence < 0.01 else ">99%" if confidence > 0.99 else f"{confidence:.0%}"
