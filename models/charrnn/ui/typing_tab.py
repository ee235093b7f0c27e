"""The tab where one types and sees what an editor would show."""

from __future__ import annotations

from typing import Any

import gradio as gr

from charrnn.errors import CharRNNError
from charrnn.search import DEFAULT_CONFIDENCE, LENGTHS
from charrnn.ui.assets import asset
from charrnn.ui.desk import Desk, Wish
from charrnn.ui.shelf import Shelf

KEYS = (
    "Tab takes all of it, Ctrl+→ a word, Escape puts it away, Alt+] and Alt+[ show others, Ctrl+Space asks by hand. "
    "With nothing in grey, Tab goes on to the next control."
)


def typing_tab(shelf: Shelf, model: gr.Dropdown) -> None:
    """Put the tab on the page."""
    desk = Desk(shelf)

    def suggest(question: dict[str, Any]) -> dict[str, Any]:
        sheet = str(question.pop("sheet"))[:40]
        try:
            return desk.answer(sheet, Wish(**question))
        except CharRNNError as error:
            return {"items": [], "reason": "error", "message": str(error), "milliseconds": 0}

    start = _settings(shelf.first, DEFAULT_CONFIDENCE, "phrase", True)
    editor = gr.HTML(
        start, html_template=asset("editor.html"), js_on_load=asset("editor.js"), server_functions=[suggest],
        elem_id="typing", apply_default_css=False,
    )  # fmt: skip
    gr.HTML(f'<p class="hint">{KEYS}</p>', apply_default_css=False)
    with gr.Row():
        confidence = gr.Slider(
            0,
            1,
            DEFAULT_CONFIDENCE,
            step=0.05,
            label="Show if right with this probability",
            min_width=200,
            elem_id="confidence",
        )
        length = gr.Dropdown(
            list(LENGTHS), value="phrase", label="How much", elem_id="how-much", filterable=False, min_width=200
        )
        memory = gr.Checkbox(True, label="Learn from this text", info="In memory only", elem_id="memory", min_width=200)

    def change(name: str, confidence: float, length: str, memory: bool) -> dict[str, Any]:
        return _settings(name, confidence, length, memory)

    gr.on(
        [model.change, confidence.release, length.change, memory.change],
        change,
        [model, confidence, length, memory],
        editor,
        show_progress="hidden",
    )


def _settings(model: str, confidence: float, length: str, memory: bool) -> dict[str, Any]:
    return {"model": model, "min_confidence": confidence, "length": length, "memory": memory}
