"""Messages in any order and of any shape: each request is answered as the protocol says, and nothing pops up."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server.client import URI, Client, Json, soon

from charrnn_lsp.transport import Connection

INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS, INTERNAL_ERROR = -32600, -32601, -32602, -32603
NOT_INITIALIZED = -32002


async def error_of(client: Client, method: str, params: Any = None) -> int:
    return int((await client.request(method, params))["error"]["code"])


async def test_before_initialize_requests_are_refused_and_notifications_dropped(client: Client, always: Json) -> None:
    assert await error_of(client, "textDocument/inlineCompletion", {}) == NOT_INITIALIZED
    assert await error_of(client, "shutdown") == NOT_INITIALIZED
    assert await error_of(client, "no/such") == NOT_INITIALIZED
    client.open("It was")
    assert client.server.documents == {}
    await client.initialize(always)
    client.open("It was")
    assert await client.texts()


async def test_between_initialize_and_initialized_there_is_service(client: Client, always: Json) -> None:
    await client.request("initialize", {"processId": None, "capabilities": {}, "initializationOptions": always})
    client.open("It was")
    assert await client.texts()


async def test_it_is_initialized_once(ready: Client) -> None:
    assert await error_of(ready, "initialize", {"processId": None, "capabilities": {}}) == INVALID_REQUEST
    assert await ready.texts()


async def test_after_shutdown_requests_are_refused_and_exit_is_well(ready: Client) -> None:
    statuses: list[int] = []
    ready.server.on_exit = statuses.append
    assert (await ready.request("shutdown", None))["result"] is None
    assert await error_of(ready, "textDocument/inlineCompletion", {}) == INVALID_REQUEST
    assert await error_of(ready, "shutdown") == INVALID_REQUEST
    ready.change("dropped")
    assert ready.server.documents[URI].text == "It was"
    ready.send({"method": "exit"})
    assert statuses == [0]
    assert ready.messages() == []


async def test_exit_without_shutdown_is_not_well(client: Client) -> None:
    statuses: list[int] = []
    client.server.on_exit = statuses.append
    client.send({"method": "exit"})
    assert statuses == [1]


async def test_shutdown_cancels_what_is_under_way(ready: Client, patient: None) -> None:
    answer = ready.ask()
    await asyncio.sleep(0)
    assert (await ready.request("shutdown", None))["result"] is None
    assert "error" in await answer


@pytest.mark.parametrize("method", ["no/such", "$/progressive", "textDocument/hover"])
async def test_unknown_methods(ready: Client, method: str) -> None:
    assert await error_of(ready, method) == METHOD_NOT_FOUND
    before = len(ready.received)
    ready.send({"method": method})
    assert len(ready.received) == before
    assert await ready.texts()


@pytest.mark.parametrize(
    "message",
    [
        [],
        "text",
        5,
        None,
        {"jsonrpc": "1.0", "id": 1, "method": "shutdown"},
        {"id": None, "method": "shutdown"},
        {"id": 1.5, "method": "shutdown"},
        {"id": True, "method": "shutdown"},
        {"id": {}, "method": "shutdown"},
    ],
)
async def test_what_is_no_message_is_refused_without_a_number(ready: Client, message: Any) -> None:
    ready.server.protocol.receive(message)
    answer = ready.received[-1]
    assert (answer["id"], answer["error"]["code"]) == (None, INVALID_REQUEST)
    assert await ready.texts()


async def test_a_method_must_be_a_string(ready: Client) -> None:
    assert (await ready.request(["shutdown"], None))["error"]["code"] == INVALID_REQUEST  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "message",
    [
        {"id": 5, "result": 1},
        {"id": "x", "error": {"code": 1, "message": "m"}},
        {"id": None, "result": 1},
        {"id": [], "result": 1},
        {"id": 5},
        {"error": {}},
        {},
        {"method": "$/cancelRequest"},
        {"method": "$/cancelRequest", "params": {"id": 77}},
        {"method": "$/cancelRequest", "params": {"id": []}},
        {"method": "$/setTrace", "params": {"value": "loud"}},
        {"method": "textDocument/didChange", "params": 5},
        {"method": "textDocument/didOpen"},
        {"method": None},
    ],
)
async def test_what_asks_for_no_answer_has_none(ready: Client, message: Json) -> None:
    before = len(ready.received)
    ready.send(message)
    assert len(ready.received) == before
    assert await ready.texts()


@pytest.mark.parametrize("answer", [{"result": 5}, {"result": None}, {}, {"error": {"code": 1, "message": "no"}}])
@pytest.mark.parametrize("also", [{}, {"error": None}])
async def test_any_answer_to_a_question_is_taken(ready: Client, answer: Json, also: Json) -> None:
    asked = asyncio.ensure_future(ready.server.pull_settings())
    await ready.until(lambda: ready.received[-1].get("method") == "workspace/configuration")
    ready.send({"id": ready.received[-1]["id"], **also, **answer})
    await asked
    assert await ready.texts()


async def test_settings_are_pulled_where_the_client_refuses_to_tell_of_changes(client: Client, always: Json) -> None:
    client.section = always
    write = client.write

    def refuse(data: bytes) -> None:
        message = json.loads(data)
        if message.get("method") == "client/registerCapability":
            error = {"code": METHOD_NOT_FOUND, "message": "no"}
            asyncio.get_running_loop().call_soon(client.send, {"id": message["id"], "error": error})
        else:
            write(data)

    client.write = refuse  # type: ignore[method-assign]
    await client.initialize()
    assert client.server.settings.model == always["model"]


async def test_an_answer_to_a_question_that_was_given_up_is_dropped(ready: Client) -> None:
    asked = asyncio.ensure_future(ready.server.pull_settings())
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)  # the client answers
    assert await ready.texts()
    await asyncio.sleep(0)
    assert ready.server.protocol._request_futures == {}


async def test_what_has_been_handled_is_let_go_of(ready: Client) -> None:
    for number in range(20):
        ready.push({"topK": number})
        ready.notify("$/setTrace", {"value": "off"})
        ready.notify("workspace/didChangeConfiguration", {"settings": None})  # which are pulled
    await soon(lambda: not ready.server.protocol._request_futures)
    asked = asyncio.ensure_future(ready.server.pull_settings())
    await asyncio.sleep(0)
    (number,) = ready.server.protocol._request_futures
    ready.send({"id": number, "error": {"code": METHOD_NOT_FOUND, "message": "no"}})
    await asked
    assert ready.server.protocol._request_futures == {}
    assert ready.server.protocol._result_types == {}


async def test_a_message_that_fails_does_not_take_others_with_it(
    ready: Client, caplog: pytest.LogCaptureFixture
) -> None:
    received: list[object] = []

    def receive(message: Json) -> None:
        received.append(message)
        raise RuntimeError("the writer's words".upper())

    ready.server.protocol.receive = receive  # type: ignore[method-assign, assignment]
    connection = Connection(ready.server, 0, 1)
    connection._batches.acquire()
    connection._handle([b"1", b"2"])
    assert received == [1, 2]
    assert "THE WRITER'S WORDS" not in caplog.text


async def test_a_defect_is_answered_and_logged_without_the_writers_words(
    ready: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*arguments: object) -> None:
        raise ValueError("a secret that nobody may know")

    monkeypatch.setattr(ready.server, "silence", fail)
    error = (await ready.ask())["error"]
    assert error["code"] == INTERNAL_ERROR
    assert "secret" not in str(error)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("charrnn")]
    assert any("ValueError in a request" in message and "test_protocol.py" in message for message in ours)
    assert not any("secret that" in message for message in ours if "raise ValueError" not in message)
    assert ready.messages() == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
POSITIONS = st.fixed_dictionaries({"line": JSON, "character": JSON})
PARAMS = st.fixed_dictionaries(
    {},
    optional={
        "textDocument": JSON | st.fixed_dictionaries({"uri": st.just(URI) | JSON, "version": JSON}),
        "position": JSON | POSITIONS,
        "context": JSON | st.fixed_dictionaries({"triggerKind": JSON, "selectedCompletionInfo": JSON}),
        "contentChanges": JSON | st.lists(st.fixed_dictionaries({"text": JSON}, optional={"range": JSON}), max_size=2),
        "settings": JSON | st.fixed_dictionaries({"charrnn": JSON}),
        "command": JSON,
    },
)
METHODS = st.sampled_from(
    [
        "textDocument/inlineCompletion",
        "textDocument/didChange",
        "textDocument/didOpen",
        "textDocument/didClose",
        "workspace/executeCommand",
        "workspace/didChangeWorkspaceFolders",
        "$/cancelRequest",
        "$/setTrace",
    ]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(method=METHODS, params=PARAMS | JSON, request=st.booleans())
async def test_any_parameters_are_survived(ready: Client, method: str, params: Any, request: bool) -> None:
    ready.open("It was")
    if request:
        assert {"result", "error"} & set(await ready.request(method, params))
    else:
        ready.send({"method": method, "params": params})
    ready.open("It was")
    assert await ready.texts()
    assert ready.messages() == []
