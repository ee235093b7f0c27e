"""Texts as the items of `textDocument/inlineCompletion`."""

from __future__ import annotations

import dataclasses

from lsprotocol import types

from charrnn.excerpt import Excerpt
from charrnn.prefix_cache import Context
from charrnn_lsp.documents import Document


def item(
    text: str, position: types.Position, selected: types.SelectedCompletionInfo | None
) -> types.InlineCompletionItem:
    """An item that inserts `text` at the cursor, or extends the entry that is selected in the editor's list."""
    if selected is not None:
        return types.InlineCompletionItem(insert_text=selected.text + text, range=selected.range)
    return types.InlineCompletionItem(insert_text=text, range=types.Range(position, position))


def with_selected(place: Excerpt, document: Document, selected: types.SelectedCompletionInfo) -> Excerpt:
    """The excerpt as it will be when the selected entry of the editor's list is taken."""
    _, start = document.place(selected.range.start)
    _, end = document.place(selected.range.end)
    covered = max(0, end - start)
    before = place.before.text[: len(place.before.text) - covered] + selected.text
    return dataclasses.replace(place, before=Context(before, place.before.from_start))
