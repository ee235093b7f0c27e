"""Pictures and tables of the page, as HTML and SVG whose colours are those of the page's style, dark or light."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

from charrnn.record import Facts, Point
from charrnn.ui.surprise import Expected

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 260, 52, 40, 12, 12  # of a picture and its margins, in SVG units
_NAMES = {" ": "space", "\n": "line end", "": "text start", "\ufffd": "other"}


def facts_table(facts: Facts) -> str:
    """What is known of a model, one row a fact."""
    rows = "".join(f"<tr><th>{_escape(name)}</th><td>{_escape(value)}</td></tr>" for name, value in facts.rows())
    return f'<table class="facts">{rows}</table>'


def learning_curve(points: Sequence[Point]) -> str:
    """Bits per character in training and validation over the minutes of training."""
    if len(points) < 2:
        return '<p class="hint">The model records no learning curve.</p>'
    minutes = [point.minutes for point in points]
    values = [value for point in points for value in (point.training, point.validation)]
    low, high = math.floor(min(values) * 10) / 10, math.ceil(max(values) * 10) / 10
    most = max(*minutes, 1e-9)

    def place(minute: float, value: float) -> str:
        x = LEFT + (WIDTH - LEFT - RIGHT) * minute / most
        y = TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / max(high - low, 1e-9)
        return f"{x:.1f},{y:.1f}"

    parts = [_grid(low, high, most)]
    for name in ("training", "validation"):
        line = " ".join(place(point.minutes, getattr(point, name)) for point in points)
        parts.append(f'<polyline class="{name}" points="{line}"/>')
        x, y = place(points[-1].minutes, getattr(points[-1], name)).split(",")
        parts.append(f'<circle class="{name}" cx="{x}" cy="{y}" r="3.5"/>')
    label = f"Learning curve: validation from {points[0].validation:.2f} to {points[-1].validation:.2f}."
    return (
        f'<figure class="curve"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{label}">'
        + "".join(parts)
        + '</svg><figcaption><span class="validation">validation</span> <span class="training">training</span>, '
        "bits per character over minutes of training</figcaption></figure>"
    )


def _grid(low: float, high: float, most: float) -> str:
    """Lines with their numbers: bits per character to the left, minutes below."""
    parts = []
    for step in range(5):
        value = low + (high - low) * step / 4
        y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * step / 4
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 5}" text-anchor="end">{value:.2f}</text>')
        x, minute = LEFT + (WIDTH - LEFT - RIGHT) * step / 4, most * step / 4
        anchor = "end" if step == 4 else "middle"
        parts.append(f'<text x="{x}" y="{HEIGHT - 14}" text-anchor="{anchor}">{minute:.3g}</text>')
    return "".join(parts)


def bars(found: Sequence[Expected], character: str, bits: float) -> str:
    """Probabilities of what could stand at a place as bars; the one that stands there is marked."""
    most = max((one.probability for one in found), default=1.0) or 1.0
    rows = []
    for one in found:
        real = " real" if one.stands else ""
        share = 100 * one.probability / most
        rows.append(
            f'<tr class="bar{real}"><th>{_name(one.character)}</th>'
            f'<td><div style="width:{share:.1f}%"></div></td><td>{one.probability:.1%}</td></tr>'
        )
    said = f"Here stands {_name(character)}, which cost {bits:.1f} bits ({2.0**-bits:.2%})."
    return f'<div class="expected"><p>{said}</p><table>{"".join(rows)}</table></div>'


def _name(character: str) -> str:
    name = _NAMES.get(character)
    return f"<i>{name}</i>" if name else f"<b>{_escape(character)}</b>"


def _escape(text: str) -> str:
    return html.escape(text, quote=True)
