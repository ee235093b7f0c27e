"""What a training says while it runs, and who listens: a terminal, or an editor that reads a line of JSON an event."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from charrnn.library import is_installed
from charrnn_training.trainer import Report

MOST_NAMED = 12  # skipped files that a terminal lists


@dataclass(frozen=True)
class Skipped:
    """A file that was not read."""

    file: str
    reason: str


@dataclass(frozen=True)
class Reading:
    """The texts were read."""

    event: ClassVar[str] = "reading"
    files: int
    skipped: tuple[Skipped, ...] = ()
    duplicates: int = 0  # documents that stood there before
    notes: tuple[str, ...] = ()  # what else there is to say about files that were read


@dataclass(frozen=True)
class Started:
    """Training begins, or goes on."""

    event: ClassVar[str] = "started"
    characters: int  # to train on
    held_out: int
    base: str | None
    parameters: int


@dataclass(frozen=True)
class Progressed:
    """How far the whole job is, 0 to 1, and what it is doing. Bits per character where they are known."""

    event: ClassVar[str] = "progress"
    share: float
    seconds_left: float
    bits_per_character: float | None
    held_out: float | None
    characters_per_second: float | None
    doing: str = "training"


@dataclass(frozen=True)
class Done:
    """The model is installed. `before` and `after` have `bitsPerCharacter` and `savings` on held-out text."""

    event: ClassVar[str] = "done"
    model: str
    path: str
    report: str
    before: Mapping[str, float] | None
    after: Mapping[str, float]
    kept: str  # "tuned", or "base" where training made nothing better


@dataclass(frozen=True)
class Failed:
    """There is no model, for this reason."""

    event: ClassVar[str] = "error"
    message: str


@dataclass(frozen=True)
class Stopped:
    """Someone stopped it; a checkpoint is there if training had begun."""

    event: ClassVar[str] = "stopped"


Event = Reading | Started | Progressed | Done | Failed | Stopped
Watcher = Callable[[Event], None]


class JsonLines:
    """Writes each event as one line of JSON."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, event: Event) -> None:
        said = {_camel(name): value for name, value in dataclasses.asdict(event).items()}
        self._stream.write(json.dumps({"event": event.event, **said}) + "\n")
        self._stream.flush()


class Terminal:
    """Tells a person, with a progress bar."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %  {task.fields[figures]}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            console=console,
        )
        self._task = self._bar.add_task("training", total=1.0, figures="", left="")

    def __call__(self, event: Event) -> None:
        if isinstance(event, Progressed):
            self._bar.start()
            self._show(event)
            return
        if self._bar.live.is_started:
            self._bar.stop()
        match event:
            case Reading():
                self._say_reading(event)
            case Started():
                start = f"starting from {event.base}" if event.base else "starting from nothing"
                sizes = f"{event.characters:,} characters to train on, {event.held_out:,} held out"
                self._say(f"{sizes}; {event.parameters:,} weights, {start}")
            case Done():
                self._say_done(event)
            case Failed():
                self._say(f"charrnn-train: {event.message}", style="red")
            case Stopped():
                self._say("Stopped. If training had begun, the same command with --resume goes on from there.")

    def _show(self, event: Progressed) -> None:
        figures = f"{event.bits_per_character:.3f} bits per character" if event.bits_per_character else ""
        if event.held_out:
            figures += f" (held out {event.held_out:.3f})"
        if event.characters_per_second:
            figures += f"  {event.characters_per_second / 1000:.1f} k characters/s"
        self._bar.update(
            self._task,
            completed=event.share,
            description=event.doing,
            figures=figures,
            left=f"{duration(event.seconds_left)} left",
        )

    def _say_reading(self, event: Reading) -> None:
        self._say(f"files read: {event.files:,}" + _plural(event.duplicates, "; duplicates left out: {}"))
        for skipped in event.skipped[:MOST_NAMED]:
            self._say(f"  skipped {skipped.file}: {skipped.reason}")
        self._say_rest(len(event.skipped) - MOST_NAMED, "files were skipped")
        for note in event.notes[:MOST_NAMED]:
            self._say(f"  {note}")
        self._say_rest(len(event.notes) - MOST_NAMED, "remarks; the report has them")

    def _say_rest(self, count: int, what: str) -> None:
        if count > 0:
            self._say(f"  and {count:,} more {what}")

    def _say_done(self, event: Done) -> None:
        if event.kept == "base":
            self._say("Training made nothing better of it on held-out text: the model has the weights of its base.")
        for name, figures in (("before", event.before), ("after", event.after)):
            if figures:
                savings = f", {figures['savings']:.1%} of the keys saved" if "savings" in figures else ""
                self._say(f"{name:6} {figures['bitsPerCharacter']:.3f} bits per character{savings}")
        self._say(f"The model {event.model} is in {event.path}")
        self._say(f"Report: {event.report}")
        name = event.model if is_installed(Path(event.path)) else shlex.quote(event.path)
        self._say(f"Try it: charrnn complete --model {name} 'It was a'")

    def _say(self, text: str, style: str | None = None) -> None:
        self._console.print(text, style=style, highlight=False, soft_wrap=True, markup=False)


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _plural(count: int, text: str) -> str:
    return text.format(f"{count:,}") if count else ""


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


class Clock:
    """Tells a watcher how far the whole job is, a few times a second at most.

    Time is what the share is made of: what is over, of that and what is left.
    """

    FINISHING = 60.0  # seconds after training on two cores, guessed: calibration and the evaluations
    EVERY = 0.5  # seconds

    def __init__(self, watch: Watcher, now: Callable[[], float] = time.monotonic) -> None:
        self._watch, self._now = watch, now
        self._began = self._told = now()
        self._first: float | None = None  # share of the training that was done when it began, or was resumed
        self._share = 0.0
        self._held_out: float | None = None

    def trained(self, report: Report) -> None:
        """Pass on a report of the training loop."""
        progress = report.progress
        self._held_out = round(progress.best, 4) if progress.best < math.inf else None
        now = self._now()
        if self._first is None:
            self._first, self._began = report.share, now
        elif now - self._told > self.EVERY or report.share >= 1:
            done = max(report.share - self._first, 1e-9)
            left = (now - self._began) * (1 - report.share) / done + self.FINISHING
            self._tell(left, round(report.loss, 4), round(report.speed), "training")

    def finishing(self, share: float, doing: str) -> None:
        """Training is over, and this share of what comes after it."""
        self._tell((1 - share) * self.FINISHING, None, None, doing)

    def _tell(self, left: float, bits: float | None, speed: float | None, doing: str) -> None:
        self._told = self._now()
        over = self._told - self._began
        self._share = max(self._share, min(1.0, over / (over + left) if over + left else 1.0))
        self._watch(Progressed(round(self._share, 4), round(left, 1), bits, self._held_out, speed, doing))
