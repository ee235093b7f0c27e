"""All that a training found out, as its report and its card tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from charrnn.config import Architecture
from charrnn_training.run_folder import Record
from charrnn_training.worth import Surprise, Worth

LITTLE = 100_000  # characters, below which more text helps most


@dataclass(frozen=True)
class Findings:
    """What is known of a model that is about to be installed."""

    name: str
    architecture: Architecture
    record: Record
    training: dict[str, Any]  # the training record of the model
    sizes: dict[str, int]  # characters of each part of the text
    before: Worth | None
    after: Worth
    kept: str
    samples: list[tuple[float, str]]  # temperature, text
    surprise: Surprise

    @property
    def base(self) -> str | None:
        return self.record.base

    def curve(self) -> list[tuple[float, float | None, float]]:
        """Points of the learning curve: minutes, training and validation bits per character."""
        start = self.training.get("start")
        rows = [(row[1], row[2], row[3]) for row in self.training["history"]]
        return ([(0.0, None, start)] if start is not None else []) + rows

    def verdict(self) -> str:
        """One or two sentences on what was gained."""
        held_out = f"{self.after.characters:,} held-out characters"
        if self.before is None:
            return f"On {held_out}, {self.name} needs {self.after.bits:.3f} bits per character."
        if self.kept == "base":
            return (
                f"Training found nothing better than {self.base} on held-out text, so {self.name} has the weights of "
                f"{self.base}, with confidences calibrated on your text."
            )
        gained = self.before.bits - self.after.bits
        return (
            f"On {held_out}, {self.name} needs {self.after.bits:.3f} bits per character, {self.base} "
            f"{self.before.bits:.3f}: {abs(gained):.3f} {'fewer' if gained > 0 else 'more'} than its base. Over "
            f"{self.after.typed:,} of them that were typed, suggestions save {self.after.savings['value']:.1%} of the "
            f"keys, {self.before.savings['value']:.1%} before."
        )

    def next_steps(self) -> list[str]:
        """What to do now, by what was found."""
        steps = [f'Use it: set charrnn.model to "{self.name}" in your editor, or run charrnn.selectModel.']
        if self.sizes["training"] < LITTLE:
            steps.append(f"Add text: {self.sizes['training']:,} characters are few, and more of your own helps most.")
        if self.kept == "base":
            steps.append("Add text of yours, or text that is more like what you write now, and train again.")
        elif self._still_learning():
            steps.append("Train longer (--epochs or --max-minutes): the curve was still falling when it ended.")
        if self.record.reading.get("skipped"):
            steps.append("Look at what was skipped above: a file saved in another format can be read next time.")
        steps.append(
            "Names and terms in the list of surprising words are learned by the memory of open documents anyway."
        )
        steps.append("Share the model, or this report, only if you would share the texts: both can give them away.")
        return steps

    def _still_learning(self) -> bool:
        found = [row[3] for row in self.training["history"]]
        return len(found) >= 3 and found[-1] == min(found) and found[-3] - found[-1] > 0.01
