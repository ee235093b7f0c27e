"""From bytes to messages, whatever the bytes and in whatever pieces they come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn_lsp.framing import LARGEST_BODY, LONGEST_LINE, Frames


def frame(body: bytes, header: bytes = b"Content-Length: %d\r\n\r\n") -> bytes:
    return header % len(body) + body


def bodies(data: bytes) -> list[bytes]:
    return list(Frames().feed(data))


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: %d\r\n\r\n",
        b"content-length: %d\r\n\r\n",
        b"CONTENT-LENGTH:%d\r\n\r\n",
        b"Content-Length :  %d \r\n\r\n",
        b"Content-Length: %d\n\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: %d\r\nX-Other: 5\r\n\r\n",
        b"Content-Length: 999\r\nContent-Length: %d\r\n\r\n",
        b"\r\n\r\nContent-Length: %d\r\n\r\n",
        b"no header\r\n\r\nContent-Length: -5\r\n\r\nContent-Length: many\r\n\r\nContent-Length: %d\r\n\r\n",
        b"Content-Length: 99999999999\r\n\r\nContent-Length: %d\r\n\r\n",
        b'{"longer": "than announced"}Content-Length: %d\r\n\r\n',
    ],
)
def test_headers_of_any_kind_lead_to_the_body(header: bytes) -> None:
    assert bodies(frame(b"{}", header) + frame(b"[]")) == [b"{}", b"[]"]


def test_an_empty_body_is_a_body() -> None:
    assert bodies(frame(b"") + frame(b"{}")) == [b"", b"{}"]


def test_lengths_beyond_the_limit_are_not_waited_for() -> None:
    frames = Frames()
    assert list(frames.feed(b"Content-Length: %d\r\n\r\n" % (LARGEST_BODY + 1))) == []
    assert list(frames.feed(frame(b"{}"))) == [b"{}"]


def test_bytes_without_line_ends_do_not_fill_the_memory() -> None:
    frames = Frames()
    for _ in range(100):
        assert list(frames.feed(b"x" * 50_000)) == []
        assert len(frames._buffer) <= LONGEST_LINE + 50_000
    assert list(frames.feed(b"\n" + frame(b"{}"))) == [b"{}"]


@pytest.mark.parametrize(
    ("data", "partial"),
    [
        (b"", False),
        (frame(b"{}"), False),
        (frame(b"{}")[:-1], True),
        (b"Content-Le", True),
        (b"Content-Length: 5\r\n", True),
    ],
)
def test_it_knows_whether_a_message_is_cut(data: bytes, partial: bool) -> None:
    frames = Frames()
    list(frames.feed(data))
    assert frames.partial is partial


@given(st.lists(st.binary(max_size=40)), st.integers(1, 30))
def test_pieces_of_any_size_give_the_same_messages(messages: list[bytes], size: int) -> None:
    data = b"".join(map(frame, messages))
    frames = Frames()
    found = [body for n in range(0, len(data), size) for body in frames.feed(data[n : n + size])]
    assert found == messages
    assert not frames.partial


@given(st.binary(), st.binary(max_size=40))
def test_after_any_bytes_a_later_message_arrives(garbage: bytes, body: bytes) -> None:
    frames = Frames()
    list(frames.feed(garbage + b"\r\n"))
    if frames._length is None:
        assert list(frames.feed(frame(body))) == [body]
