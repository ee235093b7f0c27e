"""The tab that reads a text: each character's surprise as a heat map, and what was expected in its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from charrnn.ui.assets import asset
from charrnn.ui.drawing import bars
from charrnn.ui.messages import told
from charrnn.ui.shelf import Shelf
from charrnn.ui.surprise import EVERY, Scored, expected, score

PART = 4000  # characters that are shown at a time
EXAMPLE = (
    "The ferry left at nine, as it had for thirty years, with the same two dogs asleep on the ropes. "
    "Nobody had told them about the bridge. Xqzv!"
)
LEGEND = "".join(f'<span class="h{i}">{i}{"+" if i == 7 else ""}</span>' for i in range(8))
State = Scored | None


def surprise_tab(shelf: Shelf, model: gr.Dropdown) -> None:
    """Put the tab on the page."""
    scored = gr.State(None)
    text = gr.Textbox(EXAMPLE, label="Text", lines=7, max_lines=7, elem_id="surprise-text")
    with gr.Row():
        go = gr.Button("Measure", variant="primary", elem_id="measure")
        stop = gr.Button("Stop", elem_id="measure-stop")
    total = gr.HTML(elem_id="total", apply_default_css=False)
    part = gr.Slider(1, 2, 1, step=1, label=f"Part, of {PART:,} characters each", visible=False, elem_id="part")
    heat = gr.HTML(
        None,
        html_template=asset("heatmap.html"),
        js_on_load=asset("heatmap.js"),
        elem_id="heatmap",
        apply_default_css=False,
    )
    gr.HTML(f'<p class="legend">bits: {LEGEND}</p>', apply_default_css=False)
    chart = gr.HTML(elem_id="bars", apply_default_css=False)

    def measure(name: str, text: str) -> Iterator[tuple[State, str, dict[str, Any], Any, Any]]:
        with told():
            for found in score(shelf.take(name), text or ""):
                if found.read <= PART + EVERY:  # the first part, which changes no more after that
                    yield found, _total(found), _part_slider(found, 1), _map(found, 1), _bars(found, 0)
                else:  # whoever looks at another part meanwhile is left there
                    yield found, _total(found), _part_slider(found), gr.skip(), gr.skip()

    def show_part(found: State, number: int) -> tuple[Any, str]:
        number = int(number)
        return (_map(found, number), _bars(found, (number - 1) * PART)) if found else (None, "")

    def settle(found: State, number: int) -> tuple[Any, Any, Any]:
        if not found:
            return gr.skip(), gr.skip(), gr.skip()
        return _total(found), _part_slider(found), {**_map(found, int(number)), "again": True}

    def choose(event: gr.EventData, found: State) -> str:
        return _bars(found, int(event.index)) if found else ""

    outputs = [scored, total, part, heat, chart]
    running = go.click(measure, [model, text], outputs, show_progress="hidden")
    stopped = stop.click(None, cancels=[running], queue=False)
    for end in (running, stopped):
        # A slow browser leaves out what comes just before something else; and a part may have been chosen half read.
        end.then(settle, [scored, part], [total, part, heat], show_progress="hidden")
    part.release(show_part, [scored, part], [heat, chart], show_progress="hidden")
    heat.select(choose, scored, chart, show_progress="hidden")


def _bars(found: Scored, place: int) -> str:
    return bars(expected(found, place), found.text[place], float(found.bits[place])) if place < found.read else ""


def _total(found: Scored) -> str:
    if not found.text:
        return '<p class="hint">There is no text. Type or paste some.</p>'
    done = "" if found.read == len(found.text) else f" of {len(found.text):,}"
    return (
        f'<p><span class="total">{found.bits_per_character:.3f} bits per character</span> over '
        f"{found.read:,}{done} characters</p>"
    )


def _map(found: Scored, number: int) -> dict[str, Any]:
    start = (number - 1) * PART
    stop = min(found.read, start + PART)
    bits = [round(float(value), 2) for value in found.bits[start:stop]]
    return {"text": found.text[start:stop], "bits": bits, "start": start}


def _part_slider(found: Scored, number: int | None = None) -> dict[str, Any]:
    """The slider for the parts that were read, set to one of them or left where it is."""
    update: dict[str, Any] = gr.update(visible=found.read > PART, maximum=max(2, -(-found.read // PART)))
    return update if number is None else {**update, "value": number}
