"""What the client is told of the server: its state, for a status bar, and messages for the writer, each once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from lsprotocol import types

from charrnn_lsp.silence import REASONS

STATUS = "charrnn/status"
EVERYWHERE = ""  # instead of a document

State = Literal["loading", "ready", "paused", "off", "error"]


class Status:
    """The state of one server and its pauses."""

    def __init__(self, notify: Callable[[str, Any], None]) -> None:
        self._notify = notify
        self._state: tuple[State, str, str] = ("loading", "", "")
        self._paused: set[str] = set()  # documents, or EVERYWHERE
        self._told: set[str] = set()  # messages that the writer has seen

    def tell(self, message: str, kind: types.MessageType) -> None:
        """Show a message to the writer, once."""
        if message not in self._told:
            self._told.add(message)
            named = message if message.startswith("charrnn") else f"charrnn: {message}"
            self._notify(types.WINDOW_SHOW_MESSAGE, types.ShowMessageParams(kind, named))

    def report(self, state: State, message: str, model: str) -> None:
        """Tell the client how things stand."""
        self._state = (state, message, model)
        self._send()

    def pause(self, uri: str = EVERYWHERE) -> None:
        """Offer nothing in a document, or in any."""
        self._paused.add(uri)
        self._send()

    def resume(self, uri: str = EVERYWHERE) -> None:
        """Take back a pause; without a document, all of them."""
        self._paused.discard(uri)
        if uri == EVERYWHERE:
            self._paused.clear()
        self._send()

    def is_paused(self, uri: str) -> bool:
        """Whether nothing is offered in that document because of a pause."""
        return bool(self._paused & {uri, EVERYWHERE})

    def _send(self) -> None:
        state, message, model = self._state
        if EVERYWHERE in self._paused and state != "off":
            state, message = "paused", REASONS["paused"]
        self._notify(STATUS, {"state": state, "message": message, "model": model})
