"""The whole measurement of a model at work: writers who take differently, thresholds, gaps, bits and time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from charrnn.bootstrap import ratio
from charrnn.evaluation import character_bits
from charrnn.memory import Memory
from charrnn.model import Model
from charrnn.report import BLOCK, estimates, typing_figures
from charrnn.search import SearchOptions
from charrnn.typing_evaluation import Measured, evaluate_gaps, evaluate_typing, milliseconds
from charrnn.writer import take_blindly, take_reading

TAKERS = ("gated", "ideal", "blind")
GATES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
QUANTILES = (0.5, 0.95, 0.99)


@dataclass(frozen=True)
class Plan:
    """What is measured.

    The gated and the blind taker see what clears `options.min_confidence`; the ideal one sees whatever is found.
    """

    options: SearchOptions
    given: int = 0  # characters that stand there already
    with_memory: bool = True
    takers: tuple[str, ...] = TAKERS
    gates: tuple[float, ...] = ()  # thresholds of the curve
    gaps: int = 0  # places in the middle of lines, in each text
    bits: bool = True


@dataclass
class Runs:
    """What was measured, one entry a text in each list."""

    takers: dict[str, list[Measured]] = field(default_factory=dict)
    curve: dict[float, list[Measured]] = field(default_factory=dict)
    gaps: dict[str, list[Measured]] = field(default_factory=dict)
    bits: dict[str, list[npt.NDArray[np.float64]]] = field(default_factory=dict)


def measure(model: Model, text: str, plan: Plan) -> Runs:
    """Carry out `plan` on one text."""
    runs = Runs()
    for taker in plan.takers:
        runs.takers[taker] = [_typed(model, text, plan, taker)]
    for gate in plan.gates:
        gated = replace(plan, options=replace(plan.options, min_confidence=gate))
        runs.curve[gate] = _known(runs, plan, gate) or [_typed(model, text, gated, "gated")]
    for taker in ("gated", "ideal") if plan.gaps else ():
        options = _options(plan, taker)
        runs.gaps[taker] = evaluate_gaps(model, options, text, plan.gaps, with_memory=plan.with_memory)
    if plan.bits:
        memories = {"without_memory": None, "with_memory": Memory(model.vocabulary)}
        for name, memory in memories.items():
            runs.bits[name] = [character_bits(model.cell, model.vocabulary, text, memory)[plan.given :]]
    return runs


def pooled(runs: Iterable[Runs]) -> Runs:
    """The measurements of several texts as those of one."""
    pool = Runs()
    for run in runs:
        for mine, theirs in ((pool.takers, run.takers), (pool.gaps, run.gaps)):
            for name, measured in theirs.items():
                mine.setdefault(name, []).extend(measured)
        for gate, measured in run.curve.items():
            pool.curve.setdefault(gate, []).extend(measured)
        for name, bits in run.bits.items():
            pool.bits.setdefault(name, []).extend(bits)
    return pool


def figures(runs: Runs) -> dict[str, Any]:
    """All figures, for JSON."""
    said: dict[str, Any] = {"takers": {name: _figures(measured) for name, measured in runs.takers.items()}}
    if runs.curve:
        said["curve"] = [{"min_confidence": gate, **_point(measured)} for gate, measured in runs.curve.items()]
    if runs.gaps:
        said["mid_line"] = {name: _figures(measured) for name, measured in runs.gaps.items()}
    if runs.bits:
        said["bits_per_character"] = {name: _bits(costs) for name, costs in runs.bits.items()}
    return said


def _typed(model: Model, text: str, plan: Plan, taker: str) -> Measured:
    take = take_blindly if taker == "blind" else take_reading
    return evaluate_typing(model, _options(plan, taker), text, plan.given, with_memory=plan.with_memory, take=take)


def _options(plan: Plan, taker: str) -> SearchOptions:
    return replace(plan.options, min_confidence=0.0) if taker == "ideal" else plan.options


def _known(runs: Runs, plan: Plan, gate: float) -> list[Measured] | None:
    """The run of a taker that is the one at this threshold too."""
    if gate == plan.options.min_confidence and "gated" in runs.takers:
        return runs.takers["gated"]
    return runs.takers.get("ideal") if gate == 0 else None


def _figures(measured: list[Measured]) -> dict[str, Any]:
    seconds = [second for one in measured for second in one.seconds]
    latency = {f"p{round(100 * share)}": round(milliseconds(seconds, share), 2) for share in QUANTILES}
    return {**typing_figures([one.typing for one in measured]), "latency_ms": latency}


def _point(measured: list[Measured]) -> dict[str, Any]:
    return {name: estimate.rounded() for name, estimate in estimates([one.typing for one in measured]).items()}


def _bits(costs: list[npt.NDArray[np.float64]]) -> dict[str, float]:
    parts = [block for bits in costs for block in np.array_split(bits, max(1, len(bits) // BLOCK))]
    return ratio([float(part.sum()) for part in parts], [len(part) for part in parts]).rounded()
