"""The command `charrnn.train`: a model of the writer's own, made by a process of its own.

PyTorch never enters the server: the training package runs beside it, at a low priority, and says as lines of JSON how
far it is. It ends with the server, however that ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams, JsonRpcRequestCancelled

from charrnn.library import user_directory
from charrnn_lsp.processes import start_leashed
from charrnn_lsp.protocol import work_done_token

if TYPE_CHECKING:
    from charrnn_lsp.server import CharRNNServer

Json = dict[str, Any]

TRAINER = "charrnn_training.cli"
NEEDED = ("torch", "onnx", "safetensors", "rich")  # of the extra `train`
FAILED = -32803  # RequestFailed
GRACE = 20.0  # seconds that a training has to save its checkpoint before it is killed
LONGEST_LINE = 1 << 20  # bytes


class TrainingFailedError(JsonRpcException):
    """A training that could not begin or that failed; the message is for the writer."""

    CODE = FAILED


@dataclass(frozen=True)
class Order:
    """What is to be trained. Raises `JsonRpcInvalidParams`."""

    paths: tuple[str, ...]
    name: str
    max_minutes: float | None = None

    @classmethod
    def of(cls, arguments: Sequence[object]) -> Order:
        """An order from the arguments of the command."""
        match arguments:
            case [{"paths": [*paths], "name": str(name), **others}] if others.keys() <= {"maxMinutes"}:
                minutes: Any = others.get("maxMinutes")
            case _:
                raise JsonRpcInvalidParams('It takes one object: {"paths": [...], "name": "...", "maxMinutes": 10}.')
        for path in paths:
            if not isinstance(path, str) or not Path(path).is_absolute():
                raise JsonRpcInvalidParams(f"paths has {str(path)[:100]!r}; each must be an absolute path.")
        if not paths or not name:
            raise JsonRpcInvalidParams("Neither paths nor name may be empty.")
        number = isinstance(minutes, (int, float)) and not isinstance(minutes, bool)
        if minutes is not None and not (number and 0 < minutes < 1e6):
            raise JsonRpcInvalidParams(f"maxMinutes is {str(minutes)[:100]!r}; it must be a number greater than 0.")
        return cls(tuple(paths), name, minutes)

    def command(self) -> list[str]:
        """The module that is run for it, and its arguments."""
        runs = user_directory().parent / "runs"
        command = [TRAINER, f"--name={self.name}", f"--runs={runs}"]
        if self.max_minutes is not None:
            command.append(f"--max-minutes={self.max_minutes}")
        return [*command, "--json", "--", *self.paths]


class Training:
    """At most one training at a time."""

    def __init__(self, server: CharRNNServer) -> None:
        self._server = server
        self._busy = False

    async def train(self, *arguments: object) -> Json:
        """Train a model; the answer comes when it is installed."""
        order = Order.of(arguments)
        if self._busy:
            raise TrainingFailedError("A training is under way. Wait for its end, or cancel it.")
        if missing := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
            raise TrainingFailedError(
                f"Training needs {', '.join(missing)}, which the server's Python does not have: "
                "pip install 'charrnn-lsp[train]'"
            )
        self._busy = True
        try:
            async with contextlib.AsyncExitStack() as stack:
                shown = await Shown.begin(self._server, order.name)
                stack.callback(shown.end)
                return await self._run(order, shown)
        finally:
            self._busy = False

    async def _run(self, order: Order, shown: Shown) -> Json:
        process = await start_leashed(order.command(), LONGEST_LINE)
        reading = asyncio.ensure_future(_follow(process, shown))
        try:
            ends: list[asyncio.Future[Any]] = [reading, shown.cancelled]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Also where this request is cancelled: the process is told to stop by the end of its input.
            if not reading.done():
                await _stop(process)
            last = await reading
            await process.wait()
        match last:
            case {"event": "done"}:
                return {key: value for key, value in last.items() if key not in ("event", "said")}
            case {"event": "error", "message": str(message)}:
                raise TrainingFailedError(message)
            case _ if shown.cancelled.done() or last.get("event") == "stopped":
                raise JsonRpcRequestCancelled
        raise TrainingFailedError(f"The training ended with status {process.returncode}: {last.get('said', '')}")


async def _follow(process: asyncio.subprocess.Process, shown: Shown) -> Json:
    """Show what the trainer says; the last event, or what was said instead of one."""
    assert process.stdout is not None
    last: Json = {}
    while True:
        try:
            line = await process.stdout.readline()
        except ValueError:  # it is too long
            continue
        if not line:
            return last
        event = _event(line)
        shown.report(event)
        last = event if "event" in event else last | event


def _event(line: bytes) -> Json:
    """The event of a line; what is none, a traceback's last line perhaps, as `said`."""
    with contextlib.suppress(ValueError, RecursionError):
        event = json.loads(line)
        if isinstance(event, dict) and "event" in event:
            return event
    said = line.decode("utf-8", "replace").strip()
    return {"said": said[:300]} if said else {}


async def _stop(process: asyncio.subprocess.Process) -> None:
    """End a training: it may save its checkpoint, but not for ever."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        async with asyncio.timeout(GRACE):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()


class Shown:
    """A training as the client shows it, where the client can."""

    def __init__(self, server: CharRNNServer, token: types.ProgressToken | None) -> None:
        self._server = server
        self._token = token
        self._percentage = 0
        # Done when the writer wants no more of it.
        self.cancelled: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @classmethod
    async def begin(cls, server: CharRNNServer, name: str) -> Shown:
        """Show it under the token of the request, else under a new one if the client makes such."""
        token = work_done_token.get()
        window = server.client_capabilities.window
        if token is None and window is not None and window.work_done_progress:
            token = str(uuid.uuid4())
            try:
                await server.window_work_done_progress_create_async(types.WorkDoneProgressCreateParams(token))
            except JsonRpcException:
                token = None  # the client would rather not
        shown = cls(server, token)
        if token is not None:
            server.protocol.cancellable[token] = shown.cancel
        shown._send(types.WorkDoneProgressBegin(f"Training {name}", cancellable=True, message="starting", percentage=0))
        return shown

    def cancel(self) -> None:
        """The writer wants no more of it."""
        if not self.cancelled.done():
            self.cancelled.set_result(None)

    def report(self, event: Json) -> None:
        """Show how far it is."""
        share = event.get("share")
        if isinstance(share, (int, float)) and 0 <= share <= 1:
            self._percentage = max(self._percentage, int(100 * share))  # which may not fall
        if "event" in event:
            self._send(types.WorkDoneProgressReport(message=_message(event), percentage=self._percentage))

    def end(self) -> None:
        """Take it away."""
        self._send(types.WorkDoneProgressEnd())
        if self._token is not None:
            self._server.protocol.cancellable.pop(self._token, None)

    def _send(self, value: object) -> None:
        if self._token is not None:
            self._server.protocol.notify(types.PROGRESS, types.ProgressParams(self._token, value))


def _message(event: Json) -> str | None:
    """An event in words; `None` leaves what was shown before."""
    match event:
        case {"event": "reading", "files": int(files)}:
            return f"reading {files} files"
        case {"event": "started", "characters": int(characters)}:
            return f"{characters:,} characters to learn from"
        case {"event": "progress"}:
            bits = event.get("heldOut") or event.get("bitsPerCharacter")
            left = event.get("secondsLeft")
            parts = [f"{bits:.2f} bits per character"] if isinstance(bits, (int, float)) else []
            parts += [f"{_duration(left)} left"] if isinstance(left, (int, float)) and left >= 0 else []
            return ", ".join(parts) or None
    return None


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
