"""The same suggestion in the list of words, for editors that know no inline completion (Helix, Kate, Emacs' eglot)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lsprotocol import types

from charrnn_lsp.positions import units_of

if TYPE_CHECKING:
    from charrnn_lsp.server import CharRNNServer

_WORD = re.compile(r"[^\W_]*\Z")


def add_completion(server: CharRNNServer) -> None:
    """Register `textDocument/completion`. Editors ask after letters by themselves; also after a space."""

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=[" "]))
    async def complete(ls: CharRNNServer, params: types.CompletionParams) -> types.CompletionList:
        asked = params.context is not None and params.context.trigger_kind == types.CompletionTriggerKind.Invoked
        # Editors call it Invoked after each letter as well: only where nothing comes by itself must it be a wish.
        texts = await ls.suggest(params, invoked=asked and ls.settings.trigger == "manual") or []
        items = [_item(ls, params, text) for text in texts]
        return types.CompletionList(is_incomplete=True, items=items)


def _item(ls: CharRNNServer, params: types.CompletionParams, text: str) -> types.CompletionItem:
    """An entry that replaces the word at the cursor by itself and what follows: by the word it is found in the list."""
    document = ls.documents[params.text_document.uri]
    number, offset = document.place(params.position)
    line = document.lines[number]
    word = _WORD.search(line, max(0, offset - 100), offset)
    begin = word.start() if word else offset
    whole = line[begin:offset] + text
    start = types.Position(number, units_of(line, begin, document.encoding))
    end = types.Position(number, units_of(line, offset, document.encoding))
    return types.CompletionItem(
        label=whole.strip(),
        kind=types.CompletionItemKind.Text,
        filter_text=whole,
        sort_text="0",
        preselect=True,
        text_edit=types.TextEdit(types.Range(start, end), whole),
    )
