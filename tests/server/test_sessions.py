"""Sessions at random: edits of every kind, requests and cancellations, against a mirror of the documents.

Whatever is shown must fit the text as the editor has it: at the cursor, on one line, whole characters, and nothing of
what follows already.
"""

from __future__ import annotations

import asyncio
import dataclasses
import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.server.client import Client, Json

from charrnn.artifact import Artifact

URIS = ("file:///a.md", "untitled:Untitled-1", "file:///c.tex")
LANGUAGES = ("markdown", "plaintext", "latex")
CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
PIECES = st.sampled_from(
    [
        *("It was ", "the ", "a", "\n", "\r\n", "\r", "\n\n", "\t", "\u2028", "\x0c", "\x85", "\xe9", "e\u0301"),
        *("\u200d", "\U0001f469\u200d\U0001f680", "\U0001f1e9\U0001f1ea", "日本", "שלום", "\u201c", "\u2019s "),
        *("```\n", "$x$ ", "| a | b |", "", " "),
    ]
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)


def lines_of(text: str) -> list[str]:
    """Lines without their ends, as LSP has it; written apart from the server's way on purpose."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@dataclasses.dataclass
class Mirror:
    """A document as its editor has it."""

    text: str
    codec: str

    def position(self, offset: int) -> Json:
        """The place of an offset; between `\\r` and `\\n` there is none, and it is that before."""
        if self.text[offset - 1 : offset + 1] == "\r\n" and offset:
            offset -= 1
        lines = lines_of(self.text[:offset])
        codec, width = CODECS[self.codec]
        return {"line": len(lines) - 1, "character": len(lines[-1].encode(codec)) // width}

    def offset(self, offset: int) -> int:
        """The nearest offset that has a position."""
        return offset - 1 if offset and self.text[offset - 1 : offset + 1] == "\r\n" else offset


class Sessions(RuleBasedStateMachine):
    """One session with some documents."""

    model: Artifact

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.mirrors: dict[str, Mirror] = {}
        self.asked: list[tuple[asyncio.Future[Json], str, str, int]] = []

    @initialize(codec=st.sampled_from(list(CODECS)), memory=st.sampled_from(["off", "documents"]))
    def start(self, codec: str, memory: str) -> None:
        self.codec = codec
        self.loop.run_until_complete(self._start(memory))

    async def _start(self, memory: str) -> None:
        self.client = Client()
        options = {"model": str(self.model.path), "minConfidence": 0, "maxCharacters": 8, "memory": memory}
        capabilities = {"general": {"positionEncodings": [self.codec]}, "textDocument": {"inlineCompletion": {}}}
        result = await self.client.initialize({**options, "candidates": 2}, capabilities)
        assert result["capabilities"]["positionEncoding"] == self.codec
        await self.client.until_state("ready")

    @rule(number=st.integers(0, 2), text=TEXTS)
    def open(self, number: int, text: str) -> None:
        self._run(lambda: self.client.open(text, URIS[number], LANGUAGES[number]))
        self._edited |= URIS[number] in self.mirrors  # opened again, which leaves what was asked before unanswered, too
        self.mirrors[URIS[number]] = Mirror(text, self.codec)

    @precondition(lambda self: self.mirrors)
    @rule(data=st.data(), text=TEXTS)
    def edit(self, data: st.DataObject, text: str) -> None:
        uri = data.draw(st.sampled_from(sorted(self.mirrors)))
        mirror = self.mirrors[uri]
        first, last = sorted(mirror.offset(data.draw(st.integers(0, len(mirror.text)))) for _ in range(2))
        change = {"range": {"start": mirror.position(first), "end": mirror.position(last)}, "text": text}
        mirror.text = mirror.text[:first] + text + mirror.text[last:]
        self._change(uri, change)

    @precondition(lambda self: self.mirrors)
    @rule(data=st.data(), text=TEXTS)
    def replace(self, data: st.DataObject, text: str) -> None:
        uri = data.draw(st.sampled_from(sorted(self.mirrors)))
        self.mirrors[uri].text = text
        self._change(uri, {"text": text})

    @precondition(lambda self: self.mirrors)
    @rule(data=st.data(), kind=st.sampled_from([1, 2]))
    def ask(self, data: st.DataObject, kind: int) -> None:
        uri = data.draw(st.sampled_from(sorted(self.mirrors)))
        mirror = self.mirrors[uri]
        offset = mirror.offset(data.draw(st.integers(0, len(mirror.text))))
        position = mirror.position(offset)
        answer = self._run(lambda: self.client.ask(position["character"], uri, position["line"], kind))
        self.asked.append((answer, uri, mirror.text, offset))

    @precondition(lambda self: self.asked)
    @rule()
    def cancel(self) -> None:
        if numbers := list(self.client._answers):
            self._run(lambda: self.client.notify("$/cancelRequest", {"id": numbers[-1]}))

    @precondition(lambda self: self.asked)
    @rule()
    def wait(self) -> None:
        """Let every request be answered, and look at the answers."""
        asked, self.asked = self.asked, []
        answers = self.loop.run_until_complete(asyncio.gather(*(answer for answer, *_ in asked)))
        for answer, (_, _, text, offset) in zip(answers, asked, strict=True):
            if "error" in answer:
                assert answer["error"]["code"] == -32800
            elif answer["result"] is not None:
                for item in answer["result"]["items"]:
                    check_item(item, Mirror(text, self.codec), offset)
        newest = {uri: answer for answer, (_, uri, *_) in zip(answers, asked, strict=True)}
        assert all("error" in answer or answer["result"] is not None or self._edited for answer in newest.values())
        self._edited = False

    _edited = False

    @precondition(lambda self: len(self.mirrors) > 1)
    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        uri = data.draw(st.sampled_from(sorted(self.mirrors)))
        del self.mirrors[uri]
        self._edited = True
        self._run(lambda: self.client.notify("textDocument/didClose", {"textDocument": {"uri": uri}}))

    @invariant()
    def documents_are_mirrored(self) -> None:
        if self.mirrors:
            documents = self.client.server.documents
            assert {uri: document.text for uri, document in documents.items()} == {
                uri: mirror.text for uri, mirror in self.mirrors.items()
            }
            assert self.client.messages() == []

    def teardown(self) -> None:
        if self.asked:
            self.wait()
        if hasattr(self, "client"):
            self._run(lambda: self.client.push({"enable": False}))
            self.loop.run_until_complete(self.client.until_state("off"))
        pending = asyncio.all_tasks(self.loop)
        if pending:
            self.loop.run_until_complete(asyncio.wait(pending))
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()

    def _change(self, uri: str, change: Json) -> None:
        self._edited = True
        params = {"textDocument": {"uri": uri, "version": 1}, "contentChanges": [change]}
        self._run(lambda: self.client.notify("textDocument/didChange", params))

    def _run(self, step: Any) -> Any:
        """Do one step within the event loop, and let what it started begin."""

        async def run() -> Any:
            result = step()
            await asyncio.sleep(0)
            return result

        return self.loop.run_until_complete(run())


def check_item(item: Json, mirror: Mirror, offset: int) -> None:
    position, text = mirror.position(offset), item["insertText"]
    assert item["range"] == {"start": position, "end": position}
    assert text.strip()
    assert not {"\r", "\u2028", "\ufffd", "\0"} & set(text)
    assert not text.endswith("\n")
    assert not unicodedata.combining(text[0])
    rest = lines_of(mirror.text[offset:])[0].strip()
    assert not rest or not rest.startswith(text.strip())


@pytest.fixture(autouse=True)
def patient_server(patient: None) -> None:
    """Requests are under way while other messages come."""


def test_sessions(tiny: Artifact) -> None:
    Sessions.model = tiny
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Sessions,
        settings=settings(max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=checks),
    )
