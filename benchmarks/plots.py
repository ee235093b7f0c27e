"""Draw the README's pictures from what was measured: `python benchmarks/plots.py [--results DIR] [--to DIR]`.

| picture | from | which is written by |
| --- | --- | --- |
| precision-savings.svg | compare.json | `python benchmarks/compare.py` |
| latency.svg | latency.json | `python benchmarks/latency.py` |
| training-speed.svg | training.json | `python benchmarks/training.py --save` |
| learning-curve.svg | the bundled model's record | `charrnn-train` |

A picture whose data is not there is left out, with a message. The ink shows on light pages and on dark ones.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from charrnn.artifact import read_artifact
from charrnn.errors import ModelError
from charrnn.library import BUNDLED, DEFAULT
from charrnn.record import facts

ROOT = Path(__file__).parent.parent
RESULTS, PICTURES = ROOT / "benchmarks" / "results", ROOT / "docs" / "pictures"
INK, FIRST, SECOND, REST = "#768390", "#2f81f7", "#c98500", ("#8957e5", "#2da44e", "#cf5f9d", "#768390")
OURS = "charrnn"  # the method of compare.json that is drawn to be seen first
SET = "texts"  # the texts of this repository

mpl.use("Agg")
mpl.rcParams.update(
    {
        "svg.fonttype": "none",  # text stays text
        "svg.hashsalt": "charrnn",  # the same picture from the same data
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],
        "font.size": 11,
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.color": INK,
        "grid.alpha": 0.25,
        "legend.frameon": False,
    }
)

Data = dict[str, Any]


class NoDataError(Exception):
    """What a picture is drawn from is not there, or has another form; the message says which."""


def main(arguments: list[str] | None = None) -> None:
    """Draw what can be drawn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="DIR")
    parser.add_argument("--model", type=Path, default=BUNDLED / DEFAULT, metavar="DIR")
    parser.add_argument("--to", type=Path, default=PICTURES, metavar="DIR")
    options = parser.parse_args(arguments)
    options.to.mkdir(parents=True, exist_ok=True)
    pictures: dict[str, Callable[[Axes], None]] = {
        "precision-savings.svg": lambda axes: precision_savings(axes, _read(options.results / "compare.json")),
        "latency.svg": lambda axes: latency(axes, _read(options.results / "latency.json")),
        "training-speed.svg": lambda axes: training_speed(axes, _read(options.results / "training.json")),
        "learning-curve.svg": lambda axes: learning_curve(axes, options.model),
    }
    for name, picture in pictures.items():
        print(_draw(picture, options.to / name))


def _draw(picture: Callable[[Axes], None], file: Path) -> str:
    """Draw one picture; what became of it."""
    figure, axes = plt.subplots(figsize=(7.2, 4), layout="constrained")
    try:
        picture(axes)
        figure.savefig(file, transparent=True, metadata={"Date": None})
    except NoDataError as error:
        return f"{file.name} is left out: {error}"
    except (KeyError, TypeError, IndexError) as error:
        return f"{file.name} is left out: its data has another form than this program knows ({error!r})."
    finally:
        plt.close(figure)
    return f"{file.name} is drawn."


def _read(file: Path) -> Data:
    try:
        data: Data = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoDataError(f"{file.name} is not there; see the head of this program.") from None
    return data


def precision_savings(axes: Axes, data: Data) -> None:
    """Keystroke savings against precision, one line a method, one point a threshold."""
    rows = [row for row in data["rows"] if row["set"] == SET]
    if not rows:
        raise NoDataError(f"compare.json has nothing on the set {SET!r}.")
    rest = iter(REST)
    for row in rows:
        points = sorted(
            (100 * point["precision"]["value"], 100 * point["keystroke_savings"]["value"])
            for point in row["points"].values()
            if point["precision"]["value"] < 1  # beyond that hardly anything is shown
        )
        ours = row["method"] == OURS
        color = FIRST if ours else SECOND if "network" in row["method"] else next(rest, INK)
        style = {"linewidth": 2.5, "marker": "o", "zorder": 3} if ours else {"linewidth": 1.3, "alpha": 0.9}
        axes.plot(*zip(*points, strict=True), label=row["method"], color=color, **style)
    axes.set_xlabel("right when shown, % (first word)")
    axes.set_ylabel("keys saved, %")
    axes.set_ylim(bottom=0)
    axes.grid(visible=True)
    axes.legend()


def latency(axes: Axes, data: Data) -> None:
    """From key to answer in documents of two sizes: a dot for the median, a line to the 95th percentile."""
    cases = data["milliseconds"]
    sizes = [size for size in next(iter(cases.values()))["p50"] if "," not in size and size != "ratio"]
    for number, (size, color) in enumerate(zip(sizes, (SECOND, FIRST), strict=True)):
        for place, case in enumerate(cases.values()):
            y = place - 0.16 + 0.32 * number
            middle, most = case["p50"][size], case["p95"][size]
            axes.plot([middle, most], [y, y], color=color, linewidth=3, solid_capstyle="butt", alpha=0.55)
            axes.plot(middle, y, "o", color=color, label=f"document of {size}" if place == 0 else None)
    axes.set_yticks(range(len(cases)), list(cases))
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("milliseconds from key to answer: median, and up to the 95th percentile")
    axes.grid(visible=True, axis="x")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.13), ncols=2)
    axes.invert_yaxis()


def training_speed(axes: Axes, data: Data) -> None:
    """Characters per second of PyTorch's layers, of ours, and of the bare matrix products that are the limit."""
    bars = [
        (cell, name, speed) for cell, speeds in data["characters_per_second"].items() for name, speed in speeds.items()
    ]
    colors = [FIRST if name.startswith("fast") else SECOND if "trainer" in name else INK for _, name, _ in bars]
    drawn = axes.barh(range(len(bars)), [speed / 1000 for *_, speed in bars], color=colors, height=0.72)
    axes.bar_label(drawn, [f"{speed / 1000:.1f}" for *_, speed in bars], padding=4, color=INK)
    axes.set_yticks(range(len(bars)), [f"{cell.upper()}: {name}" for cell, name, _ in bars])
    axes.invert_yaxis()
    axes.margins(x=0.12)
    threads = "one thread" if data["threads"] == 1 else f"{data['threads']} threads"
    shape = f"{data['layers']}x{data['hidden']}, batch {data['batch']} x {data['steps']}, {threads}"
    axes.set_xlabel(f"thousand characters per second, forward and backward\n({shape})")


def learning_curve(axes: Axes, model: Path) -> None:
    """Bits per character of the bundled model over the minutes of its training."""
    try:
        points = facts(read_artifact(model)).points
    except ModelError as error:
        raise NoDataError(str(error)) from None
    if len(points) < 2:
        raise NoDataError(f"the record of the model {model.name} has no learning curve.")
    minutes = [point.minutes for point in points]
    axes.plot(minutes, [point.validation for point in points], "o-", color=FIRST, label="validation", linewidth=2.5)
    axes.plot(minutes, [point.training for point in points], "--", color=SECOND, label="training", linewidth=1.8)
    last = points[-1]
    axes.annotate(f"{last.validation:.2f}", (last.minutes, last.validation), xytext=(0, 8), textcoords="offset points")
    axes.set_xlabel("minutes of training")
    axes.set_ylabel("bits per character")
    axes.grid(visible=True)
    axes.legend()


if __name__ == "__main__":
    main()
