"""Record a Neovim at work as an animated SVG: `python -m tests.editors.neovim.record docs/neovim.svg`."""

from __future__ import annotations

import argparse
import html
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.editors.neovim.conftest import INIT
from tests.editors.neovim.nvim import PLUGIN, PROGRAMS
from tests.editors.terminal import Terminal, environment
from tests.editors.waiting import wait_for

COLUMNS, ROWS = 72, 9
WIDTH, HEIGHT = 8.4, 18  # of a cell, in pixels
MARGIN = 12
BACKGROUND, FOREGROUND = "#14161b", "#e0e2ea"  # Neovim's own, where the terminal says nothing
SEQUENCE = re.compile(r"\x1b\[([\d;]*)m")
SETTINGS = """
require('charrnn').enable()
vim.o.termguicolors, vim.o.ruler, vim.o.laststatus, vim.o.linebreak = true, false, 0, true
vim.opt.fillchars = { eob = ' ' }
"""
# What is typed; a key by its name takes what is shown.
SCRIPT = (
    "It was a cold morning, and the wind from the s",
    "<Tab>",
    " had been blowing for th",
    "<C-Right>",
    "<C-Right>",
    ". I could not remem",
    "<Tab>",
    " the first ti",
    "<Tab>",
)  # fmt: skip


@dataclass(frozen=True)
class Style:
    """The colours of a run of cells, as CSS knows them."""

    foreground: str = FOREGROUND
    background: str = BACKGROUND
    bold: bool = False


@dataclass(frozen=True)
class Frame:
    """The screen from a moment on, in seconds, and where the cursor is on it."""

    start: float
    lines: tuple[str, ...]
    cursor: tuple[int, int]


def styled(line: str, style: Style) -> Iterator[tuple[str, Style]]:
    """The runs of a line in which no colour changes."""
    position = 0
    for sequence in SEQUENCE.finditer(line):
        if sequence.start() > position:
            yield line[position : sequence.start()], style
        style, position = restyled(style, sequence[1]), sequence.end()
    if position < len(line):
        yield line[position:], style


def restyled(style: Style, codes: str) -> Style:
    """The style after a sequence of codes; those for 24-bit colours, bold and their ends."""
    numbers = [int(code or 0) for code in codes.split(";")]
    while numbers:
        code = numbers.pop(0)
        if code in (38, 48) and numbers[:1] == [2]:
            colour = "#" + "".join(f"{number:02x}" for number in numbers[1:4])
            numbers = numbers[4:]
            bold, old = style.bold, style
            style = Style(colour, old.background, bold) if code == 38 else Style(old.foreground, colour, bold)
        elif code in (0, 1):
            style = Style() if code == 0 else Style(style.foreground, style.background, True)
        elif code in (39, 49):
            kept = (FOREGROUND, style.background) if code == 39 else (style.foreground, BACKGROUND)
            style = Style(*kept, style.bold)
    return style


def drawn(frame: Frame) -> str:
    """The SVG elements of a frame."""
    parts = []
    style = Style()
    for row, line in enumerate(frame.lines):
        column = 0
        for text, style in styled(line, style):  # noqa: B020 - the style goes on in the next line
            x, y = MARGIN + column * WIDTH, MARGIN + (row + 0.75) * HEIGHT
            weight = ' font-weight="bold"' if style.bold else ""
            if text.strip():
                parts.append(
                    f'<text x="{x:.1f}" y="{y:.1f}" fill="{style.foreground}"{weight}>{html.escape(text)}</text>'
                )
            column += len(text)
    x, y = MARGIN + frame.cursor[0] * WIDTH, MARGIN + frame.cursor[1] * HEIGHT
    parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="1.5" height="{HEIGHT}" fill="{FOREGROUND}"/>')
    return "".join(parts)


def svg(frames: list[Frame], length: float) -> str:
    """An SVG that shows the frames one after the other, and again."""
    width, height = COLUMNS * WIDTH + 2 * MARGIN, ROWS * HEIGHT + 2 * MARGIN
    rules, groups = [], []
    for number, frame in enumerate(frames):
        end = frames[number + 1].start if number + 1 < len(frames) else length
        begin, stop = 100 * frame.start / length, 100 * end / length
        hidden_before = "" if number == 0 else f"0%,{begin:.3f}%{{visibility:hidden}}"
        hidden_after = "" if end == length else f"{stop:.3f}%,100%{{visibility:hidden}}"
        rules.append(f"@keyframes f{number}{{{hidden_before}{begin + 0.001:.3f}%{{visibility:visible}}{hidden_after}}}")
        groups.append(f'<g style="animation:f{number} {length:.2f}s step-end infinite">{drawn(frame)}</g>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">\n'
        f"<style>g{{visibility:hidden}}text{{white-space:pre}}\n{chr(10).join(rules)}\n</style>\n"
        f'<rect width="100%" height="100%" rx="6" fill="{BACKGROUND}"/>\n{chr(10).join(groups)}\n</svg>\n'
    )


def play(terminal: Terminal) -> tuple[list[Frame], float]:
    """Write the script as a writer would; the different screens of it, and how long it takes in all.

    The clock is that of a typist who takes 0.11 s for a key, so a busy machine makes no slower recording.
    """
    frames: list[Frame] = []
    now = 0.0

    def look(seconds: float) -> None:
        nonlocal now
        frame = Frame(now, tuple(terminal.coloured.split("\n")[: ROWS - 1]), terminal.cursor)
        if not frames or (frames[-1].lines, frames[-1].cursor) != (frame.lines, frame.cursor):
            frames.append(frame)
        now += seconds

    terminal.press("i")
    look(0.8)
    for part in SCRIPT:
        if part.startswith("<"):
            look(0.9)
            terminal.press(part.strip("<>"))
            settle(terminal)
            look(0.5)
            continue
        for character in part:
            terminal.type(character)
            settle(terminal)
            look(0.11)
    look(3.0)
    return frames, now


def settle(terminal: Terminal) -> None:
    """Wait until the screen stays as it is."""
    before = ""
    while (after := terminal.coloured) != before:
        before = after
        time.sleep(0.15)


def main() -> None:
    """Write the recording."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    target = parser.parse_args().target
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "init.lua").write_text(INIT + SETTINGS, encoding="utf-8")
        command = [PROGRAMS["0.12"], "--cmd", f"set rtp^={PLUGIN}", "-u", folder / "init.lua", folder / "letter.md"]
        terminal = Terminal(command, folder, environment(folder), COLUMNS, ROWS)
        try:
            wait_for(lambda: "letter.md" in terminal.screen, lambda: terminal.screen)
            time.sleep(10)  # for the model
            frames, length = play(terminal)
        finally:
            terminal.close()
    target.write_text(svg(frames, length), encoding="utf-8")
    print(f"{target}: {len(frames)} frames, {length:.0f} seconds, {target.stat().st_size / 1000:.0f} KB")


if __name__ == "__main__":
    main()
