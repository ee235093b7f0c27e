from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from charrnn_training.charts import HEIGHT, LEFT, RIGHT, TOP, WIDTH, bar_chart, line_chart, ticks


def numbers(element: ET.Element, *names: str) -> list[float]:
    return [float(element.attrib[name]) for name in names]


def test_a_line_goes_through_its_points_within_the_chart() -> None:
    svg = line_chart([("training", [(0, 3.0), (10, 2.0)]), ("held <out>", [(0, 2.5), (10, 2.1)])], "minutes", "bits")
    root = ET.fromstring(svg)
    lines = [element.attrib["points"] for element in root.iter("polyline")]
    assert len(lines) == 2
    points = [tuple(map(float, point.split(","))) for point in lines[0].split()]
    assert points[0] == (LEFT, TOP)
    assert points[1][0] == WIDTH - RIGHT
    assert all(TOP <= y <= HEIGHT for _, y in points)
    assert "held <out>" in [element.text for element in root.iter("text")]


def test_a_flat_line_and_a_single_point_are_drawn() -> None:
    for points in ([(0.0, 2.0), (1.0, 2.0)], [(0.0, 0.0)]):
        assert ET.fromstring(line_chart([("a", points)], "x", "y")).find("polyline") is not None
    assert line_chart([("a", [])], "x", "y") == ""


def test_bars_are_as_long_as_their_values_and_labels_stay_inside() -> None:
    root = ET.fromstring(bar_chart([("base", 10.0, 8.0, 12.0), ("mine", 20.0, 16.0, 24.0)], "{:.0f} %", "saved"))
    short, long = [numbers(rect, "width")[0] for rect in root.iter("rect")]
    assert long == pytest.approx(2 * short, abs=0.1)
    texts = {element.text: float(element.attrib["x"]) for element in root.iter("text")}
    assert texts["20 %"] < WIDTH - 40
    intervals = [numbers(line, "x1", "x2") for line in root.iter("line")]
    assert all(a < b for a, b in intervals)


def test_bars_of_nothing_are_drawn() -> None:
    root = ET.fromstring(bar_chart([("base", 0.0, 0.0, 0.0)], "{}", "saved"))
    assert [numbers(rect, "width") for rect in root.iter("rect")] == [[0.0]]
    assert not list(root.iter("line"))


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (1.53, 1.79), (0.0, 0.0), (3.0, 250.0), (2.0, 2.0)])
def test_ticks_are_round_and_cover_what_they_should(low: float, high: float) -> None:
    found = ticks(low, high)
    assert 2 <= len(found) <= 8
    assert found[0] <= low
    assert found[-1] >= high
    assert all(len(re.sub(r"\.?0+$", "", f"{value:f}")) <= 7 for value in found)
