"""The page: a choice of models over four tabs."""

from __future__ import annotations

import gradio as gr

from charrnn.ui.card_tab import card_tab
from charrnn.ui.shelf import Shelf
from charrnn.ui.surprise_tab import surprise_tab
from charrnn.ui.typing_tab import typing_tab
from charrnn.ui.writing_tab import writing_tab

TITLE = "charrnn"
HEAD = '<h1>charrnn</h1><p class="hint">All of it is computed on this machine, and nothing leaves it.</p>'
# Names of fonts that systems have. Gradio's own themes ask a server for theirs.
FONT = ("system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
FIXED_FONT = ("ui-monospace", "Consolas", "DejaVu Sans Mono", "monospace")


def theme() -> gr.Theme:
    """Gradio's plain theme with the fonts of the system."""
    return gr.themes.Default(primary_hue="blue", neutral_hue="slate", font=FONT, font_mono=FIXED_FONT)


def make_page(shelf: Shelf) -> gr.Blocks:
    """The page over the models of a shelf."""
    page = gr.Blocks(title=TITLE, analytics_enabled=False)
    with page:
        gr.HTML(HEAD, apply_default_css=False)
        model = gr.Dropdown(
            shelf.names(), value=shelf.first, label="Model", elem_id="model", filterable=False, interactive=True
        )
        with gr.Tab("Write", id="write"):
            writing_tab(shelf, model)
        with gr.Tab("Type", id="type"):
            typing_tab(shelf, model)
        with gr.Tab("Surprise", id="surprise"):
            surprise_tab(shelf, model)
        with gr.Tab("Model", id="card"):
            card_tab(model, page)
        page.load(lambda: gr.update(choices=shelf.names()), None, model, show_progress="hidden")
    return page
