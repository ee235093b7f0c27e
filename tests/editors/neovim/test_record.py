"""The recording's parts: what it reads from a screen, which key it presses, and that what it writes is an SVG."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from tests.editors.neovim.record import GHOST, Frame, Run, Style, ghost, key_for, runs, svg

RED, GREEN, BLUE = (int(GHOST[place : place + 2], 16) for place in (1, 3, 5))
GREY = f"\x1b[38;2;{RED};{GREEN};{BLUE}m"


def test_a_style_holds_until_it_is_changed() -> None:
    found = list(runs(["a\x1b[1mb", f"c{GREY}d", "e\x1b[0mf"]))
    grey = Style(GHOST, bold=True)
    assert found == [
        Run(0, 0, "a", Style()),
        Run(0, 1, "b", Style(bold=True)),
        Run(1, 0, "c", Style(bold=True)),
        Run(1, 1, "d", grey),
        Run(2, 0, "e", grey),
        Run(2, 1, "f", Style()),
    ]


def test_the_suggestion_is_the_grey_text_in_the_line_of_the_cursor() -> None:
    assert ghost(Frame(0, (f"Dear{GREY} sir, \x1b[0m", f"{GREY}~\x1b[0m"), (4, 0))) == " sir,"


@pytest.mark.parametrize(
    ("rest", "shown", "key"),
    [
        ("me then", "me", ("Tab", 2)),
        ("me then", "me the", ("C-Right", 2)),
        ("me then", "mend", ("m", 1)),
        ("me then", "", ("m", 1)),
        (" him", " her", (" ", 1)),
        ("s, and", "s", ("s", 1)),
    ],
)
def test_what_is_right_is_taken_if_it_saves_a_key(rest: str, shown: str, key: tuple[str, int]) -> None:
    assert key_for(rest, shown) == key


def test_the_recording_is_an_svg_that_shows_each_frame() -> None:
    frames = [Frame(0, ("<a&b>",), (0, 0)), Frame(1, ("<a&b>", f"{GREY}c"), (1, 0)), Frame(2, ("d",), (1, 0))]
    root = ET.fromstring(svg(frames, 3))
    name = "{http://www.w3.org/2000/svg}"
    assert [text.text for text in root.iter(f"{name}text")] == ["<a&b>", "c", "d"], (
        "a line that comes again stands once"
    )
    assert len(root.findall(f"{name}g")) == len(frames)
