"""The tab that writes on from a prompt: once, or at five temperatures side by side."""

from __future__ import annotations

from collections.abc import Iterator

import gradio as gr

from charrnn.sampling import Sampling
from charrnn.ui.messages import told
from charrnn.ui.shelf import Shelf
from charrnn.ui.streams import written

TEMPERATURES = (0.2, 0.5, 0.8, 1.1, 1.4)
PROMPT = "The men who came to look at the roof said that "
LONGEST = 20_000  # characters


def writing_tab(shelf: Shelf, model: gr.Dropdown) -> None:
    """Put the tab on the page."""
    prompt = gr.Textbox(PROMPT, label="Prompt", info="Shift+Enter writes on", lines=4, max_lines=4, elem_id="prompt")
    with gr.Row(elem_classes="buttons"):
        go = gr.Button("Write", variant="primary", elem_id="write", min_width=120)
        stop = gr.Button("Stop", elem_id="stop", min_width=120)
        again = gr.Button("Another text", elem_id="another", min_width=120)
        compare = gr.Button("Five temperatures", elem_id="compare", min_width=120)
    text = gr.Textbox(label="Text", lines=12, max_lines=12, interactive=False, buttons=["copy"], elem_id="text")
    with gr.Row(equal_height=True):
        columns = [
            gr.Textbox(label=f"Temperature {t}", lines=14, max_lines=14, visible=False, min_width=180, elem_id=f"t{i}")
            for i, t in enumerate(TEMPERATURES)
        ]
    with gr.Accordion("How it is drawn", open=True), gr.Row():
        with gr.Column(min_width=260):
            temperature = gr.Slider(0.05, 2, 0.8, step=0.05, label="Temperature", elem_id="temperature")
            top_k = gr.Slider(0, 100, 0, step=1, label="Top-k", info="0: no limit", elem_id="top-k")
            top_p = gr.Slider(0.05, 1, 1, step=0.01, label="Top-p", elem_id="top-p")
        with gr.Column(min_width=260):
            min_p = gr.Slider(0, 0.5, 0, step=0.01, label="Min-p", elem_id="min-p")
            length = gr.Slider(50, LONGEST, 400, step=50, label="Length in characters", elem_id="length")
            with gr.Row():
                greedy = gr.Checkbox(False, label="Greedy", info="The most probable, always", elem_id="greedy")
                seed = gr.Number(1, precision=0, minimum=0, label="Seed", elem_id="seed")

    def write(
        name: str, prompt: str, t: float, k: int, p: float, least: float, characters: int, greedy: bool, seed: int
    ) -> Iterator[str]:
        with told():
            sampling = Sampling(0 if greedy else t, int(k), p, least)
            yield prompt
            for (continuation,) in written(shelf.take(name), prompt, [sampling], _seed(seed), int(characters)):
                yield prompt + continuation

    def write_five(
        name: str, prompt: str, k: int, p: float, least: float, characters: int, seed: int
    ) -> Iterator[list[dict[str, object]]]:
        with told():
            samplings = [Sampling(t, int(k), p, least) for t in TEMPERATURES]
            yield [gr.update(value="", visible=True)] * len(TEMPERATURES)
            for texts in written(shelf.take(name), prompt, samplings, _seed(seed), int(characters)):
                yield [gr.update(value=continuation.lstrip()) for continuation in texts]

    cuts = [top_k, top_p, min_p, length]
    options = [model, prompt, temperature, *cuts, greedy, seed]
    running = [
        gr.on([go.click, prompt.submit], write, options, text, show_progress="minimal"),
        again.click(_next, seed, seed).then(write, options, text, show_progress="minimal"),
        compare.click(write_five, [model, prompt, *cuts, seed], columns, show_progress="minimal"),
    ]
    stop.click(None, cancels=running, queue=False)


def _seed(number: int | None) -> int:
    return max(0, int(number or 0))


def _next(number: int | None) -> int:
    return _seed(number) + 1
