"""The tab that says what is known of the model: figures, learning curve, card."""

from __future__ import annotations

import re

import gradio as gr

from charrnn.errors import CharRNNError
from charrnn.library import find_model
from charrnn.record import facts
from charrnn.ui.drawing import facts_table, learning_curve

_RELATIVE_LINK = re.compile(r"\[([^\]]*)\]\((?!https?://)[^)]*\)")


def card_tab(model: gr.Dropdown, page: gr.Blocks) -> None:
    """Put the tab on the page."""
    table = gr.HTML(elem_id="facts", apply_default_css=False)
    curve = gr.HTML(elem_id="curve", apply_default_css=False)
    card = gr.Markdown(elem_id="card", elem_classes="card")
    for event in (page.load, model.change):
        event(_show, model, [table, curve, card], show_progress="hidden")


def _show(name: str) -> tuple[str, str, str]:
    try:
        known = facts(find_model(name))
    except CharRNNError as error:
        return "", "", str(error)
    # What a card links to beside it is not served.
    return facts_table(known), learning_curve(known.points), _RELATIVE_LINK.sub(r"\1", known.card)
