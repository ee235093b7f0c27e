"""Pictures of a typing evaluation, as PNG. They need the extra `report`."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from charrnn.errors import OptionError

GROUPS = {"by_length": "characters of the item", "by_words": "words of the item", "by_place": "place of the cursor"}


def check_plots() -> None:
    """Raise `OptionError` where matplotlib is missing: better before a long measurement than after it."""
    _pyplot()


def draw_plots(figures: dict[str, Any], folder: Path) -> list[Path]:
    """Draw what `charrnn.typing_report.figures` says into `folder`; the files that were written."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    if figures.get("curve"):
        files.append(_draw_curve(figures["curve"], folder / "precision-savings.png"))
    for name, taker in figures["takers"].items():
        files.append(_draw_reliability(taker["reliability"], folder / f"reliability-{name}.png"))
        files += [_draw_saved(taker[group], said, folder / f"{name}-{group}.png") for group, said in GROUPS.items()]
    return files


def _draw_curve(curve: list[dict[str, Any]], file: Path) -> Path:
    """Keystroke savings against precision, one point a threshold, with intervals."""
    figure, axes = _axes("precision when shown (first word)", "keystroke savings")
    x, y = ([point[name]["value"] for point in curve] for name in ("precision", "keystroke_savings"))
    spreads = [_spread(curve, name) for name in ("precision", "keystroke_savings")]
    axes.errorbar(x, y, xerr=spreads[0], yerr=spreads[1], marker="o", capsize=2)
    for point, place in zip(curve, zip(x, y, strict=True), strict=True):
        axes.annotate(f"{point['min_confidence']:.1f}", place, xytext=(4, 4), textcoords="offset points")
    return _save(figure, file)


def _spread(curve: list[dict[str, Any]], name: str) -> list[list[float]]:
    below = [max(0.0, point[name]["value"] - point[name]["low"]) for point in curve]
    return [below, [max(0.0, point[name]["high"] - point[name]["value"]) for point in curve]]


def _draw_reliability(reliability: dict[str, Any], file: Path) -> Path:
    """How often items were right, against their confidence; the size of a point is how many there were."""
    figure, axes = _axes("confidence", "share that was right")
    rows = reliability["bins"]
    most = max((row["count"] for row in rows), default=1)
    axes.plot([0, 1], [0, 1], color="grey", linewidth=1)
    sizes = [10 + 200 * row["count"] / most for row in rows]
    axes.scatter([row["confidence"] for row in rows], [row["right"] for row in rows], s=sizes)
    axes.set_title(f"expected calibration error {reliability['expected_calibration_error']:.3f}")
    return _save(figure, file)


def _draw_saved(groups: dict[str, Any], label: str, file: Path) -> Path:
    """The keys that each kind of item saved."""
    figure, axes = _axes(label, "keys saved")
    axes.bar(list(groups), [group["saved"] for group in groups.values()])
    return _save(figure, file)


def _axes(x: str, y: str) -> tuple[Any, Any]:
    figure, axes = _pyplot().subplots(figsize=(6, 4), layout="constrained")
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    return figure, axes


def _save(figure: Any, file: Path) -> Path:
    figure.savefig(file, dpi=120)
    _pyplot().close(figure)
    return file


def _pyplot() -> Any:
    try:
        importlib.import_module("matplotlib").use("Agg")  # draws without a display
        return importlib.import_module("matplotlib.pyplot")
    except ImportError as error:
        message = f"Plots need Matplotlib ({error.name} is missing): pip install 'charrnn-lsp[report]'"
        raise OptionError(message) from error
