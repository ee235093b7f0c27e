"""`charrnn-lsp demo`: a passage is typed into a real server, key by key, and what a writer would see is printed.

The writer looks at the first suggestion after each key and takes the longest run of its words that is what they were
about to write: the whole of it costs one key, otherwise each word does.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

from charrnn.terminal import GREEN, GREY, is_colourful, styled
from charrnn.writer import words_taken

PASSAGE = """\
Dear Margaret,

Thank you for your letter, and for the photographs of the garden. I had forgotten how large the pear tree was, and \
how the light comes through it in the afternoon. You asked me whether I would come and stay with you in the spring. \
I should like that more than I can say, but there are one or two things that have to be settled first.

The house is almost finished. The men who came to look at the roof said that it would last another twenty years, \
which is more than can be said for most of us, and the new windows were put in on Thursday. For the first time since \
the beginning of the year I can sit at my desk without a coat. I have been writing every morning, and I think that \
the book is going to be shorter than I expected, and better.

Give my love to the children, and tell them that I have not forgotten my promise.
"""
URI = "untitled:demo.md"
COMMAND = [sys.executable, "-m", "charrnn_lsp.cli", "--stdio"]
CONNECT = """\
To write with it:
  VS Code       make vsix; then Extensions: Install from VSIX
  Neovim        :set runtimepath^=PATH/TO/editor-clients/neovim, and in Lua require('charrnn').enable()
  any editor    a language client for prose files that starts: charrnn-lsp --stdio
The README has more, and how to train a model on your own writing: charrnn-train my-texts/ --name mine"""


@dataclass
class Session:
    """What happened while the passage was typed."""

    typed: int = 0
    keys: int = 0
    shown: int = 0
    right: int = 0
    latencies: list[float] = field(default_factory=list)
    pieces: list[tuple[str, str]] = field(default_factory=list)  # (text, "typed" or "taken")
    frames: list[str] = field(default_factory=list)


def run_demo() -> int:
    """Run the demonstration; 0 if it went well, 1 if there were no suggestions."""
    session = asyncio.run(_demonstrate())
    return 0 if session.shown else 1


async def _demonstrate() -> Session:
    client = LanguageClient("charrnn-demo", "1")
    failures: list[str] = []
    ready = asyncio.Event()

    @client.feature(types.WINDOW_SHOW_MESSAGE)
    def show(params: types.ShowMessageParams) -> None:
        failures.append(params.message)

    @client.feature("charrnn/status")
    def status(params: Any) -> None:
        if params.state in ("ready", "error"):
            ready.set()

    started = time.perf_counter()
    await client.start_io(*COMMAND)
    capabilities = types.ClientCapabilities(
        text_document=types.TextDocumentClientCapabilities(
            inline_completion=types.InlineCompletionClientCapabilities(dynamic_registration=False)
        )
    )
    await client.initialize_async(types.InitializeParams(capabilities=capabilities, process_id=os.getpid()))
    client.initialized(types.InitializedParams())
    await asyncio.wait_for(ready.wait(), 60)
    start = time.perf_counter() - started
    for failure in failures:
        print(failure, file=sys.stderr)
    session = Session()
    await _type(client, session)
    _print_session(session)
    memory = _resident_memory(client._server.pid if client._server else 0)
    await client.shutdown_async(None)
    client.exit(None)
    await client.stop()
    _print_figures(session, start, memory)
    return session


async def _type(client: LanguageClient, session: Session) -> None:
    """Type the passage under the policy above."""
    item = types.TextDocumentItem(URI, "markdown", 1, "")
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    place = 0
    while place < len(PASSAGE):
        place = _insert(client, session, place, 1, "typed")
        session.keys += 1
        before = time.perf_counter()
        ghost = await _ask(client, _position(PASSAGE[:place]))
        session.latencies.append(time.perf_counter() - before)
        if not ghost:
            continue
        session.shown += 1
        length, keys = words_taken(ghost, PASSAGE[place:])
        session.right += length > 0
        if length > keys:
            session.frames.append(_frame(PASSAGE[:place], ghost, length))
            place = _insert(client, session, place, length, "taken")
            session.keys += keys
    session.typed = place


def _insert(client: LanguageClient, session: Session, place: int, length: int, how: str) -> int:
    """Send the next `length` characters of the passage as an edit at its end; where it ends now."""
    position = _position(PASSAGE[:place])
    text = PASSAGE[place : place + length]
    change = types.TextDocumentContentChangePartial(range=types.Range(position, position), text=text)
    document = types.VersionedTextDocumentIdentifier(version=place + 2, uri=URI)
    client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
    session.pieces.append((text, how))
    return place + length


async def _ask(client: LanguageClient, position: types.Position) -> str:
    context = types.InlineCompletionContext(types.InlineCompletionTriggerKind.Automatic)
    params = types.InlineCompletionParams(context, types.TextDocumentIdentifier(URI), position)
    answer = await client.text_document_inline_completion_async(params)
    items = answer.items if isinstance(answer, types.InlineCompletionList) else answer or []
    return str(items[0].insert_text) if items else ""


def _position(text: str) -> types.Position:
    last = text.rpartition("\n")[2]
    return types.Position(text.count("\n"), len(last))  # the passage has no character outside UTF-16's first plane


def _frame(before: str, ghost: str, length: int) -> str:
    """One moment: the line as typed, the ghost, and what of it was taken."""
    line = before.rpartition("\n")[2][-56:]
    return f"  {line}{_styled(ghost, 'ghost')}   takes {ghost[:length]!r}"


def _print_session(session: Session) -> None:
    print("What the writer saw, now and then:\n")
    for frame in session.frames[:: max(1, len(session.frames) // 12)]:
        print(frame)
    print(f"\nThe passage; {_styled('what was taken', 'taken')} instead of typed:\n")
    print("".join(_styled(text, how) for text, how in session.pieces))


def _print_figures(session: Session, start: float, memory: float) -> None:
    latencies = sorted(session.latencies)
    p50, p95 = (1000 * latencies[int(share * len(latencies))] for share in (0.5, 0.95))
    shown = max(1, session.shown)
    print(
        f"keys saved       {1 - session.keys / session.typed:6.1%}   {session.keys} keys for {session.typed} characters"
    )
    print(f"right when shown {session.right / shown:6.1%}   {session.shown} suggestions after {len(latencies)} keys")
    print(f"answer           {p50:5.1f} ms median, {p95:.1f} ms at the 95th percentile; ready after {start:.2f} s")
    if memory:
        print(f"memory           {memory:5.0f} MB resident")
    print(f"\n{CONNECT}")


def _styled(text: str, how: str) -> str:
    """Grey for ghost text, green for text taken; without a terminal, brackets."""
    if how == "typed":
        return text
    return styled(text, GREY if how == "ghost" else GREEN) if is_colourful() else f"[{text}]"


def _resident_memory(pid: int) -> float:
    """Resident megabytes of a process; 0 where the system does not say."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:  # noqa: PTH123 - not a file of ours
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1024  # type: ignore[index]
    except OSError:
        return 0.0
