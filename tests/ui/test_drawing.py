from __future__ import annotations

import dataclasses
import re

from charrnn.artifact import Artifact
from charrnn.record import Point, facts
from charrnn.ui.drawing import HEIGHT, WIDTH, facts_table, learning_curve

POINTS = [Point(1, 5.0, 2.5, 2.75), Point(2, 10.0, 2.0, 2.25), Point(3, 20.0, 1.5, 2.0)]


def test_a_learning_curve_falls_where_the_bits_do() -> None:
    drawn = learning_curve(POINTS)
    for name in ("training", "validation"):
        line = re.search(rf'class="{name}" points="([^"]+)"', drawn)
        assert line
        places = [tuple(map(float, place.split(","))) for place in line.group(1).split()]
        assert places == sorted(places)  # lower is further down, which in SVG is more
        assert [y for _, y in places] == sorted(y for _, y in places)
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)


def test_one_point_is_no_curve() -> None:
    assert "no learning curve" in learning_curve(POINTS[:1])
    assert "polyline" in learning_curve([POINTS[0], POINTS[0]])  # of no height and no width


def test_facts_are_escaped(tiny: Artifact) -> None:
    known = facts(dataclasses.replace(tiny, training={"characters": 5, "device": "<script>"}))
    assert "5 characters on &lt;script&gt;" in facts_table(known)
