"""The figures of a typing evaluation as a table for the terminal."""

from __future__ import annotations

from typing import Any

COLUMNS = ("keystroke_savings", "precision", "item_precision", "shown_rate")


def table(figures: dict[str, Any]) -> str:
    """One row a way of typing; each figure in per cent, with the half width of its interval."""
    rows = [f"  {'':16}" + "".join(f"{name.replace('_', ' '):>20}" for name in COLUMNS)]
    rows += [_row(name, taker) for name, taker in figures["takers"].items()]
    rows += [_row(f"threshold {point['min_confidence']:.1f}", point) for point in figures.get("curve", ())]
    rows += [_row(f"mid-line {name}", taker) for name, taker in figures.get("mid_line", {}).items()]
    for name, taker in figures["takers"].items():
        times = ", ".join(f"{quantile} {value} ms" for quantile, value in taker["latency_ms"].items())
        error = taker["reliability"]["expected_calibration_error"]
        rows.append(f"  {name:16}{times}, calibration error {error}")
    bits = figures.get("bits_per_character", {})
    rows += [f"  bits per character {name.replace('_', ' ')}: {estimate['value']}" for name, estimate in bits.items()]
    return "\n".join(rows)


def _row(name: str, figures: dict[str, Any]) -> str:
    return f"  {name:16}" + "".join(f"{_percent(figures[column]):>20}" for column in COLUMNS)


def _percent(estimate: dict[str, float]) -> str:
    return f"{100 * estimate['value']:.1f} ± {50 * (estimate['high'] - estimate['low']):.1f}"
