"""Record a Neovim at work as an animated SVG: `python -m tests.editors.neovim.record docs/neovim.svg`."""

from __future__ import annotations

import argparse
import html
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.editors.neovim.nvim import PLUGIN, PROGRAMS
from tests.editors.terminal import ROOT, Terminal, environment
from tests.editors.waiting import wait_for

COLUMNS, ROWS = 72, 7
WIDTH, HEIGHT = 8.4, 18  # of a cell, in pixels
MARGIN = 12
BACKGROUND, FOREGROUND = "#14161b", "#e0e2ea"  # Neovim's own, where the terminal says nothing
SEQUENCE = re.compile(r"\x1b\[([\d;]*)m")
GHOST = "#8b929e"  # the colour of suggestions; Neovim's own is hard to read on a page
INIT = f"""
require('charrnn').enable()
require('charrnn').map({{ accept = '<Tab>', accept_word = '<C-Right>' }})
vim.o.termguicolors, vim.o.ruler, vim.o.showmode, vim.o.linebreak = true, false, false, true
vim.o.statusline = " %f%=%{{v:lua.require'charrnn'.status()}} "
vim.opt.fillchars = {{ eob = ' ' }}
vim.api.nvim_set_hl(0, 'ComplHint', {{ fg = '{GHOST}' }})
"""
PASSAGE = 250  # characters of the text that is written
KEY, THINKING = 0.11, 0.7  # seconds for a key, and before a suggestion is taken


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


@dataclass(frozen=True)
class Run:
    """Cells of one line that look alike."""

    row: int
    column: int
    text: str
    style: Style


def runs(lines: Sequence[str]) -> Iterator[Run]:
    """All that stands on a screen; a style holds until it is changed, also in the next line."""
    style = Style()
    for row, line in enumerate(lines):
        position = column = 0
        for sequence in [*SEQUENCE.finditer(line), None]:
            text = line[position : sequence.start() if sequence else None]
            if text:
                yield Run(row, column, text, style)
            column += len(text)
            if sequence:
                style, position = restyled(style, sequence[1]), sequence.end()


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


def drawn(run: Run) -> str:
    """The SVG element of a run, without its line's height."""
    weight = ' font-weight="bold"' if run.style.bold else ""
    place = f'x="{MARGIN + run.column * WIDTH:.1f}" textLength="{len(run.text) * WIDTH:.1f}"'  # whatever the font
    return f'<text {place} fill="{run.style.foreground}"{weight}>{html.escape(run.text)}</text>'


class Drawing:
    """The frames as SVG, with each line that they share drawn once."""

    def __init__(self) -> None:
        self.lines: dict[str, str] = {}  # from what it looks like to its name

    def group(self, frame: Frame) -> str:
        """The elements of a frame."""
        rows: dict[int, str] = {}
        for run in runs(frame.lines):
            if run.text.strip():
                rows[run.row] = rows.get(run.row, "") + drawn(run)
        uses = []
        for row, line in rows.items():
            name = self.lines.setdefault(line, f"l{len(self.lines)}")
            uses.append(f'<use href="#{name}" y="{MARGIN + (row + 0.75) * HEIGHT:.1f}"/>')
        x, y = MARGIN + frame.cursor[0] * WIDTH, MARGIN + frame.cursor[1] * HEIGHT
        return f'{"".join(uses)}<rect x="{x:.1f}" y="{y:.1f}" width="1.5" height="{HEIGHT}" fill="{FOREGROUND}"/>'

    def definitions(self) -> str:
        """The lines."""
        return "<defs>" + "\n".join(f'<g id="{name}">{line}</g>' for line, name in self.lines.items()) + "</defs>"


def svg(frames: list[Frame], length: float) -> str:
    """An SVG that shows the frames one after the other, and again."""
    width, height = COLUMNS * WIDTH + 2 * MARGIN, ROWS * HEIGHT + 2 * MARGIN
    rules, groups, drawing = [], [], Drawing()
    for number, frame in enumerate(frames):
        end = frames[number + 1].start if number + 1 < len(frames) else length
        before = "" if number == 0 else "0%{visibility:hidden}"
        first = f"{100 * frame.start / length:.3f}%{{visibility:visible}}"
        last = "100%{visibility:visible}" if end == length else f"{100 * end / length:.3f}%,100%{{visibility:hidden}}"
        rules.append(f"@keyframes f{number}{{{before}{first}{last}}}")  # each holds until the next: step-end
        groups.append(
            f'<g style="animation:f{number} {length:.2f}s step-end infinite" class="f">{drawing.group(frame)}</g>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'font-family="ui-monospace, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">\n'
        f"<style>.f{{visibility:hidden}}text{{white-space:pre}}\n{chr(10).join(rules)}\n</style>\n"
        f'<rect width="100%" height="100%" rx="6" fill="{BACKGROUND}"/>\n'
        f"{drawing.definitions()}\n{chr(10).join(groups)}\n</svg>\n"
    )


def ghost(frame: Frame) -> str:
    """What is shown in grey in the cursor's line."""
    grey = (run for run in runs(frame.lines) if run.style.foreground == GHOST)
    return "".join(run.text for run in grey if run.row == frame.cursor[1]).rstrip()


def key_for(rest: str, shown: str) -> tuple[str, int]:
    """The key that a writer presses who wants to write `rest`, and how many characters of it that gives."""
    word = re.match(r"\s*\S+", shown)
    for key, gain in (("Tab", shown), ("C-Right", word[0] if word else "")):
        if len(gain) > 1 and rest.startswith(gain) and not rest[len(gain) : len(gain) + 1].isalnum():
            return key, len(gain)
    return rest[0], 1


def play(terminal: Terminal, text: str) -> tuple[list[Frame], float]:
    """Write a text, taking from suggestions what is right; the different screens of it, and how long it takes.

    The clock is the typist's, so a busy machine makes no slower recording.
    """
    frames: list[Frame] = []
    now, keys, written = 0.0, 0, 0

    def look() -> Frame:
        settle(terminal)
        frame = Frame(now, tuple(terminal.coloured.split("\n")[: ROWS - 1]), terminal.cursor)
        if not frames or (frames[-1].lines, frames[-1].cursor) != (frame.lines, frame.cursor):
            frames.append(frame)
        return frame

    terminal.press("i")
    while written < len(text):
        key, gain = key_for(text[written:], ghost(look()))
        now += THINKING if gain > 1 else KEY
        terminal.press(key) if gain > 1 else terminal.type(key)
        keys, written = keys + 1, written + gain
    look()
    print(f"{len(text)} characters with {keys} keys")
    return frames, now + 3


def passage() -> str:
    """The beginning of a letter that the README's figures are measured on, to the end of a sentence."""
    text = " ".join((ROOT / "benchmarks/texts/letters.txt").read_text(encoding="utf-8").split("\n\n")[1].split())
    return text[: text.rfind(". ", 0, PASSAGE) + 1]


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
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "init.lua").write_text(INIT, encoding="utf-8")
        command = [PROGRAMS["0.12"], "--cmd", f"set rtp^={PLUGIN}", "-u", folder / "init.lua", folder / "letter.md"]
        terminal = Terminal(command, folder, environment(folder), COLUMNS, ROWS)
        try:
            wait_for(lambda: terminal.screen.rstrip().endswith(" charrnn"), lambda: terminal.screen)
            frames, length = play(terminal, passage())
        finally:
            terminal.close()
    target.write_text(svg(frames, length), encoding="utf-8")
    print(f"{target}: {len(frames)} frames, {length:.0f} seconds, {target.stat().st_size / 1000:.0f} KB")


if __name__ == "__main__":
    main()
