"""The report's charts as PNG, for the model card. They need Matplotlib; without it there are none."""

from __future__ import annotations

import importlib
import io
from typing import Any

from charrnn_training.findings import Findings

CURVE, SAVED = "learning-curve.png", "before-and-after.png"
PICTURES = (CURVE, SAVED)


def draw_pictures(findings: Findings) -> dict[str, bytes]:
    """Name and content of each picture."""
    try:
        importlib.import_module("matplotlib").use("Agg")  # draws without a display
        pyplot = importlib.import_module("matplotlib.pyplot")
    except ImportError:
        return {}
    pictures = {}
    if len(findings.curve()) > 1:
        pictures[CURVE] = _draw_curve(pyplot, findings)
    if findings.before is not None:
        pictures[SAVED] = _draw_saved(pyplot, findings)
    return pictures


def _draw_curve(pyplot: Any, findings: Findings) -> bytes:
    figure, axes = pyplot.subplots(figsize=(6, 4), layout="constrained")
    points = findings.curve()
    training = [(minutes, bits) for minutes, bits, _ in points if bits is not None]
    axes.plot(*zip(*training, strict=True), marker="o", label="text trained on")
    axes.plot([minutes for minutes, _, _ in points], [bits for *_, bits in points], marker="o", label="held-out text")
    axes.set_xlabel("minutes")
    axes.set_ylabel("bits per character")
    axes.legend()
    return _png(pyplot, figure)


def _draw_saved(pyplot: Any, findings: Findings) -> bytes:
    """Keys saved by the base and by the model, with their intervals."""
    assert findings.before is not None
    figure, axes = pyplot.subplots(figsize=(6, 3), layout="constrained")
    worths = (findings.before, findings.after)
    values = [100 * worth.savings["value"] for worth in worths]
    below = [100 * (worth.savings["value"] - worth.savings["low"]) for worth in worths]
    above = [100 * (worth.savings["high"] - worth.savings["value"]) for worth in worths]
    spread = [[max(0.0, error) for error in errors] for errors in (below, above)]
    axes.barh([f"{findings.base} (before)", findings.name], values, xerr=spread, capsize=3)
    axes.set_xlabel("per cent of the keys saved on held-out text")
    return _png(pyplot, figure)


def _png(pyplot: Any, figure: Any) -> bytes:
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=120)
    pyplot.close(figure)
    return content.getvalue()
