"""Standard input and output, from the first byte to the exit status.

pygls' own loop hands each message through a pool of threads three times, loses messages with lower-case headers, takes
any length on trust, and blocks where the editor does not read.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from pygls.exceptions import JsonRpcParseError

from charrnn_lsp.framing import Frames
from charrnn_lsp.protocol import log_defect
from charrnn_lsp.server import CharRNNServer

PIECE = 64 << 10  # bytes read or written at once
LARGEST_BACKLOG = 16 << 20  # bytes that an editor may leave unread before it counts as dead
LAST_WORDS = 1.0  # seconds that an editor has at the end to read what it was sent


def serve(server: CharRNNServer) -> int:
    """Serve the editor at the other end of standard input and output; the exit status."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415

        for stream in (0, 1):
            msvcrt.setmode(stream, os.O_BINARY)
    else:
        for stream in (0, 1):  # an editor may give its own kind of pipe, which would look broken whenever it is empty
            os.set_blocking(stream, True)
    sink = os.dup(1)
    with contextlib.suppress(OSError):  # where standard error is closed
        os.dup2(2, 1)  # whatever a library may print must not get between the messages
    return asyncio.new_event_loop().run_until_complete(Connection(server, 0, sink).run())


class Connection:
    """One editor, from its first message to its end."""

    def __init__(self, server: CharRNNServer, source: int, sink: int) -> None:
        self._server = server
        self._source = source
        self._writer = Writer(sink, lambda: self.stop(1))
        self._batches = threading.Semaphore(2)  # read ahead of what is handled; the rest waits in the pipe

    async def run(self) -> int:
        """Handle messages until the end; the exit status."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_log_without_text)
        self._ended: asyncio.Future[int] = self._loop.create_future()
        self._server.on_exit = self.stop
        self._server.protocol.set_writer(self._writer)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop(0))
        # A daemon: it may be reading when all is over.
        threading.Thread(target=self._read, daemon=True).start()
        status = await self._ended
        self._writer.close()
        return status

    def stop(self, status: int) -> None:
        """End with this status, unless another came first. May be called from any thread."""

        def end() -> None:
            if not self._ended.done():
                self._ended.set_result(status)

        self._loop.call_soon_threadsafe(end)

    def _read(self) -> None:
        frames = Frames()
        with contextlib.suppress(OSError):
            while data := os.read(self._source, PIECE):
                if bodies := list(frames.feed(data)):
                    self._batches.acquire()
                    self._loop.call_soon_threadsafe(self._handle, bodies)
        self.stop(1 if frames.partial else 0)

    def _handle(self, bodies: list[bytes]) -> None:
        try:
            for body in bodies:
                self._handle_one(body)
        finally:
            self._batches.release()

    def _handle_one(self, body: bytes) -> None:
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            self._server.protocol.refuse(None, JsonRpcParseError())
            return
        try:
            self._server.protocol.receive(message)
        except Exception as error:  # those that came with it must not be lost
            log_defect("a message", error)


class Writer:
    """Standard output. What the pipe has room for is written at once; a thread waits with the rest, up to a limit."""

    def __init__(self, sink: int, broken: Callable[[], None]) -> None:
        self._sink = sink
        self._broken = broken
        self._backlog = bytearray()
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None

    def write(self, data: bytes) -> None:
        """Write a message, or have it written."""
        with self._news:
            if not self._backlog:
                data = self._write_what_fits(data)
            if len(self._backlog) + len(data) > LARGEST_BACKLOG:
                self._broken()
            elif data:
                self._backlog += data
                self._have_written()

    def close(self) -> None:
        """Wait for what is not written yet, but not for long."""
        with self._news:
            self._news.wait_for(lambda: not self._backlog, LAST_WORDS)

    def _write_what_fits(self, data: bytes) -> bytes:
        """What of `data` is left when the pipe is full."""
        if sys.platform != "win32":  # where nothing tells whether a pipe has room
            room = select.poll()
            room.register(self._sink, select.POLLOUT)
            with contextlib.suppress(OSError):  # the thread will meet it too
                while data and room.poll(0):
                    # So much fits into a pipe that has room, without waiting (POSIX, write).
                    data = data[os.write(self._sink, data[: select.PIPE_BUF]) :]
        return data

    def _have_written(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._write_backlog, daemon=True)
            self._thread.start()
        self._news.notify_all()

    def _write_backlog(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                with self._news:
                    self._news.wait_for(lambda: self._backlog)
                    piece = bytes(self._backlog[:PIECE])
                written = os.write(self._sink, piece)
                with self._news:
                    del self._backlog[:written]
                    self._news.notify_all()
        self._broken()


def _log_without_text(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what went wrong outside of any message."""
    log_defect("a task", context.get("exception"))
