"""Notebooks: each of their cells in prose is a document like any other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from charrnn_lsp.server import CharRNNServer

CELLS = types.NotebookDocumentSyncOptions(
    notebook_selector=[
        types.NotebookDocumentFilterWithCells(cells=[types.NotebookCellLanguage(language="markdown")]),
    ]
)


class Notebooks:
    """What is told of notebooks, handed on as if it were told of documents."""

    def __init__(self, server: CharRNNServer) -> None:
        self._server = server

    def did_open(self, params: types.DidOpenNotebookDocumentParams) -> None:
        """Open the cells."""
        self._open(params.cell_text_documents)

    def did_change(self, params: types.DidChangeNotebookDocumentParams) -> None:
        """Open new cells, close removed ones, edit the others."""
        cells = params.change.cells
        if cells is None:
            return
        if cells.structure is not None:
            self._open(cells.structure.did_open or ())
            self._close(cells.structure.did_close or ())
        for text in cells.text_content or ():
            self._server.did_change(types.DidChangeTextDocumentParams(text.document, text.changes))

    def did_close(self, params: types.DidCloseNotebookDocumentParams) -> None:
        """Close the cells."""
        self._close(params.cell_text_documents)

    def _open(self, cells: Sequence[types.TextDocumentItem]) -> None:
        for cell in cells:
            self._server.did_open(types.DidOpenTextDocumentParams(cell))

    def _close(self, cells: Sequence[types.TextDocumentIdentifier]) -> None:
        for cell in cells:
            self._server.did_close(types.DidCloseTextDocumentParams(cell))
