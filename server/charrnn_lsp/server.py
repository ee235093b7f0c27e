"""The server: which message leads to what. One key goes documents -> excerpt -> suggestions -> items."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
import time
from collections.abc import Callable
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

import charrnn
from charrnn.errors import CharRNNError
from charrnn.excerpt import Excerpt, excerpt
from charrnn.memory import Memory
from charrnn.model import Model, load_model
from charrnn.prefix_cache import Context
from charrnn.search import Suggestion
from charrnn.suggestions import Suggestions
from charrnn_lsp.documents import Document
from charrnn_lsp.processes import death, is_alive
from charrnn_lsp.protocol import Protocol
from charrnn_lsp.recollection import Recollection
from charrnn_lsp.settings import Settings, parse_settings

SECTION = "charrnn"
STATUS = "charrnn/status"
TURN = 0.002  # seconds of computing after which keys and cancellations get their turn


class CharRNNServer(LanguageServer):
    """The state of one connection: open documents, settings, and the model once it is loaded."""

    protocol: Protocol

    def __init__(self) -> None:
        super().__init__("charrnn-lsp", charrnn.__version__, protocol_cls=Protocol, converter_factory=default_converter)
        self.settings = self._initial = Settings()
        self.documents: dict[str, Document] = {}
        self.encoding = types.PositionEncodingKind.Utf16
        self.suggestions: Suggestions | None = None
        self._model: Model | None = None
        self._loading: asyncio.Task[None] | None = None
        self._newest: dict[str, int] = {}  # of each document, the number of the request that is not superseded
        self.recollection = Recollection()
        self._told: set[str] = set()  # messages that the writer has seen
        self.on_exit: Callable[[int], object] = sys.exit  # called with the exit status when the end has come
        self._watch: asyncio.Task[None] | None = None

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
        item = params.text_document
        self.documents[item.uri] = Document.of(item.text, item.language_id, item.version, self.encoding)
        if self._is_prose(self.documents[item.uri]):
            self.recollection.open(item.uri, self.documents[item.uri])

    def did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        document = self.documents.get(params.text_document.uri)
        if document is None:
            return
        for event in params.content_changes:
            self.recollection.change(params.text_document.uri, document.change(event))
        document.version = params.text_document.version
        self._supersede(params.text_document.uri)

    def did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self.documents.pop(params.text_document.uri, None)
        self.recollection.close(params.text_document.uri)
        self._newest.pop(params.text_document.uri, None)

    def _supersede(self, uri: str) -> int:
        self._newest[uri] = self._newest.get(uri, 0) + 1
        return self._newest[uri]

    # Suggestions

    async def complete(self, params: types.InlineCompletionParams) -> types.InlineCompletionList | None:
        """Answer `textDocument/inlineCompletion`: `None` if superseded, an empty list if there is nothing to say."""
        uri = params.text_document.uri
        document = self.documents.get(uri)
        invoked = params.context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
        nothing = types.InlineCompletionList(items=[])
        if document is None:
            return nothing
        request = self._supersede(uri)
        if not self._serves(document, invoked):
            return nothing
        if self._loading is not None and not self._loading.done():
            # Shielded: a request that is cancelled must not take the loading of the model with it.
            await asyncio.shield(self._loading)
            if self._newest.get(uri) != request:
                return None
        if self.suggestions is None:
            return nothing
        place = excerpt(document.lines, *document.place(params.position))
        selected = params.context.selected_completion_info
        if selected is not None:
            place = _with_selected(place, document, selected)
        shown: list[Suggestion] | None = None
        turn = time.monotonic()
        for shown in self.suggestions.suggest(place, invoked):
            if shown is None and time.monotonic() - turn > TURN:
                await asyncio.sleep(0)
                turn = time.monotonic()
                if self._newest.get(uri) != request:
                    return None
        assert shown is not None
        return types.InlineCompletionList(items=[_item(found.text, params.position, selected) for found in shown])

    def _serves(self, document: Document, invoked: bool) -> bool:
        settings = self.settings
        wanted = invoked or settings.trigger == "automatic"
        return settings.enable and wanted and self._is_prose(document)

    def _is_prose(self, document: Document) -> bool:
        return document.language.lower() in self.settings.languages

    # Settings and model

    def configure(self, values: object, *, trusted: bool = True) -> None:
        """Take over settings; load the model anew where one that concerns it has changed."""
        settings, problems = parse_settings(values, self._initial)
        for problem in problems:
            self.tell(problem, types.MessageType.Warning)
        before, self.settings = self.settings, settings
        if self._loading is None or _of_model(before) != _of_model(settings):
            self._loading = asyncio.ensure_future(self._load())
        elif self._model is not None and before != settings:
            self._offer(self._model)

    async def _load(self) -> None:
        """Load the model of the settings; one that cannot be loaded leaves the server silent, and is told of.

        Where the settings have come to want another model in the meantime, that one's loading has the word.
        """
        settings = self.settings
        self._model = self.suggestions = None
        if not settings.enable:
            self.report("off", "Suggestions are switched off.")
            return
        self.report("loading", f"Loading the model {settings.model}.")
        try:
            model = await asyncio.to_thread(load_model, settings.model, settings.device, threads=settings.threads)
        except CharRNNError as error:
            if _of_model(settings) == _of_model(self.settings):
                self.tell(str(error), types.MessageType.Error)
                self.report("error", str(error))
            return
        if _of_model(settings) == _of_model(self.settings):
            self._model = model
            self._offer(model)
            self.report("ready", f"The model {model.name} is ready.")

    def _offer(self, model: Model) -> None:
        """Make suggestions with `model` and the settings as they are now."""
        if self.settings.memory == "off":
            model.memory = None
        elif model.memory is None:
            model.memory = Memory(model.vocabulary)
        prose = {uri: document for uri, document in self.documents.items() if self._is_prose(document)}
        self.recollection.use(model.memory, prose)
        self.suggestions = Suggestions(model, self.settings.search_options())

    async def pull_settings(self) -> None:
        """Ask the client for the section `charrnn`."""
        item = types.ConfigurationItem(section=SECTION)
        try:
            (values,) = await self.workspace_configuration_async(types.ConfigurationParams(items=[item]))
        except (JsonRpcException, ValueError, TypeError):
            return
        if values is not None:
            self.configure(values)

    # Telling

    def tell(self, message: str, kind: types.MessageType) -> None:
        """Show a message to the writer, once."""
        if message not in self._told:
            self._told.add(message)
            self.window_show_message(types.ShowMessageParams(kind, f"charrnn: {message}"))

    def report(self, state: str, message: str) -> None:
        """Tell the client how things stand, for its status bar."""
        self.protocol.notify(STATUS, {"state": state, "message": message, "model": self.settings.model})


def _of_model(settings: Settings) -> tuple[bool, str, str, int]:
    """The settings that a loaded model depends on."""
    return settings.enable, settings.model, settings.device, settings.threads


def _item(
    text: str, position: types.Position, selected: types.SelectedCompletionInfo | None
) -> types.InlineCompletionItem:
    """An item that inserts `text` at the cursor, or extends the entry that is selected in the editor's list."""
    if selected is not None:
        return types.InlineCompletionItem(insert_text=selected.text + text, range=selected.range)
    return types.InlineCompletionItem(insert_text=text, range=types.Range(position, position))


def _with_selected(place: Excerpt, document: Document, selected: types.SelectedCompletionInfo) -> Excerpt:
    """The excerpt as it will be when the selected entry of the editor's list is taken."""
    _, start = document.place(selected.range.start)
    _, end = document.place(selected.range.end)
    covered = max(0, end - start)
    before = place.before.text[: len(place.before.text) - covered] + selected.text
    return dataclasses.replace(place, before=Context(before, place.before.from_start))


def make_server() -> CharRNNServer:
    """A server with all its features."""
    server = CharRNNServer()

    @server.feature(types.INITIALIZE)
    def initialize(ls: CharRNNServer, params: types.InitializeParams) -> None:
        ls.watch(params.process_id)
        ls.encoding = types.PositionEncodingKind(ls.workspace.position_encoding)
        ls.configure(params.initialization_options)
        ls._initial = ls.settings

    @server.feature(types.INITIALIZED)
    async def initialized(ls: CharRNNServer, params: types.InitializedParams) -> None:
        workspace = ls.client_capabilities.workspace
        if workspace is None:
            return
        changes = workspace.did_change_configuration
        if changes is not None and changes.dynamic_registration:
            registration = types.Registration(
                id=SECTION, method=types.WORKSPACE_DID_CHANGE_CONFIGURATION, register_options={"section": SECTION}
            )
            await ls.client_register_capability_async(types.RegistrationParams([registration]))
        if workspace.configuration:
            await ls.pull_settings()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    async def changed(ls: CharRNNServer, params: types.DidChangeConfigurationParams) -> None:
        pushed = params.settings.get(SECTION) if isinstance(params.settings, dict) else None
        workspace = ls.client_capabilities.workspace
        if pushed is not None:
            ls.configure(pushed)
        elif workspace is not None and workspace.configuration:
            await ls.pull_settings()

    @server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())
    async def inline_completion(ls: CharRNNServer, params: types.InlineCompletionParams) -> Any:
        return await ls.complete(params)

    return server
