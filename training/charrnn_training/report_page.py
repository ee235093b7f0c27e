"""The report of a training as one HTML page that needs nothing beside it, and opens no connection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import pairwise

from charrnn_training.charts import bar_chart, line_chart
from charrnn_training.findings import Findings
from charrnn_training.worth import Worth

HEAT = (1.0, 2.0, 4.0, 6.0, 9.0)  # bits per character from which each colour of the heat map is used
MOST_ROWS = 60  # of a table of files

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2329; --soft: #5b6670; --paper: #fcfbf9; --card: #ffffff; --rule: #dcd8d0;
  --first: #8a949e; --second: #1f6f8b; --heat: 199 74 35; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e3dd; --soft: #9aa4ad; --paper: #16191c; --card: #1d2125;
  --rule: #343a40; --first: #7d8790; --second: #5fb4d3; --heat: 240 120 70; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 2.5rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; } h2 { font-size: 1.2rem; margin: 2.75rem 0 .75rem; }
.lead { font-size: 1.1rem; } .soft { color: var(--soft); font-size: .9rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0; }
.tile { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: .8rem 1rem; }
.tile b { display: block; font-size: 1.5rem; font-weight: 600; font-variant-numeric: tabular-nums; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; } .wide { overflow-x: auto; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th { font-weight: 600; color: var(--soft); } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
td { overflow-wrap: anywhere; }
blockquote, .passage { background: var(--card); border: 1px solid var(--rule); border-radius: 8px;
  margin: .5rem 0 1.25rem; padding: .9rem 1.1rem; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 1rem/1.7 Georgia, serif; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
.grid { stroke: var(--rule); } .line { fill: none; stroke-width: 2; } .interval { stroke: var(--ink); }
.line-0 { stroke: var(--first); } .line-1 { stroke: var(--second); } .dot-0, .bar-0 { fill: var(--first); }
.dot-1, .bar-1 { fill: var(--second); }
.h1 { background: rgb(var(--heat) / .12); } .h2 { background: rgb(var(--heat) / .25); }
.h3 { background: rgb(var(--heat) / .42); }
.h4 { background: rgb(var(--heat) / .6); } .h5 { background: rgb(var(--heat) / .85); }
.key span { padding: .1rem .5rem; } code { font-size: .88rem; overflow-wrap: anywhere; }
"""


def report_page(findings: Findings) -> str:
    """The page."""
    title = f"{escape(findings.name)}: what training made of your text"
    sections = [
        f'<h1>{title}</h1><p class="lead">{escape(findings.verdict())}</p>{_tiles(findings)}',
        _before_and_after(findings),
        _learning_curve(findings),
        _section("What was read", _reading(findings)),
        _section("What it writes", _samples(findings)),
        _section("Where it is surprised", _heat_map(findings)),
        _section("What to do next", "<ul>" + "".join(f"<li>{escape(s)}</li>" for s in findings.next_steps()) + "</ul>"),
        _section("How it was made", _making(findings)),
    ]
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    body = "\n".join(filter(None, sections))
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}{policy}<title>{title}</title><style>{_STYLE}</style></head>\n'
        f"<body>\n{body}\n</body></html>\n"
    )


def _section(title: str, body: str) -> str:
    return f"<section><h2>{title}</h2>\n{body}</section>"


def _tiles(findings: Findings) -> str:
    after = findings.after
    tiles = [
        (f"{after.bits:.3f}", "bits per character on held-out text"),
        (f"{after.savings['value']:.1%}", "of the keys saved by suggestions"),
        (after.right, "of what is shown begins right" if after.precision else "on held-out text"),
        (f"{findings.sizes['training']:,}", "characters to train on"),
    ]
    return (
        '<div class="tiles">' + "".join(f'<div class="tile"><b>{n}</b>{escape(t)}</div>' for n, t in tiles) + "</div>"
    )


def _before_and_after(findings: Findings) -> str:
    if findings.before is None:
        return ""
    names = (f"{findings.base} (before)", findings.name)
    worths = (findings.before, findings.after)
    bits = [(name, worth.bits, worth.bits, worth.bits) for name, worth in zip(names, worths, strict=True)]
    saved = [_bar(name, worth) for name, worth in zip(names, worths, strict=True)]
    note = (
        "On held-out text that neither model saw. Lines in the bars: where the figure would be in 95 of 100 such texts."
    )
    return _section(
        "Before and after",
        f"<p>Bits per character: fewer is better.</p>{bar_chart(bits, '{:.3f}', 'bits per character before and after')}"
        f"<p>Keys saved: more is better.</p>{bar_chart(saved, '{:.1f} %', 'keys saved before and after')}"
        f'<p class="soft">{note}</p>',
    )


def _bar(name: str, worth: Worth) -> tuple[str, float, float, float]:
    value, low, high = (100 * worth.savings[key] for key in ("value", "low", "high"))
    return name, value, low, high


def _learning_curve(findings: Findings) -> str:
    points = findings.curve()
    training = [(minutes, bits) for minutes, bits, _ in points if bits is not None]
    validation = [(minutes, bits) for minutes, _, bits in points]
    lines = [("text trained on", training), ("held-out text", validation)]
    text = "Held-out text says which weights are kept."
    chart = line_chart(lines, "minutes", "bits per character")
    return _section("Learning curve", f'{chart}<p class="soft">{text}</p>') if len(points) > 1 else ""


def _reading(findings: Findings) -> str:
    reading, sizes = findings.record.reading, findings.sizes
    parts = [f"{sizes['training']:,} characters to train on"]
    choosing = f"{sizes['validation']:,} for choosing the weights and calibrating"
    figures = "the figures on this page"
    parts += [f"{choosing}; {sizes['test']:,} for {figures}" if "test" in sizes else f"{choosing}, and for {figures}"]
    if duplicates := reading.get("duplicates", 0):
        parts.append(f"documents that stood there before, and count once: {duplicates:,}")
    rows = [(d["file"], f"{d['characters']:,}") for d in findings.record.data]
    skipped = [(one["file"], one["reason"]) for one in reading.get("skipped", [])]
    notes = "".join(f"<li>{escape(note)}</li>" for note in reading.get("notes", []))
    return (
        f"<p>{escape('; '.join(parts))}.</p>"
        + _table(("file", "characters"), rows)
        + (f"<h3>Skipped</h3>{_table(('file', 'why'), skipped)}" if skipped else "")
        + (f"<h3>Worth knowing</h3><ul>{notes}</ul>" if notes else "")
    )


def _samples(findings: Findings) -> str:
    return '<p class="soft">Not chosen; a higher temperature is more adventurous.</p>' + "".join(
        f"<p>Temperature {temperature}</p><blockquote>{escape(text)}</blockquote>"
        for temperature, text in findings.samples
    )


def _heat_map(findings: Findings) -> str:
    found = findings.surprise
    letters = "".join(_heated(letter, bits) for letter, bits in zip(found.passage, found.bits, strict=True))
    bounds = [
        "under 1",
        *(f"{low:g} to {high:g}" for low, high in pairwise(HEAT)),
        f"over {HEAT[-1]:g}",
    ]
    key = " ".join(f'<span class="h{n}">{text}</span>' for n, text in enumerate(bounds))
    words = [(word, f"{bits:.1f}", str(count)) for word, bits, count in found.words]
    return (
        f'<p class="soft key">Bits that each character cost: {key}</p><div class="passage">{letters}</div>'
        "<p>Words that were least expected where they stood:</p>" + _table(("word", "bits", "times"), words)
    )


def _heated(letter: str, bits: float) -> str:
    level = sum(bits >= bound for bound in HEAT)
    shown = escape(letter) if letter != "\n" else "\n"
    return f'<span class="h{level}" title="{bits:.1f} bits">{shown}</span>' if level else shown


def _making(findings: Findings) -> str:
    a, training = findings.architecture, findings.training
    start = f"Started from {findings.base}. " if findings.base else ""
    if mix := training.get("mix"):
        start += f"Its weights are {mix:.0%} of the way from there to where training ended, the best place on it. "
    recipe = ", ".join(f"{key} {value}" for key, value in training["recipe"].items())
    return (
        f"<p>{escape(start)}A character-level {a.cell.upper()}: {a.layers} layers of {a.hidden}, "
        f"{a.vocabulary} symbols, {a.parameters:,} weights. {training['characters']:,} characters read in "
        f"{training['updates']:,} updates and {training['minutes']:g} minutes on {escape(str(training['device']))}.</p>"
        f'<p><code>{escape(training["command"])}</code></p><p class="soft">{escape(recipe)}</p>'
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    said = _row("th", head) + "".join(_row("td", row) for row in rows[:MOST_ROWS])
    more = f'<p class="soft">and {len(rows) - MOST_ROWS:,} more</p>' if len(rows) > MOST_ROWS else ""
    return f'<div class="wide"><table>{said}</table></div>{more}'


def _row(tag: str, cells: Iterable[str]) -> str:
    numbers = ("characters", "bits", "times")
    return "<tr>" + "".join(f"<{tag}{_class(cell, numbers)}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"


def _class(cell: str, numbers: Sequence[str]) -> str:
    return ' class="n"' if cell in numbers or cell.replace(",", "").replace(".", "").isdigit() else ""
