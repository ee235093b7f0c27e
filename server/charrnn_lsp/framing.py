"""From bytes to messages: headers, an empty line, a body. Whatever comes, it goes on with the next message."""

from __future__ import annotations

import re
from collections.abc import Iterator

LARGEST_BODY = 64 << 20  # bytes
LONGEST_LINE = 64 << 10

# Header names have no case. A body that was longer than announced stands before the next header, on the same line.
_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,20})[ \t]*\r?\n\Z", re.IGNORECASE)


class Frames:
    """A stream of messages, fed in pieces of any size."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._length: int | None = None  # of the body, once a header told it
        self._in_body = False

    @property
    def partial(self) -> bool:
        """Whether a message has begun and not ended."""
        return bool(self._buffer) or self._length is not None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The bodies that are complete with `data`."""
        self._buffer += data
        while True:
            if self._in_body:
                body = self._take_body()
                if body is None:
                    return
                yield body
            elif not self._take_line():
                return

    def _take_body(self) -> bytes | None:
        assert self._length is not None
        if len(self._buffer) < self._length:
            return None
        body = bytes(self._buffer[: self._length])
        del self._buffer[: self._length]
        self._length, self._in_body = None, False
        return body

    def _take_line(self) -> bool:
        """Take one line of a header; False if there is no whole one."""
        end = self._buffer.find(b"\n") + 1
        if not end:
            if len(self._buffer) > LONGEST_LINE:
                self._buffer.clear()  # no header is so long, and what is none must not fill the memory
            return False
        line = bytes(self._buffer[:end])
        del self._buffer[:end]
        if found := _LENGTH.search(line):
            length = int(found[1])
            self._length = length if length <= LARGEST_BODY else None
        elif not line.strip():
            self._in_body = self._length is not None
        return True
