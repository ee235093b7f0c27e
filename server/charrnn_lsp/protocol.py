"""What the protocol says about messages: which are answered, with what, and in which order they may come.

pygls leaves malformed requests without an answer, shows each error to the writer, who may be typing, and logs what
they type. Its documents rebuild the whole text on each change, and split lines at characters (U+2028, form feed and
others) that are no line ends in LSP: `CharRNNServer` has its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import logging
import traceback
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInternalError,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcMethodNotFound,
    JsonRpcRequestCancelled,
    JsonRpcServerNotInitialized,
)
from pygls.protocol import LanguageServerProtocol

from charrnn_lsp.notebooks import Notebooks

if TYPE_CHECKING:
    from charrnn_lsp.server import CharRNNServer

Json = dict[str, Any]

log = logging.getLogger(__name__)

# The token under which the client wants to see the progress of the command that is run.
work_done_token: ContextVar[types.ProgressToken | None] = ContextVar("work_done_token", default=None)


class Protocol(LanguageServerProtocol):
    """pygls' protocol, stricter with messages and silent to the writer."""

    _server: CharRNNServer

    def __init__(self, server: CharRNNServer, converter: Any) -> None:
        super().__init__(server, converter)
        self._initialized = False
        self.fm.add_builtin_feature(types.EXIT, self._exit)
        self.fm.add_builtin_feature(types.TEXT_DOCUMENT_DID_OPEN, server.did_open)
        self.fm.add_builtin_feature(types.TEXT_DOCUMENT_DID_CHANGE, server.did_change)
        self.fm.add_builtin_feature(types.TEXT_DOCUMENT_DID_CLOSE, server.did_close)
        self.fm.add_builtin_feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL, self._cancel_work)
        # What ends the work whose progress is shown under a token.
        self.cancellable: dict[types.ProgressToken, Callable[[], None]] = {}
        notebooks = Notebooks(server)
        self.fm.add_builtin_feature(types.NOTEBOOK_DOCUMENT_DID_OPEN, notebooks.did_open)
        self.fm.add_builtin_feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE, notebooks.did_change)
        self.fm.add_builtin_feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE, notebooks.did_close)

    def receive(self, message: object) -> None:
        """Handle one message of the client, as JSON gave it."""
        if not isinstance(message, dict) or message.setdefault("jsonrpc", "2.0") != "2.0":
            self.refuse(None, JsonRpcInvalidRequest())
        elif "method" not in message:
            self._receive_response(message)
        elif "id" not in message:
            self._receive_notification(message)
        elif type(message["id"]) not in (int, str):
            self.refuse(None, JsonRpcInvalidRequest())
        else:
            self._receive_request(message)

    def refuse(self, number: int | str | None, error: JsonRpcException) -> None:
        """Answer with an error; `None` where the number of the request is not known."""
        answer = {"code": error.code, "message": error.message}
        self._send_data({"jsonrpc": self.VERSION, "id": number, "error": answer})

    def _receive_request(self, message: Json) -> None:
        number = message["id"]
        try:
            self._check_order(message["method"])
            if message["method"] == types.TEXT_DOCUMENT_INLINE_COMPLETION:
                _tolerate_context(message.get("params"))
            request = self._structured(message)
        except JsonRpcException as error:
            self.refuse(number, error)
            return
        self._initialized = True  # there is no other first request
        handle = self._execute if message["method"] == types.WORKSPACE_EXECUTE_COMMAND else self._handle_request
        contextvars.copy_context().run(handle, number, message["method"], request.params)

    def _execute(self, number: int | str, method: str, params: types.ExecuteCommandParams) -> None:
        """Run a command as the handler of its request, so that it can be cancelled: pygls' way in between cannot."""
        answer = partial(self._send_handler_result, msg_id=number)
        handler = self.fm.commands.get(params.command)
        if handler is None:
            self.refuse(number, JsonRpcInvalidParams(f"There is no command {params.command[:100]!r}."))
        else:
            work_done_token.set(params.work_done_token)
            self._execute_handler(number, handler, answer, tuple(params.arguments or ()))

    def _receive_notification(self, message: Json) -> None:
        try:
            self._check_order(message["method"])
            notification = self._structured(message)
        except JsonRpcException:
            return  # a notification is never answered
        contextvars.copy_context().run(self._handle_notification, message["method"], notification.params)

    def _receive_response(self, message: Json) -> None:
        number = message.get("id")
        if not isinstance(number, (int, str)) or not isinstance(self._request_futures.get(number), Future):
            return  # nothing that was asked
        if message.get("error") is None:
            message.pop("error", None)
            message.setdefault("result", None)
        with contextlib.suppress(InvalidStateError):  # who asked was cancelled since
            try:
                response = self._structured(message)
            except JsonRpcException as error:
                self._request_futures.pop(number).set_exception(error)
                return
            finally:
                self._result_types.pop(number, None)
            self._handle_response(number, getattr(response, "result", None), getattr(response, "error", None))

    def _check_order(self, method: object) -> None:
        """Raise where this is no method, or not the time for it."""
        if not isinstance(method, str):
            raise JsonRpcInvalidRequest
        if method == types.EXIT:
            return
        if self._shutdown:
            raise JsonRpcInvalidRequest("The server was shut down.")
        if (method == types.INITIALIZE) == self._initialized:
            raise JsonRpcInvalidRequest("It is initialized.") if self._initialized else JsonRpcServerNotInitialized()
        known = method in self.fm.features or method in self.fm.builtin_features or method == types.CANCEL_REQUEST
        if not known:
            raise JsonRpcMethodNotFound.of(method)

    def _structured(self, message: Json) -> Any:
        try:
            return self.structure_message(message)
        except JsonRpcInternalError as error:  # numbers without end and the like: the client's doing as well
            raise JsonRpcInvalidParams from error

    def _handle_cancel_notification(self, msg_id: object) -> None:
        request: Any = self._request_futures.get(msg_id) if isinstance(msg_id, (int, str)) else None
        if isinstance(request, asyncio.Task):  # not a question of ours that happens to have this number
            request.cancel()

    def _cancel_work(self, params: types.WorkDoneProgressCancelParams) -> None:
        if cancel := self.cancellable.get(params.token):
            cancel()

    # What handlers leave behind

    def _execute_handler(self, msg_id: int | str, *arguments: Any, **options: Any) -> None:
        """Run a handler, and let go of it when it is done: pygls keeps those of notifications for ever."""
        super()._execute_handler(msg_id, *arguments, **options)
        if (future := self._request_futures.get(msg_id)) is not None:
            # Soon, and not at once: a shutdown cancels them while it goes through them.
            later = asyncio.get_running_loop().call_soon
            future.add_done_callback(lambda _: later(self._request_futures.pop, msg_id, None))

    def _send_handler_result(self, future: asyncio.Future[Any] | Future[Any], *, msg_id: int | str) -> None:
        if future.cancelled():
            self.refuse(msg_id, JsonRpcRequestCancelled())
        elif error := future.exception():
            if not isinstance(error, JsonRpcException):
                log_defect("a request", error)
                error = JsonRpcInternalError()
            self.refuse(msg_id, error)
        else:
            self._send_response(msg_id, result=future.result())

    def _check_handler_result(self, future: asyncio.Future[Any] | Future[Any]) -> None:
        if not future.cancelled() and (error := future.exception()):
            log_defect("a notification", error)

    def _exit(self, _: object) -> None:
        """End the server: well, if it was told to shut down before."""
        self._server.on_exit(0 if self._shutdown else 1)


def _tolerate_context(params: object) -> None:
    """Take a request of no known kind for an automatic one: by older drafts clients count from 0, or leave it out."""
    if isinstance(params, dict) and isinstance(context := params.setdefault("context", {}), dict):
        kind = context.get("triggerKind")
        context["triggerKind"] = kind if kind in (1, 2) and type(kind) is int else 2


def log_defect(where: str, error: BaseException | None) -> None:
    """Log a defect of ours: its kind and place, not its message, which could quote the writer's words."""
    stack = traceback.format_tb(error.__traceback__) if error is not None else []
    log.error("%s in %s\n%s", type(error).__name__, where, "".join(stack))
