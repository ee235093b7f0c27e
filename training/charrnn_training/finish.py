"""From trained weights to an installed model: checked, calibrated, measured against its base, described."""

from __future__ import annotations

import dataclasses
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from charrnn.artifact import CARD, WEIGHTS, Artifact
from charrnn.errors import CharRNNError, ModelError
from charrnn.library import find_model
from charrnn.model import open_model
from charrnn_training.calibrate import calibrate
from charrnn_training.card import SOURCES, write_card
from charrnn_training.events import Clock, Done
from charrnn_training.export import export
from charrnn_training.findings import Findings
from charrnn_training.order import Order
from charrnn_training.pictures import PICTURES, draw_pictures
from charrnn_training.recipe import RECIPES
from charrnn_training.report_page import report_page
from charrnn_training.run_folder import Corpus, Record
from charrnn_training.trainer import Trainer
from charrnn_training.worth import sample, samples, surprise, worth

REPORT = "report.html"


def finish(order: Order, trainer: Trainer, corpus: Corpus, record: Record, place: float | None, clock: Clock) -> Done:
    """Make the model of `order` from what was trained. Raises `ModelError` where it cannot be written.

    `place` is how far its weights are on the way from the base's, if it has one. Confidences are calibrated on the
    validation text, and what the model is worth is measured on the test text.
    """
    base = _base(record)
    finishing = _Finishing(order, corpus, record, base, place, trainer.progress.best, clock)
    clock.finishing(0.0, "checking")
    try:
        export(
            trainer.network.cpu(),
            corpus.vocabulary,
            order.target,
            finishing.validation,
            _record(order, trainer, record, base),
            finishing.describe,
            finishing.calibrate,
        )
    except OSError as error:
        raise ModelError(
            f"{order.target} cannot be written: {error.strerror or error}. Nothing was installed, and a model that was "
            "there is as it was. Make room, and run the same command with --resume: it goes on from here."
        ) from error
    clock.finishing(1.0, "done")
    return finishing.done()


class _Finishing:
    """What export asks of a model that is about to be installed, and what was found out about it on the way."""

    def __init__(
        self,
        order: Order,
        corpus: Corpus,
        record: Record,
        base: Artifact | None,
        place: float | None,
        chosen: float,
        clock: Clock,
    ) -> None:
        self._order, self._corpus, self._record, self._base = order, corpus, record, base
        self._place, self._chosen, self._clock = place, chosen, clock
        self.validation = sample(corpus.validation, corpus.vocabulary)
        self._findings: Findings | None = None

    def calibrate(self, draft: Artifact) -> Mapping[str, float]:
        """The calibration of a model, measured on the validation text."""
        self._clock.finishing(0.1, "calibrating")
        return dataclasses.asdict(calibrate(open_model(draft), self.validation))

    def describe(self, draft: Artifact, training: dict[str, Any]) -> Mapping[str, bytes]:
        """The files that go with a model; what it is worth is added to its training record."""
        test = sample(self._corpus.judge, self._corpus.vocabulary)
        self._clock.finishing(0.4, "measuring")
        before = worth(open_model(self._base), test) if self._base else None
        self._clock.finishing(0.65, "measuring")
        model = open_model(draft)
        after = worth(model, test)
        self._clock.finishing(0.9, "reporting")
        kept = "base" if self._place == 0 else "tuned"
        training |= {
            "kept": kept,
            "mix": self._place,
            "chosen": round(self._chosen, 4),
            "before": dataclasses.asdict(before) if before else None,
            "after": dataclasses.asdict(after),
        }
        self._findings = Findings(
            model.name,
            draft.architecture,
            self._record,
            dict(training),
            _sizes(self._corpus),
            before,
            after,
            kept,
            samples(model),
            surprise(model, test),
        )
        return _files(self._order, self._findings)

    def done(self) -> Done:
        """What to tell of the model when it is installed."""
        found, path = self._findings, self._order.target
        assert found is not None
        before = found.before.event() if found.before else None
        return Done(self._order.name, str(path), str(path / REPORT), before, found.after.event(), found.kept)


def _files(order: Order, findings: Findings) -> dict[str, bytes]:
    """The card, the report, its pictures, and the sources of the text."""
    pictures = draw_pictures(findings)
    files = {
        CARD: write_card(findings, [name for name in PICTURES if name in pictures]).encode(),
        REPORT: report_page(findings).encode(),
        **pictures,
    }
    return files | ({SOURCES: order.sources.read_bytes()} if order.sources else {})


def _base(record: Record) -> Artifact | None:
    """The model that training started from, if it is still what it was."""
    try:
        base = find_model(record.base) if record.base else None
    except CharRNNError:
        return None
    return base if base is None or base.files.get(WEIGHTS) == record.base_weights else None


def _sizes(corpus: Corpus) -> dict[str, int]:
    """Characters of each part of the text."""
    parts = {"training": corpus.training, "validation": corpus.validation, "test": corpus.test}
    return {name: len(shard) for name, shard in parts.items() if shard is not None}


def _record(order: Order, trainer: Trainer, record: Record, base: Artifact | None) -> dict[str, Any]:
    """What a model's configuration says about its training."""
    progress = trainer.progress
    began = {"name": base.name, "weights": record.base_weights, **base.training} if base else None
    return {
        "command": order.command,
        "commit": _commit(),
        "recipe": dataclasses.asdict(trainer.recipe),
        "data": record.data,
        "device": str(trainer.device),
        "updates": progress.updates,
        "characters": progress.updates * trainer.batches.characters_per_batch,
        "minutes": round(progress.minutes, 1),
        "start": progress.start,
        "history": progress.history,
        "base": _history(began, frozenset(map(_identity, record.data))),
        "sources": bool(order.sources),
    }


def _history(training: Mapping[str, Any] | None, known: frozenset[tuple[str, str]]) -> dict[str, Any] | None:
    """What the record of a base says; of the files of each training that went before, those that are not `known`."""
    if not training:
        return None
    fresh = [file for file in training.get("data", ()) if _identity(file) not in known]
    before = _history(training.get("base"), known.union(map(_identity, fresh)))
    return {**training, "data": fresh, "base": before}


def _identity(file: Mapping[str, Any]) -> tuple[str, str]:
    return file["file"], file["sha256"]


def _commit() -> str:
    """The commit of the code that trains, where it is a checkout; a repository around an installed one is not its."""
    if RECIPES.parent == Path(__file__).parent:
        return ""
    command = ["git", "-C", str(RECIPES), "rev-parse", "--short", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
