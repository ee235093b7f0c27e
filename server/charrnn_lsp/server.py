"""The server: the documents of one editor, and what is offered in them.

One key goes documents -> excerpt -> suggestions -> items.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from collections.abc import Callable
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

import charrnn
from charrnn.excerpt import Excerpt, excerpt
from charrnn.memory import Memory
from charrnn.model import Model
from charrnn.prefix_cache import Context
from charrnn.search import Suggestion
from charrnn.suggestions import Suggestions
from charrnn_lsp.configuration import Configuration
from charrnn_lsp.documents import Document
from charrnn_lsp.items import item, with_selected
from charrnn_lsp.loading import Loading
from charrnn_lsp.notebooks import CELLS
from charrnn_lsp.processes import death, is_alive
from charrnn_lsp.protocol import Protocol
from charrnn_lsp.recollection import Recollection
from charrnn_lsp.regions import Regions
from charrnn_lsp.settings import Settings
from charrnn_lsp.status import Status
from charrnn_lsp.syntaxes import regions_of

SECTION = "charrnn"
TURN = 0.002  # seconds of computing after which keys and cancellations get their turn


class CharRNNServer(LanguageServer):
    """The state of one connection: open documents, settings, and the model once it is loaded."""

    protocol: Protocol

    def __init__(self) -> None:
        super().__init__(
            "charrnn-lsp",
            charrnn.__version__,
            notebook_document_sync=CELLS,
            protocol_cls=Protocol,
            converter_factory=default_converter,
        )
        self.documents: dict[str, Document] = {}
        self.encoding = types.PositionEncodingKind.Utf16
        self.status = Status(self.protocol.notify)
        self.recollection = Recollection()
        self.suggestions: Suggestions | None = None
        self.loading = Loading(self.status, self._use)
        self.on_exit: Callable[[int], object] = sys.exit  # called with the exit status when the end has come
        self._configuration = Configuration()
        self._model: Model | None = None
        self._offered = self.settings  # those that `suggestions` were made with
        self._regions: dict[str, Regions] = {}  # of each document
        self._numbers = itertools.count()
        self._newest: dict[str, int] = {}  # of each document, the number of the request that is not superseded
        self._watch: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def settings(self) -> Settings:
        return self._configuration.settings

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Pygls shows each error to the writer, who may be typing; that it was answered is enough."""

    def watch(self, process: int | None) -> None:
        """End when the client's process has died. One that cannot be seen, as from within a container, is not watched.

        The end of the input does not tell while another process holds the pipe open.
        """
        if process is not None and is_alive(process):
            self._watch = asyncio.ensure_future(death(process))
            self._watch.add_done_callback(lambda watch: watch.cancelled() or self.on_exit(1))

    # Documents

    def did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        opened = params.text_document
        self.did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(opened.uri)))  # if it was open
        self.documents[opened.uri] = Document.of(opened.text, opened.language_id, opened.version, self.encoding)
        self._regions[opened.uri] = regions_of(opened.language_id)
        if self._is_prose(self.documents[opened.uri]):
            self.recollection.open(opened.uri, self.documents[opened.uri])

    def did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        document = self.documents.get(params.text_document.uri)
        if document is None:
            return
        for change in document.update(params.text_document.version, params.content_changes):
            self._regions[params.text_document.uri].edited(change.first)
            self.recollection.change(params.text_document.uri, change)
        self._supersede(params.text_document.uri)

    def did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self.documents.pop(params.text_document.uri, None)
        self._regions.pop(params.text_document.uri, None)
        self.recollection.close(params.text_document.uri)
        self._newest.pop(params.text_document.uri, None)

    def _supersede(self, uri: str) -> int:
        self._newest[uri] = number = next(self._numbers)
        return number

    def _is_prose(self, document: Document) -> bool:
        return document.language.lower() in self.settings.languages

    # Suggestions

    async def complete(self, params: types.InlineCompletionParams) -> types.InlineCompletionList | None:
        """Answer `textDocument/inlineCompletion`: `None` if superseded, an empty list if there is nothing to say."""
        invoked = params.context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
        selected = params.context.selected_completion_info
        texts = await self.suggest(params, invoked, selected)
        if texts is None:
            return None
        return types.InlineCompletionList(items=[item(text, params.position, selected) for text in texts])

    async def suggest(
        self,
        where: types.InlineCompletionParams | types.CompletionParams,
        invoked: bool,
        selected: types.SelectedCompletionInfo | None = None,
    ) -> list[str] | None:
        """Texts to insert at a place; `None` if a newer request or an edit superseded this one."""
        uri = where.text_document.uri
        document = self.documents.get(uri)
        if document is None:
            return []
        request = self._supersede(uri)
        await asyncio.sleep(0)  # of requests that came together, as from a held key, only the last is worth any work

        def is_newest() -> bool:
            return self._newest.get(uri) == request

        while is_newest():  # anew where the settings or the model change meanwhile: a client may not ask again
            if self.silence(uri, where.position, invoked):
                return []
            self.loading.look()
            suggestions = self.suggestions or await self._loaded()
            if not is_newest():
                break
            if suggestions is None:
                return []
            place = excerpt(document.lines, *document.place(where.position))
            if selected is not None:
                place = with_selected(place, document, selected)

            def is_wanted(suggestions: Suggestions = suggestions) -> bool:
                return is_newest() and self.suggestions is suggestions

            shown = await self._look_ahead(suggestions, place, invoked, is_wanted)
            if shown is not None:
                self._read_on(suggestions.model, place.before, is_wanted)
                return [found.text for found in shown]
        return None

    async def _loaded(self) -> Suggestions | None:
        """The suggestions of the model that is being loaded, once it is; `None` where there is none."""
        await self.loading.settled()
        return self.suggestions

    async def _look_ahead(
        self, suggestions: Suggestions, place: Excerpt, invoked: bool, is_wanted: Callable[[], bool]
    ) -> list[Suggestion] | None:
        """What to show at a place, found while keys and cancellations get their turns; `None` once it is unwanted."""
        shown: list[Suggestion] | None = None
        turn = time.perf_counter()
        for shown in suggestions.suggest(place, invoked):
            if shown is None and time.perf_counter() - turn > TURN:
                await asyncio.sleep(0)
                turn = time.perf_counter()
                if not is_wanted():
                    return None
        return shown

    def _read_on(self, model: Model, context: Context, is_wanted: Callable[[], bool]) -> None:
        """After an answer in a hurry, read the rest of the text before the place, while nothing else is to be done."""

        async def read() -> None:
            for _ in model.cache.read(context):
                await asyncio.sleep(0)
                if not is_wanted():
                    return

        if model.readable(context) != context:
            self._reading = asyncio.ensure_future(read())  # kept, for a task that nobody holds may vanish

    def silence(self, uri: str, position: types.Position, invoked: bool = False) -> str | None:
        """Why nothing is offered at a place, whatever the model would say: a code of `REASONS`; else `None`."""
        document = self.documents.get(uri)
        reasons = {
            "off": not self.settings.enable,
            "notOpen": document is None,
            "paused": self.status.is_paused(uri),
            "language": document is not None and not self._is_prose(document),
            "manual": not invoked and self.settings.trigger == "manual",
        }
        reason = next((reason for reason, holds in reasons.items() if holds), None)
        if reason or invoked or document is None:
            return reason
        region = self._regions[uri].at(document.lines, *document.place(position))
        return region if region in self.settings.skip else None

    async def explain(self, uri: str, position: types.Position) -> str:
        """Why there is a suggestion or none at a place: a code of `REASONS`.

        Where the place was asked about before, as it mostly was, the answer is known and nothing is computed.
        """
        if reason := self.silence(uri, position):
            return reason
        if self.suggestions is None:
            return "loading" if self.loading.is_busy else "error"
        document = self.documents[uri]
        place = excerpt(document.lines, *document.place(position))
        if place.after[:1].isalnum():
            return "insideWord"
        return "shown" if await self._look_ahead(self.suggestions, place, False, lambda: True) else "unsure"

    # Settings and model

    def start(self, options: object) -> None:
        """Take over the options of the start."""
        self._apply(self._configuration.start(options))

    def configure(self, values: object) -> None:
        """Take over settings that came later."""
        self._apply(self._configuration.change(values))

    def select_model(self, name: str) -> None:
        """Use a model until the setting changes."""
        self._configuration.select_model(name)
        self._apply([])

    def _apply(self, problems: list[str]) -> None:
        for problem in problems:
            self.status.tell(problem, types.MessageType.Warning)
        self.loading.want(self.settings)
        if self._model is not None and self._offered != self.settings:
            self._offer(self._model)

    async def pull_settings(self) -> None:
        """Ask the client for the section `charrnn`."""
        section = types.ConfigurationItem(section=SECTION)
        try:
            (values,) = await self.workspace_configuration_async(types.ConfigurationParams(items=[section]))
        except (JsonRpcException, ValueError, TypeError):
            return
        if values is not None:
            self.configure(values)

    def forget(self) -> None:
        """Forget what was learned from the writer's texts."""
        if self._model is not None:
            self.recollection.forget()
            self._model.forget()
            self._offer(self._model)

    def _use(self, model: Model | None) -> None:
        """Make suggestions with `model` from now on."""
        self._model, self.suggestions = model, None
        if model is not None:
            model.hurried = True
            self._offer(model)
        else:
            self.recollection.use(None, {})

    def _offer(self, model: Model) -> None:
        """Make suggestions with `model` and the settings as they are now."""
        if self.settings.memory != "off" and model.memory is None:
            model.memory = Memory(model.vocabulary)
        elif self.settings.memory == "off" and model.memory is not None:
            model.forget()
            model.memory = None
        prose = {uri: document for uri, document in self.documents.items() if self._is_prose(document)}
        folders = self.settings.memory_folders if self.settings.memory == "folders" else ()
        self.recollection.use(model.memory, prose, folders)
        self.suggestions = Suggestions(model, self.settings.search_options())
        self._offered = self.settings
