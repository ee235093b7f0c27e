"""Notebooks: their cells of Markdown are served, as documents are."""

from __future__ import annotations

from typing import Any

from tests.server.client import Client, Json

NOTEBOOK, FIRST, SECOND = "file:///n.ipynb", "vscode-notebook-cell:/n.ipynb#1", "vscode-notebook-cell:/n.ipynb#2"


def cell(uri: str, text: str) -> dict[str, Any]:
    return {"uri": uri, "languageId": "markdown", "version": 1, "text": text}


def change(client: Client, cells: object) -> None:
    document = {"uri": NOTEBOOK, "version": 2}
    client.notify("notebookDocument/didChange", {"notebookDocument": document, "change": {"cells": cells}})


async def test_cells_are_announced(client: Client, always: Json) -> None:
    capabilities = {"notebookDocument": {"synchronization": {}}}
    sync = (await client.initialize(always, capabilities))["capabilities"]["notebookDocumentSync"]
    assert sync["notebookSelector"] == [{"cells": [{"language": "markdown"}]}]


async def test_cells_are_documents(ready: Client) -> None:
    cells = [{"kind": 1, "document": FIRST}]
    document = {"uri": NOTEBOOK, "notebookType": "jupyter-notebook", "version": 1, "cells": cells}
    ready.notify(
        "notebookDocument/didOpen", {"notebookDocument": document, "cellTextDocuments": [cell(FIRST, "It was")]}
    )
    assert await ready.texts(uri=FIRST) == await ready.texts()

    edit = {"range": {"start": {"line": 0, "character": 6}, "end": {"line": 0, "character": 6}}, "text": " the"}
    change(ready, {"textContent": [{"document": {"uri": FIRST, "version": 2}, "changes": [edit]}]})
    assert ready.server.documents[FIRST].text == "It was the"

    structure = {"array": {"start": 1, "deleteCount": 0, "cells": [{"kind": 1, "document": SECOND}]}}
    change(ready, {"structure": {**structure, "didOpen": [cell(SECOND, "Dear")]}})
    assert await ready.texts(uri=SECOND)
    change(ready, {"structure": {**structure, "didClose": [{"uri": SECOND}]}})
    assert await ready.texts(uri=SECOND) == []
    change(ready, None)

    closed = {"notebookDocument": {"uri": NOTEBOOK}, "cellTextDocuments": [{"uri": FIRST}]}
    ready.notify("notebookDocument/didClose", closed)
    assert set(ready.server.documents) == {"file:///a.md"}
