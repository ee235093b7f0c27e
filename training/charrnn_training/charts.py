"""Charts as SVG, to stand in a page: colours are the page's, so they are right in the light and in the dark."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 14, 40
BAR, BAR_GAP = 26, 12
Point = tuple[float, float]


def line_chart(lines: Sequence[tuple[str, Sequence[Point]]], x_label: str, y_label: str) -> str:
    """Lines with their names; CSS classes `line-0`, `line-1`... colour them."""
    points = [point for _, line in lines for point in line]
    if not points:
        return ""
    xs, ys = ticks(0.0, max(x for x, _ in points)), ticks(min(y for _, y in points), max(y for _, y in points))
    x_at, y_at = _scale(xs, LEFT, WIDTH - RIGHT), _scale(ys, HEIGHT - BOTTOM, TOP)
    parts = [
        _grid_line(LEFT, y_at(y), WIDTH - RIGHT, y_at(y)) + _text(LEFT - 6, y_at(y) + 4, f"{y:g}", "end") for y in ys
    ]
    parts += [_text(x_at(x), HEIGHT - BOTTOM + 18, f"{x:g}", "middle") for x in xs]
    parts.append(_text((LEFT + WIDTH) / 2, HEIGHT - 4, x_label, "middle"))
    parts.append(f'<g transform="rotate(-90 12 {HEIGHT / 2})">{_text(12, HEIGHT / 2, y_label, "middle")}</g>')
    for n, (name, line) in enumerate(lines):
        path = " ".join(f"{x_at(x):.1f},{y_at(y):.1f}" for x, y in line)
        parts.append(f'<polyline class="line line-{n}" points="{path}"/>')
        parts += [f'<circle class="dot-{n}" cx="{x_at(x):.1f}" cy="{y_at(y):.1f}" r="3"/>' for x, y in line]
        row = TOP + 12 + 18 * n
        parts.append(
            f'<line class="line line-{n}" x1="{WIDTH - 190}" x2="{WIDTH - 166}" y1="{row - 4}" y2="{row - 4}"/>'
        )
        parts.append(_text(WIDTH - 160, row, name))
    return _svg(HEIGHT, parts, f"{y_label} against {x_label}")


def bar_chart(bars: Sequence[tuple[str, float, float, float]], written: str, label: str) -> str:
    """Horizontal bars: name, value and the ends of its interval; equal ends draw none. `written` formats a value."""
    height = TOP + len(bars) * (BAR + BAR_GAP)
    most = max([high for *_, high in bars] + [value for _, value, *_ in bars] + [1e-9])
    start, stop = 130, WIDTH - 90
    parts = []
    for n, (name, value, low, high) in enumerate(bars):
        y = TOP + n * (BAR + BAR_GAP)
        length = max(0.0, value) / most * (stop - start)
        parts.append(_text(start - 8, y + BAR / 2 + 4, name, "end"))
        parts.append(f'<rect class="bar-{n}" x="{start}" y="{y}" width="{length:.1f}" height="{BAR}" rx="3"/>')
        end = length
        if high > low:
            a, b = (start + max(0.0, value) / most * (stop - start) for value in (low, high))
            parts.append(f'<line class="interval" x1="{a:.1f}" x2="{b:.1f}" y1="{y + BAR / 2}" y2="{y + BAR / 2}"/>')
            end = b - start
        parts.append(_text(start + end + 8, y + BAR / 2 + 4, written.format(value)))
    return _svg(height, parts, label)


def ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers from `low` or below it to `high` or above it, about `count` of them."""
    span = max(high - low, 1e-3)
    step = 10.0 ** math.floor(math.log10(span / count))
    step = next(step * factor for factor in (1, 2, 5, 10) if span / (step * factor) <= count)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(n * step, 10) for n in range(first, max(last, first + 1) + 1)]


def _scale(values: Sequence[float], start: float, stop: float) -> Callable[[float], float]:
    """Where a value lies between `start` and `stop`, which are the first and the last of `values`."""
    low, span = values[0], values[-1] - values[0]
    return lambda value: start + (value - low) / span * (stop - start)


def _grid_line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="grid" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _svg(height: float, parts: Sequence[str], label: str) -> str:
    body = "".join(parts)
    return f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{escape(label, quote=True)}">{body}</svg>'
