"""Editors without inline completion find the suggestion in the list of words."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.client import CAPABILITIES, URI, Client, Json

PLAIN: Json = {"workspace": CAPABILITIES["workspace"], "textDocument": {}}


async def items(client: Client, character: int, kind: int | None = 1) -> list[Json]:
    params: Json = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": character}}
    if kind is not None:
        params["context"] = {"triggerKind": kind}
    return list((await client.request("textDocument/completion", params))["result"]["items"])


@pytest.mark.parametrize("capabilities", [PLAIN, {}])
async def test_it_is_offered_where_inline_completion_is_not_announced(
    client: Client, always: Json, capabilities: Any
) -> None:
    offered = (await client.initialize(always, capabilities))["capabilities"]
    assert offered["completionProvider"]["triggerCharacters"] == [" "]


async def test_it_is_not_offered_where_it_is(client: Client, always: Json) -> None:
    assert "completionProvider" not in (await client.initialize(always))["capabilities"]


@pytest.mark.parametrize("text", ["It was", "It was ", "Café, caf", "\U0001f600 caf", ""])
@pytest.mark.parametrize("kind", [1, 2, None])
async def test_an_entry_goes_on_from_the_word_at_the_cursor(
    client: Client, always: Json, text: str, kind: int | None
) -> None:
    await client.initialize(always, PLAIN)
    client.open(text)
    end = len(text.encode("utf-16-le")) // 2
    (ghost,) = await client.texts(character=end)
    (item,) = await items(client, end, kind)
    edit = item["textEdit"]
    word = text.rpartition(" ")[2]
    assert edit["newText"] == item["filterText"] == word + ghost
    assert edit["range"]["end"] == {"line": 0, "character": end}
    assert edit["range"]["start"] == {"line": 0, "character": end - len(word)}
    assert item["label"] == (word + ghost).strip()


async def test_there_is_silence_where_there_would_be(client: Client, always: Json) -> None:
    await client.initialize(always | {"minConfidence": 0.999}, PLAIN)
    client.open("It was")
    assert await items(client, 6) == []
    client.push({"trigger": "manual"})
    assert await items(client, 6, 2) == []
    assert await items(client, 6, 1)
    client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    assert await items(client, 6) == []
