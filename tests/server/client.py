"""An editor without a process, for tests of the server in this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from charrnn_lsp.features import make_server
from charrnn_lsp.status import STATUS

Json = dict[str, Any]
URI = "file:///a.md"
CAPABILITIES: Json = {
    "workspace": {"configuration": True, "didChangeConfiguration": {"dynamicRegistration": True}},
    "textDocument": {"inlineCompletion": {"dynamicRegistration": False}},
}


class Client:
    """An editor without a process: it takes what the server writes, and answers what the server asks."""

    def __init__(self, section: Json | None = None) -> None:
        self.section = section  # what `workspace/configuration` gives
        self.received: list[Json] = []
        self.server = make_server()
        self.server.protocol.set_writer(self, include_headers=False)  # type: ignore[arg-type]
        self._answers: dict[int, asyncio.Future[Json]] = {}
        self._news = asyncio.Event()

    # What the server's protocol sees of it

    def write(self, data: bytes) -> None:
        message = json.loads(data)
        self.received.append(message)
        self._news.set()
        if "method" not in message:
            self._answers.pop(message["id"]).set_result(message)
        elif "id" in message:
            result = [self.section] if message["method"] == "workspace/configuration" else None
            asyncio.get_running_loop().call_soon(self.send, {"id": message["id"], "result": result})

    def close(self) -> None:
        """Nothing to close."""

    # What a test uses

    def send(self, message: Json) -> None:
        self.server.protocol.receive(json.loads(json.dumps({"jsonrpc": "2.0", **message})))

    def notify(self, method: str, params: Json) -> None:
        self.send({"method": method, "params": params})

    def request(self, method: str, params: Json) -> asyncio.Future[Json]:
        number = len(self._answers) + len(self.received) * 1000
        self._answers[number] = answer = asyncio.get_running_loop().create_future()
        self.send({"id": number, "method": method, "params": params})
        return answer

    async def initialize(self, options: object = None, capabilities: Json = CAPABILITIES) -> Json:
        params = {"processId": None, "rootUri": None, "capabilities": capabilities, "initializationOptions": options}
        answer = await self.request("initialize", params)
        before = asyncio.all_tasks()
        self.notify("initialized", {})
        if handlers := asyncio.all_tasks() - before:
            await asyncio.wait(handlers)  # which pull the settings
        return dict(answer["result"])

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(60):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def until_state(self, state: str) -> None:
        await self.until(lambda: self.states()[-1:] == [state])

    def states(self) -> list[str]:
        return [message["params"]["state"] for message in self.received if message.get("method") == STATUS]

    def messages(self) -> list[str]:
        shown = [message for message in self.received if message.get("method") == "window/showMessage"]
        return [message["params"]["message"] for message in shown]

    def open(self, text: str, uri: str = URI, language: str = "markdown") -> None:
        item = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, text: str, uri: str = URI) -> None:
        params = {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": text}]}
        self.notify("textDocument/didChange", params)

    def push(self, values: object) -> None:
        self.notify("workspace/didChangeConfiguration", {"settings": {"charrnn": values}})

    def ask(
        self, character: int = 99, uri: str = URI, line: int = 0, kind: int = 2, **context: object
    ) -> asyncio.Future[Json]:
        return self.request(
            "textDocument/inlineCompletion",
            {
                "textDocument": {"uri": uri},
                "position": {"line": line, "character": character},
                "context": {"triggerKind": kind, **context},
            },
        )

    async def texts(self, **where: Any) -> list[str]:
        return [item["insertText"] for item in (await self.ask(**where))["result"]["items"]]


async def soon(condition: Callable[[], bool]) -> None:
    """Let the event loop turn until something that needs no outside event has happened."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0)
