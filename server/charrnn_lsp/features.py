"""What the server offers an editor: its features, each with its handler."""

from __future__ import annotations

import contextlib
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from charrnn_lsp.commands import add_commands
from charrnn_lsp.completion import add_completion
from charrnn_lsp.server import SECTION, CharRNNServer


def make_server() -> CharRNNServer:
    """A server with all its features."""
    server = CharRNNServer()
    add_commands(server)
    server.feature(types.INITIALIZE)(initialize)
    server.feature(types.INITIALIZED)(initialized)
    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(changed)
    server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, types.InlineCompletionOptions())(inline_completion)
    return server


def initialize(ls: CharRNNServer, params: types.InitializeParams) -> None:
    """Learn of the editor what is told only now."""
    ls.watch(params.process_id)
    ls.encoding = types.PositionEncodingKind(ls.workspace.position_encoding)
    ls.start(params.initialization_options)
    editor = params.capabilities.text_document
    if editor is None or editor.inline_completion is None:
        add_completion(ls)


async def initialized(ls: CharRNNServer, params: types.InitializedParams) -> None:
    """Ask for the settings, and to be told when they change."""
    workspace = ls.client_capabilities.workspace
    if workspace is None:
        return
    changes = workspace.did_change_configuration
    if changes is not None and changes.dynamic_registration:
        registration = types.Registration(
            id=SECTION, method=types.WORKSPACE_DID_CHANGE_CONFIGURATION, register_options={"section": SECTION}
        )
        with contextlib.suppress(JsonRpcException):  # the client would rather not
            await ls.client_register_capability_async(types.RegistrationParams([registration]))
    if workspace.configuration:
        await ls.pull_settings()


async def changed(ls: CharRNNServer, params: types.DidChangeConfigurationParams) -> None:
    """Take over settings that were pushed; where only the news was, ask for them."""
    pushed = params.settings.get(SECTION) if isinstance(params.settings, dict) else None
    workspace = ls.client_capabilities.workspace
    if pushed is not None:
        ls.configure(pushed)
    elif workspace is not None and workspace.configuration:
        await ls.pull_settings()


async def inline_completion(ls: CharRNNServer, params: types.InlineCompletionParams) -> Any:
    """Suggest."""
    return await ls.complete(params)
