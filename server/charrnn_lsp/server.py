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
from charrnn.artifact import CONFIG
from charrnn.errors import CharRNNError
from charrnn.excerpt import Excerpt, excerpt
from charrnn.library import directory_of, is_installed
from charrnn.memory import Memory
from charrnn.model import Model, load_model
from charrnn.prefix_cache import Context
from charrnn.search import Suggestion
from charrnn.suggestions import Suggestions
from charrnn_lsp.commands import add_commands
from charrnn_lsp.completion import add_completion
from charrnn_lsp.documents import Document
from charrnn_lsp.notebooks import CELLS
from charrnn_lsp.processes import death, is_alive
from charrnn_lsp.protocol import Protocol
from charrnn_lsp.recollection import Recollection
from charrnn_lsp.regions import Regions
from charrnn_lsp.settings import Settings, parse_settings
from charrnn_lsp.silence import REASONS
from charrnn_lsp.syntaxes import regions_of

SECTION = "charrnn"
STATUS = "charrnn/status"
ALLOW_PATHS = "allowModelPaths"  # in the initialization options
EVERYWHERE = ""  # instead of a document
RELOAD_CHECK = 2.0  # seconds between two looks at the model's files
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
        self.settings = self._initial = Settings()
        self._allows_paths = False  # whether settings may name a model by its path
        self._selection: tuple[str, str] | None = None  # instead of the first model, a setting, the second, by command
        self.documents: dict[str, Document] = {}
        self.encoding = types.PositionEncodingKind.Utf16
        self.suggestions: Suggestions | None = None
        self._model: Model | None = None
        self._loading: asyncio.Task[None] | None = None
        self._stamp: object = None  # of the model's files when they were read
        self._looked = 0.0  # when they were last looked at
        self._regions: dict[str, Regions] = {}  # of each document
        self._paused: set[str] = set()  # documents, or EVERYWHERE
        self._state = ("loading", "")
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
        self._regions[item.uri] = regions_of(item.language_id)
        if self._is_prose(self.documents[item.uri]):
            self.recollection.open(item.uri, self.documents[item.uri])

    def did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        document = self.documents.get(params.text_document.uri)
        if document is None:
            return
        for event in params.content_changes:
            change = document.change(event)
            self._regions[params.text_document.uri].edited(change.first)
            self.recollection.change(params.text_document.uri, change)
        document.version = params.text_document.version
        self._supersede(params.text_document.uri)

    def did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        self.documents.pop(params.text_document.uri, None)
        self._regions.pop(params.text_document.uri, None)
        self.recollection.close(params.text_document.uri)
        self._newest.pop(params.text_document.uri, None)

    def _supersede(self, uri: str) -> int:
        self._newest[uri] = self._newest.get(uri, 0) + 1
        return self._newest[uri]

    # Suggestions

    async def complete(self, params: types.InlineCompletionParams) -> types.InlineCompletionList | None:
        """Answer `textDocument/inlineCompletion`: `None` if superseded, an empty list if there is nothing to say."""
        invoked = params.context.trigger_kind == types.InlineCompletionTriggerKind.Invoked
        selected = params.context.selected_completion_info
        texts = await self.suggest(params, invoked, selected)
        if texts is None:
            return None
        return types.InlineCompletionList(items=[_item(text, params.position, selected) for text in texts])

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
        if self.silence(uri, where.position, invoked):
            return []
        self._reload_if_changed()
        if self._loading is not None and not self._loading.done():
            # Shielded: a request that is cancelled must not take the loading of the model with it.
            await asyncio.shield(self._loading)
            if self._newest.get(uri) != request:
                return None
        if self.suggestions is None:
            return []
        place = excerpt(document.lines, *document.place(where.position))
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
        return [found.text for found in shown]

    def silence(self, uri: str, position: types.Position, invoked: bool = False) -> str | None:
        """Why nothing is offered at a place, whatever the model would say: a code of `REASONS`; else `None`."""
        document = self.documents.get(uri)
        reasons = {
            "off": not self.settings.enable,
            "notOpen": document is None,
            "paused": bool(self._paused & {uri, EVERYWHERE}),
            "language": document is not None and not self._is_prose(document),
            "manual": not invoked and self.settings.trigger == "manual",
        }
        reason = next((reason for reason, holds in reasons.items() if holds), None)
        if reason or invoked or document is None:
            return reason
        region = self._regions[uri].at(document.lines, *document.place(position))
        return region if region in self.settings.skip else None

    def explain(self, uri: str, position: types.Position) -> str:
        """Why there is a suggestion or none at a place: a code of `REASONS`."""
        if reason := self.silence(uri, position):
            return reason
        if self._loading is not None and not self._loading.done():
            return "loading"
        if self.suggestions is None:
            return "error"
        document = self.documents[uri]
        place = excerpt(document.lines, *document.place(position))
        if place.after[:1].isalnum():
            return "insideWord"
        *_, shown = self.suggestions.suggest(place, invoked=False)
        return "shown" if shown else "unsure"

    def pause(self, uri: str = EVERYWHERE) -> None:
        """Offer nothing in a document, or in any."""
        self._paused.add(uri)
        self._tell_state()

    def resume(self, uri: str = EVERYWHERE) -> None:
        """Take back a pause; without a document, all of them."""
        self._paused.discard(uri)
        if uri == EVERYWHERE:
            self._paused.clear()
        self._tell_state()

    def _is_prose(self, document: Document) -> bool:
        return document.language.lower() in self.settings.languages

    # Settings and model

    def initialise(self, options: object) -> None:
        """Take over the options of the start; they alone may allow models by path, as no workspace writes them."""
        self._allows_paths = isinstance(options, dict) and options.get(ALLOW_PATHS) is True
        self.configure(options, trusted=True)
        self._initial = self.settings

    def configure(self, values: object, *, trusted: bool = False) -> None:
        """Take over settings; a workspace may have written those that are not `trusted`."""
        if isinstance(values, dict):
            values = {key: value for key, value in values.items() if key != ALLOW_PATHS}
        settings, problems = parse_settings(values, self._initial)
        if not trusted and not self._may_name(settings.model):
            problems.append(
                f"charrnn.model names the path {settings.model!r}, which is in no directory of models. To allow this, "
                f"set {ALLOW_PATHS} to true in the initialization options. Using {self._initial.model!r}."
            )
            settings = dataclasses.replace(settings, model=self._initial.model)
        for problem in problems:
            self.tell(problem, types.MessageType.Warning)
        self._use(settings)

    def select_model(self, name: str) -> None:
        """Use a model until the setting changes."""
        setting = self._selection[0] if self._selection else self.settings.model
        self._selection = (setting, name)
        self._use(dataclasses.replace(self.settings, model=setting))

    def forget(self) -> None:
        """Forget what was learned from the open documents."""
        if self._model is not None and self._model.memory is not None:
            self._model.memory.forget()
            self._offer(self._model)

    def _may_name(self, model: str) -> bool:
        directory = directory_of(model)
        known = directory is None or self._allows_paths or model == self._initial.model
        return known or (directory is not None and is_installed(directory))

    def _use(self, settings: Settings) -> None:
        """Work with these settings from now on; load the model anew where one that concerns it has changed."""
        if self._selection is not None and settings.model == self._selection[0]:
            settings = dataclasses.replace(settings, model=self._selection[1])
        else:
            self._selection = None
        before, self.settings = self.settings, settings
        if self._loading is None or _of_model(before) != _of_model(settings):
            self._loading = asyncio.ensure_future(self._load())
        elif self._model is not None and before != settings:
            self._offer(self._model)

    def _reload_if_changed(self) -> None:
        """Load the model anew if its files were replaced; looked at by requests, as an idle server does nothing."""
        now = time.monotonic()
        if now - self._looked < RELOAD_CHECK or self._loading is None or not self._loading.done():
            return
        self._looked = now
        if _stamp(self.settings.model) != self._stamp:
            self._loading = asyncio.ensure_future(self._load())

    async def _load(self) -> None:
        """Load the model of the settings; one that cannot be loaded leaves the server silent, and is told of.

        Where the settings have come to want another model in the meantime, that one's loading has the word.
        """
        settings = self.settings
        self._model = self.suggestions = None
        self._stamp = _stamp(settings.model)
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
        """Tell the client how things stand, for its status bar: ready, loading, paused, off or error."""
        self._state = (state, message)
        self._tell_state()

    def _tell_state(self) -> None:
        state, message = self._state
        if EVERYWHERE in self._paused and state != "off":
            state, message = "paused", REASONS["paused"]
        self.protocol.notify(STATUS, {"state": state, "message": message, "model": self.settings.model})


def _of_model(settings: Settings) -> tuple[bool, str, str, int]:
    """The settings that a loaded model depends on."""
    return settings.enable, settings.model, settings.device, settings.threads


def _stamp(model: str) -> object:
    """What is different once the files of a model were replaced."""
    directory = directory_of(model)
    try:
        status = (directory / CONFIG).stat() if directory else None
    except (OSError, ValueError):
        return None
    return status and (status.st_mtime_ns, status.st_ino)


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
    add_commands(server)

    @server.feature(types.INITIALIZE)
    def initialize(ls: CharRNNServer, params: types.InitializeParams) -> None:
        ls.watch(params.process_id)
        ls.encoding = types.PositionEncodingKind(ls.workspace.position_encoding)
        ls.initialise(params.initialization_options)
        editor = params.capabilities.text_document
        if editor is None or editor.inline_completion is None:
            add_completion(ls)

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
