"""Draw the two pictures of how it works: `python docs/pictures/draw.py`. They follow the reader's light or dark."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 188, 92, 26, 34, 6  # of a box, between boxes, around all
STYLE = """
  text { font-family: system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-size: 13px; fill: #57606a; }
  .title { font-size: 15px; font-weight: 600; fill: #1f2328; }
  rect { fill: #f6f8fa; stroke: #8c959f; } .end rect { fill: #ddf4ff; stroke: #0969da; }
  .aside rect { stroke-dasharray: 5 4; }
  path { stroke: #57606a; fill: none; stroke-width: 1.6; marker-end: url(#head); } marker path { fill: #57606a; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1; } .title { fill: #f0f6fc; } rect { fill: #151b23; stroke: #656c76; }
    .end rect { fill: #121d2f; stroke: #4493f8; } path { stroke: #9198a1; } marker path { fill: #9198a1; }
  }
"""


@dataclass(frozen=True)
class Box:
    """A station: where it stands in the grid, what it is called, and a few words."""

    column: int
    row: int
    title: str
    words: str
    kind: str = ""  # "end" or "aside"


KEY = (
    Box(0, 0, "Editor", "a key: didChange, then inlineCompletion", "end"),
    Box(1, 0, "Document", "lines, edited in place: the same cost at any size"),
    Box(2, 0, "Excerpt", "the last few hundred characters, and the rest of the line"),
    Box(3, 0, "Prefix cache", "hidden states of known text: a key costs one step"),
    Box(3, 1, "Search", "several continuations at once, each with its exact probability"),
    Box(2, 1, "Gate", "the prefix that saves most keys, if it is right often enough"),
    Box(1, 1, "Items", "in the writer's quotes and dashes, at the cursor"),
    Box(0, 1, "Ghost text", "Tab takes it; typing on keeps the rest", "end"),
    Box(3, 2, "Memory", "n-grams of the open documents, mixed into each step", "aside"),
    Box(2, 2, "Silence", "nothing is shown; explain says why", "aside"),
)
KEY_ARROWS = ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (8, 4), (5, 9))

PROSE = (
    Box(0, 0, "Files", "text, Markdown, LaTeX, HTML, Word, OpenDocument, EPUB", "end"),
    Box(1, 0, "Documents", "front matter, code and boilerplate out; each one once"),
    Box(2, 0, "Split", "a part is held out, whole documents where there are several"),
    Box(3, 0, "Shards", "ids in the model's alphabet, mapped into memory"),
    Box(3, 1, "Training", "from the base model's weights; checkpoints; the best one counts"),
    Box(2, 1, "Export", "float32 and int8 graphs, checked against PyTorch"),
    Box(1, 1, "Calibration", "what a probability is worth, on held-out text"),
    Box(0, 1, "Model", "plain files sealed by hashes, found by name", "end"),
    Box(3, 2, "Base model", "kept, where the new one is no better", "aside"),
    Box(1, 2, "Report", "before and after, samples, surprises", "aside"),
)
PROSE_ARROWS = ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (8, 4), (6, 9))


def main() -> None:
    """Write both pictures beside this program."""
    folder = Path(__file__).parent
    for name, picture in pictures().items():
        (folder / name).write_text(picture, encoding="utf-8")


def pictures() -> dict[str, str]:
    """File names and SVG."""
    return {
        "path-of-a-key.svg": draw(KEY, KEY_ARROWS, "The path of a key, from the editor to ghost text"),
        "path-of-prose.svg": draw(PROSE, PROSE_ARROWS, "The path of prose, from files to an installed model"),
    }


def draw(boxes: tuple[Box, ...], arrows: tuple[tuple[int, int], ...], label: str) -> str:
    """Boxes in their grid, with arrows from one to another by their numbers."""
    columns, rows = (1 + max(values) for values in zip(*((box.column, box.row) for box in boxes), strict=True))
    width = columns * WIDTH + (columns - 1) * GAP_X + 2 * MARGIN
    height = rows * HEIGHT + (rows - 1) * GAP_Y + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{label}">',
        f"<style>{STYLE}</style>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 z"/></marker></defs>',
        *map(_box, boxes),
        *(_arrow(boxes[start], boxes[stop]) for start, stop in arrows),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _corner(box: Box) -> tuple[int, int]:
    return MARGIN + box.column * (WIDTH + GAP_X), MARGIN + box.row * (HEIGHT + GAP_Y)


def _box(box: Box) -> str:
    x, y = _corner(box)
    lines = [
        f'<text x="{x + 12}" y="{y + 46 + 17 * number}">{line}</text>'
        for number, line in enumerate(textwrap.wrap(box.words, 23))
    ]
    return (
        f'<g class="{box.kind}"><rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
        f'<text class="title" x="{x + 12}" y="{y + 25}">{box.title}</text>{"".join(lines)}</g>'
    )


def _arrow(start: Box, stop: Box) -> str:
    """From the edge of a box to that of its neighbour."""
    (x, y), across, down = _corner(start), stop.column - start.column, stop.row - start.row
    begin_x, begin_y = x + WIDTH * (1 + across) // 2, y + HEIGHT * (1 + down) // 2
    return f'<path d="M{begin_x} {begin_y} l{across * GAP_X} {down * GAP_Y}"/>'


if __name__ == "__main__":
    main()
