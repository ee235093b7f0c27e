"""A real server process, driven as VS Code and as Neovim drive it."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from charrnn.artifact import CELL_INT8, Artifact
from charrnn_lsp.positions import units_of

pytestmark = pytest.mark.e2e

STATUS = "charrnn/status"
UTF8, UTF16 = types.PositionEncodingKind.Utf8, types.PositionEncodingKind.Utf16
ENCODINGS = {"visual-studio-code": UTF16, "neovim@v0.11": UTF8}
INVOKED, AUTOMATIC = types.InlineCompletionTriggerKind.Invoked, types.InlineCompletionTriggerKind.Automatic
REQUEST_CANCELLED = -32800
# For what does not depend on the editor.
ONE_EDITOR = pytest.mark.parametrize("editor", ["neovim@v0.11"], indirect=True)


@dataclasses.dataclass
class Editor:
    """An editor with one server: a document is a string, a cursor an offset in its last line."""

    client: LanguageClient
    encoding: types.PositionEncodingKind
    states: list[str] = dataclasses.field(default_factory=list)
    news: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)
    version: int = 0

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not condition():
                self.news.clear()
                await self.news.wait()

    async def until_state(self, state: str) -> None:
        await self.until(lambda: self.states[-1:] == [state])

    @property
    def messages(self) -> list[str]:
        return [message.message for message in self.client.messages]

    def open(self, text: str, uri: str = "file:///essay.md", language: str = "markdown") -> None:
        item = types.TextDocumentItem(uri, language, 0, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def close(self, uri: str = "file:///essay.md") -> None:
        document = types.TextDocumentIdentifier(uri)
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    def type(self, before: str, text: str, uri: str = "file:///essay.md") -> None:
        """Insert `text` where `before`, the text before the cursor, ends."""
        self.version += 1
        place = self.position(before)
        change = types.TextDocumentContentChangePartial(types.Range(place, place), text)
        document = types.VersionedTextDocumentIdentifier(self.version, uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def erase(self, before: str, count: int) -> None:
        """Delete the last `count` characters of `before`."""
        self.version += 1
        range_ = types.Range(self.position(before[:-count]), self.position(before))
        document = types.VersionedTextDocumentIdentifier(self.version, "file:///essay.md")
        change = types.TextDocumentContentChangePartial(range_, "")
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def push(self, values: dict[str, Any]) -> None:
        params = types.DidChangeConfigurationParams({"charrnn": values})
        self.client.workspace_did_change_configuration(params)

    def position(self, before: str) -> types.Position:
        lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return types.Position(len(lines) - 1, units_of(lines[-1], len(lines[-1]), self.encoding))

    def params(
        self,
        place: str | types.Position,
        kind: types.InlineCompletionTriggerKind = AUTOMATIC,
        uri: str = "file:///essay.md",
        selected: types.SelectedCompletionInfo | None = None,
    ) -> types.InlineCompletionParams:
        position = self.position(place) if isinstance(place, str) else place
        context = types.InlineCompletionContext(kind, selected)
        return types.InlineCompletionParams(context, types.TextDocumentIdentifier(uri), position)

    async def ask(self, *arguments: Any, **keywords: Any) -> Any:
        """The answer to `textDocument/inlineCompletion` behind the given text."""
        return await self.client.text_document_inline_completion_async(self.params(*arguments, **keywords))

    async def texts(self, *arguments: Any, **keywords: Any) -> list[str]:
        answer = await self.ask(*arguments, **keywords)
        assert isinstance(answer, types.InlineCompletionList)
        return [str(item.insert_text) for item in answer.items]


def capabilities(name: str) -> types.ClientCapabilities:
    """Those of the editor, which are older than inline completion, with it."""
    found = client_capabilities(name)
    assert found.text_document is not None
    found.text_document.inline_completion = types.InlineCompletionClientCapabilities(
        dynamic_registration=name.startswith("visual")
    )
    return found


@pytest_asyncio.fixture(params=ENCODINGS)
async def editor(request: pytest.FixtureRequest, tiny: Artifact) -> AsyncIterator[Editor]:
    """An editor whose server has started and knows nothing yet."""
    command = [sys.executable, "-m", "charrnn_lsp.cli", "--stdio"]
    environment = {**os.environ, "CHARRNN_MODELS": str(tiny.path.parent)}
    client = await ClientServerConfig(server_command=command, server_env=environment).start()
    editor = Editor(client, ENCODINGS[request.param])

    @client.feature(STATUS)
    def status(params: Any) -> None:
        editor.states.append(params.state)
        editor.news.set()

    @client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(params: types.RegistrationParams) -> None:
        """VS Code registers whatever it is asked to."""

    client.capabilities = capabilities(request.param)
    yield editor
    await client.shutdown_session()
    await client.stop()


async def start(editor: Editor, **options: object) -> types.InitializeResult:
    """Begin the session; the model is the small random one, which is never sure of anything."""
    values = {
        "model": "tiny",
        "minConfidence": 0,
        "length": "line",
        "maxCharacters": 20,
        "allowModelPaths": True,
        **options,
    }
    assert editor.client.capabilities is not None
    params = types.InitializeParams(capabilities=editor.client.capabilities, initialization_options=values)
    return await editor.client.initialize_session(params)


@pytest_asyncio.fixture
async def ready(editor: Editor, tiny: Artifact) -> Editor:
    """The same with its model loaded, from a path, and a document open."""
    result = await start(editor, model=str(tiny.path))
    assert result.capabilities.position_encoding == editor.encoding
    assert result.capabilities.inline_completion_provider is not None
    await editor.until_state("ready")
    editor.open("It was")
    return editor


async def test_a_session_of_writing(ready: Editor) -> None:
    """Ghost text, typed along, a word taken, a typo and a backspace, and the rest is always there."""
    answer = await ready.ask("It was")
    (item,) = answer.items
    cursor = ready.position("It was")
    assert item.range == types.Range(cursor, cursor)
    shown, text = item.insert_text, "It was"
    for letter in shown[:5]:
        ready.type(text, letter)
        text, shown = text + letter, shown[1:]
        assert await ready.texts(text) == [shown]
    ready.type(text, "~")
    assert await ready.texts(text + "~") != [shown[1:]]
    ready.erase(text + "~", 1)
    assert await ready.texts(text) == [shown]
    ready.type(text, shown[:6])
    assert await ready.texts(text + shown[:6]) == [shown[6:]]
    assert ready.messages == []


TEXTS = [
    "",
    "One line.\r\n\r\nIt was",
    "One line.\rIt was",
    "\U0001f600\U0001f469\u200d\U0001f680 caf\u00e9 \u65e5\u672c It was",
    "One\u2028two\x0cthree\x85 It was",
    "\u4f60\u597d",
]


async def test_text_of_all_kinds(ready: Editor) -> None:
    for number, text in enumerate(TEXTS):
        uri = f"file:///{number}.md"
        ready.open(text, uri)
        (item,) = (await ready.ask(text, uri=uri)).items
        assert item.range.start == item.range.end == ready.position(text)
        assert "\r" not in item.insert_text
        first, rest = item.insert_text[0], item.insert_text[1:]
        ready.type(text, first, uri)
        # What is left may be one character, which is not worth showing.
        assert await ready.texts(text + first, uri=uri) == [rest for _ in "1" if len(rest) > 1]


@ONE_EDITOR
async def test_a_position_beyond_the_line_is_its_end(ready: Editor) -> None:
    shown = await ready.texts("It was")
    assert await ready.texts(types.Position(0, 999)) == shown
    assert await ready.texts(types.Position(9, 9)) == shown


async def test_newer_requests_supersede_older_ones(ready: Editor) -> None:
    ready.push({"maxCharacters": 150, "candidates": 32})
    first, second = await asyncio.gather(ready.ask("It was"), ready.ask("It was"))
    assert first is None
    assert second.items


async def test_a_cancelled_request_is_answered_with_an_error(ready: Editor) -> None:
    ready.push({"maxCharacters": 150, "candidates": 32})
    send = ready.client.protocol.send_request_async
    request = asyncio.ensure_future(send(types.TEXT_DOCUMENT_INLINE_COMPLETION, ready.params("It was"), "7"))
    await asyncio.sleep(0)  # the request goes first
    ready.client.cancel_request(types.CancelParams("7"))
    with pytest.raises(JsonRpcException) as caught:
        await request
    assert caught.value.code == REQUEST_CANCELLED
    assert await ready.texts("It was")


async def test_asked_by_hand_there_are_several(ready: Editor) -> None:
    ready.push({"trigger": "manual"})
    assert await ready.texts("It was") == []
    texts = await ready.texts("It was", INVOKED)
    assert 2 <= len(texts) == len(set(texts))


async def test_settings_are_live(ready: Editor) -> None:
    ready.push({"maxCharacters": 3})
    assert all(len(text) <= 3 for text in await ready.texts("It was", INVOKED))
    ready.push({"enable": False})
    assert await ready.texts("It was", INVOKED) == []
    ready.push({"enable": True})
    assert await ready.texts("It was")


async def test_settings_are_pulled(editor: Editor) -> None:
    editor.client.set_configuration({"model": "tiny", "trigger": "manual", "minConfidence": 0}, section="charrnn")
    await start(editor, trigger="automatic")
    await editor.until_state("ready")
    editor.open("It was")
    # A request overtakes the pull only before the server has seen its answer.
    assert await editor.texts("It was", INVOKED)
    editor.client.set_configuration({"model": "tiny", "trigger": "automatic", "minConfidence": 0}, section="charrnn")
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(None))
    assert await answered(lambda: editor.texts("It was"))


async def answered(ask: Callable[[], Any]) -> list[str]:
    """Ask until there is an answer: settings that are pulled arrive a message later."""
    async with asyncio.timeout(60):
        while not (texts := await ask()):
            pass
    return list(texts)


async def test_a_selected_entry_is_extended(ready: Editor) -> None:
    ready.open("It wa", "file:///other.md")
    range_ = types.Range(ready.position("It "), ready.position("It wa"))
    selected = types.SelectedCompletionInfo(range_, "was")
    answer = await ready.ask("It wa", AUTOMATIC, "file:///other.md", selected)
    (item,) = answer.items
    assert item.range == range_
    assert item.insert_text == "was" + (await ready.texts("It was"))[0]


async def test_documents_do_not_mix(ready: Editor) -> None:
    ready.open("Dear reader", "untitled:Untitled-1", "plaintext")
    first, second = await asyncio.gather(ready.texts("It was"), ready.texts("Dear reader", uri="untitled:Untitled-1"))
    assert first != second
    ready.close("untitled:Untitled-1")
    assert await ready.texts("Dear reader", uri="untitled:Untitled-1") == []
    assert await ready.texts("It was") == first


@ONE_EDITOR
async def test_code_is_left_alone(ready: Editor) -> None:
    ready.open("It was", "file:///code.py", "python")
    assert await ready.texts("It was", INVOKED, "file:///code.py") == []


@ONE_EDITOR
async def test_bad_settings_are_told_of_and_service_goes_on(editor: Editor) -> None:
    await start(editor, temperature="hot", temprature=1)
    await editor.until_state("ready")
    assert len(editor.messages) == 2
    assert editor.messages[0].startswith("charrnn.temperature is 'hot'; it must be a number from 0 to 2.")
    assert editor.messages[1].startswith("charrnn.temprature is not a setting.")
    editor.open("It was")
    assert await editor.texts("It was")


@ONE_EDITOR
async def test_a_spoiled_model_is_told_of_and_another_serves(editor: Editor, tiny: Artifact, tmp_path: Path) -> None:
    path = Path(shutil.copytree(tiny.path, tmp_path / "copy"))
    (path / CELL_INT8).write_bytes(b"cut")
    await start(editor, model=str(path))
    await editor.until_state("error")
    assert editor.messages == [
        f"charrnn: {path / CELL_INT8} is damaged or was altered: its hash is not the one in config.json. "
        "Install or export the model again."
    ]
    editor.open("It was")
    assert await editor.texts("It was") == []
    editor.push({"model": "tiny"})
    assert await editor.texts("It was")


@ONE_EDITOR
async def test_a_line_of_ten_megabytes(ready: Editor) -> None:
    text = "word " * 2_000_000
    ready.open(text)
    assert await ready.texts(types.Position(0, len(text)))


@ONE_EDITOR
async def test_nothing_of_the_text_is_logged(ready: Editor, capfd: pytest.CaptureFixture[str]) -> None:
    ready.open("A secret that nobody may know")
    await ready.texts("A secret that nobody may know")
    ready.type("A secret that nobody may know", "!")
    await ready.ask("A secret that nobody may know!")
    await ready.client.shutdown_session()
    ready.client.capabilities = None  # the session has ended, and the fixture need not end it
    out, err = capfd.readouterr()
    assert "secret" not in out + err
    assert not [message for message in ready.client.log_messages if "secret" in message.message]


@ONE_EDITOR
async def test_it_ends_when_it_is_told_to(ready: Editor) -> None:
    process = ready.client._server
    assert process is not None
    await ready.client.shutdown_session()
    ready.client.capabilities = None
    assert process.returncode == 0


@ONE_EDITOR
async def test_it_ends_when_its_input_ends(ready: Editor) -> None:
    process = ready.client._server
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    async with asyncio.timeout(60):
        await process.wait()
    ready.client.capabilities = None
