"""Commands: what they answer, what they change, and what they say to wrong arguments."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import shutil
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.server.client import URI, Client, Json, soon

from charrnn.artifact import CONFIG, Artifact
from charrnn_lsp import commands as commands_module
from charrnn_lsp import loading as loading_module
from charrnn_lsp.regions import KINDS
from charrnn_lsp.silence import REASONS

INVALID_PARAMS = -32602


async def run(client: Client, command: str, *arguments: Any) -> Any:
    return (await client.request("workspace/executeCommand", {"command": command, "arguments": arguments}))["result"]


async def explain(client: Client, character: int = 99, uri: str = URI, line: int = 0) -> str:
    place = {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}
    answer = await run(client, "charrnn.explain", place)
    assert answer["message"] == REASONS[answer["reason"]]
    return str(answer["reason"])


async def test_commands_are_announced(client: Client, always: Json) -> None:
    commands = (await client.initialize(always))["capabilities"]["executeCommandProvider"]["commands"]
    names = {"explain", "forget", "models", "pause", "resume", "selectModel", "train"}
    assert set(commands) == {f"charrnn.{name}" for name in names}


async def test_models_are_listed_and_selected(ready: Client, tiny: Artifact) -> None:
    before = await ready.texts()
    listed = {entry["name"]: entry for entry in await run(ready, "charrnn.models")}
    figures = {
        "description": "LSTM, 2 layers of 16, 0.0 million weights",
        "parameters": tiny.architecture.parameters,
        "bitsPerCharacter": None,
        "trained": None,
    }
    assert listed["tiny"] == {"name": "tiny", "path": str(tiny.path), "selected": False, **figures}
    assert 1 < listed["english"]["bitsPerCharacter"] < 2
    await run(ready, "charrnn.selectModel", "tiny")
    assert ready.server.settings.model == "tiny"
    assert await ready.texts() == before
    ready.push({"topK": 3})  # another setting
    await soon(lambda: ready.server.settings.top_k == 3)
    assert ready.server.settings.model == "tiny"
    ready.push({"model": "nonesuch"})
    await soon(lambda: ready.server.settings.model == "nonesuch")


async def test_a_damaged_model_is_listed_with_its_error(client: Client, tiny: Artifact, tmp_path: Path) -> None:
    shutil.copytree(tiny.path, tmp_path / "models" / "cut")
    (tmp_path / "models" / "cut" / CONFIG).write_text("{", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHARRNN_MODELS", str(tmp_path / "models"))
        await client.initialize()
        listed = {entry["name"]: entry for entry in await run(client, "charrnn.models")}
    assert "is not a model configuration" in listed["cut"]["error"]


@pytest.mark.parametrize("figure", [float("nan"), float("inf"), True])
async def test_a_figure_that_is_none_is_left_out(client: Client, tiny: Artifact, figure: object) -> None:
    await client.initialize()
    figures = dataclasses.replace(tiny, training={"bpc_int8": figure, "characters": figure})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands_module, "read_artifact", lambda _: figures)
        listed = await run(client, "charrnn.models")
    assert {(entry["bitsPerCharacter"], entry["trained"]) for entry in listed} == {(None, None)}


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("charrnn.selectModel", ["nonesuch"]),
        ("charrnn.selectModel", ["/etc"]),
        ("charrnn.selectModel", []),
        ("charrnn.selectModel", [5]),
        ("charrnn.selectModel", ["a", "b"]),
        ("charrnn.pause", [5]),
        ("charrnn.explain", []),
        ("charrnn.explain", [URI]),
        ("charrnn.explain", [{"textDocument": {"uri": 5}}]),
        ("charrnn.other", []),
    ],
)
async def test_wrong_arguments_are_an_error(ready: Client, command: str, arguments: list[object]) -> None:
    answer = await ready.request("workspace/executeCommand", {"command": command, "arguments": arguments})
    assert answer["error"]["code"] == INVALID_PARAMS
    assert ready.messages() == []
    assert await ready.texts()


async def test_pause_and_resume_everywhere(ready: Client) -> None:
    await run(ready, "charrnn.pause")
    assert ready.states()[-1] == "paused"
    assert await ready.texts() == []
    assert await ready.texts(kind=1) == []
    assert await explain(ready) == "paused"
    await run(ready, "charrnn.resume")
    assert ready.states()[-1] == "ready"
    assert await ready.texts()


async def test_pause_and_resume_of_one_document(ready: Client) -> None:
    ready.open("Dear reader", uri="file:///b.md")
    await run(ready, "charrnn.pause", URI)
    assert await ready.texts() == []
    assert await ready.texts(uri="file:///b.md")
    await run(ready, "charrnn.resume", URI)
    assert await ready.texts()


async def test_a_pause_outlives_a_new_model(ready: Client) -> None:
    await run(ready, "charrnn.pause")
    ready.push({"model": "tiny"})
    await ready.until(lambda: len(ready.states()) == 5)
    assert ready.states() == ["loading", "ready", "paused", "paused", "paused"]


async def test_every_silence_has_a_reason(ready: Client) -> None:
    assert await explain(ready) == "shown"
    assert await explain(ready, character=4) == "insideWord"
    assert await explain(ready, uri="file:///other") == "notOpen"
    ready.open("print", uri="file:///a.py", language="python")
    assert await explain(ready, uri="file:///a.py") == "language"
    ready.push({"minConfidence": 0.999})
    await soon(lambda: ready.server.settings.min_confidence == 0.999)
    assert await explain(ready) == "unsure"
    ready.push({"trigger": "manual"})
    await soon(lambda: ready.server.settings.trigger == "manual")
    assert await explain(ready) == "manual"
    ready.push({"model": "nonesuch"})
    await ready.until_state("error")
    assert await explain(ready) == "error"
    ready.push({"enable": False})
    await ready.until_state("off")
    assert await explain(ready) == "off"
    assert set(KINDS) < set(REASONS)


async def test_a_model_that_is_not_there_yet_is_a_reason(client: Client, always: Json, gate: threading.Event) -> None:
    await client.initialize(always)
    client.open("It was")
    assert await explain(client) == "loading"
    gate.set()
    await client.until_state("ready")
    assert await explain(client) == "shown"


async def test_explaining_supersedes_nothing_and_computes_nothing_twice(ready: Client, patient: None) -> None:
    answer = ready.ask()
    await asyncio.sleep(0)
    assert await explain(ready) == "shown"
    assert (await answer)["result"]["items"]
    assert ready.server.suggestions is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ready.server.suggestions.model, "search", None)  # what is known needs no search
        assert await explain(ready) == "shown"


async def test_regions_are_skipped_unless_asked_or_wanted(ready: Client) -> None:
    ready.change("Prose\n\n```\nIt was")
    assert await explain(ready, line=3) == "code"
    assert await ready.texts(line=3) == []
    assert await ready.texts(line=3, kind=1)
    ready.push({"skip": ["tables"]})
    assert await ready.texts(line=3)
    ready.push({})
    edit = {"range": {"start": {"line": 2, "character": 0}, "end": {"line": 3, "character": 0}}, "text": ""}
    document = {"uri": URI, "version": 3}
    ready.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [edit]})
    assert await ready.texts(line=2)


async def test_what_was_learned_is_forgotten(ready: Client) -> None:
    memory = ready.server.suggestions.model.memory if ready.server.suggestions else None
    assert memory is not None
    await soon(lambda: len(memory) > 0)
    await run(ready, "charrnn.forget")
    assert len(memory) == 0
    assert await ready.texts()


async def test_a_model_that_is_replaced_is_loaded_again(
    client: Client, tiny: Artifact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, always: Json
) -> None:
    monkeypatch.setattr(loading_module, "RELOAD_CHECK", 0.0)
    path = tmp_path / "copy"
    await client.initialize(always | {"model": str(path)})
    await client.until_state("error")
    client.open("It was")
    assert await client.texts() == []
    shutil.copytree(tiny.path, path)  # now there is one
    assert await client.texts()
    assert await client.texts()
    assert client.states() == ["loading", "error", "loading", "ready"]
    config = json.loads((path / CONFIG).read_text(encoding="utf-8"))
    (path / "new").write_text(json.dumps(config | {"calibration": {"slope": 2.0}}), encoding="utf-8")
    (path / "new").rename(path / CONFIG)
    assert await client.texts()
    await client.until(lambda: client.states()[-2:] == ["loading", "ready"])
    model = client.server.suggestions.model if client.server.suggestions else None
    assert model is not None
    assert model.calibration.slope == 2.0


async def test_a_model_that_is_replaced_by_a_broken_one_serves_as_it_was(
    client: Client, tiny: Artifact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, always: Json
) -> None:
    monkeypatch.setattr(loading_module, "RELOAD_CHECK", 0.0)
    path = Path(shutil.copytree(tiny.path, tmp_path / "copy"))
    await client.initialize(always | {"model": str(path)})
    await client.until_state("ready")
    client.open("It was")
    before = await client.texts()
    (path / "new").write_text("{", encoding="utf-8")
    (path / "new").rename(path / CONFIG)
    assert await client.texts() == before
    await client.until(lambda: client.states()[-2:] == ["loading", "ready"])
    (told,) = client.messages()
    assert "is not a model configuration" in told
    client.change("It was a")
    assert await client.texts()
    shutil.rmtree(path)
    shutil.copytree(tiny.path, path)
    assert await client.texts()
    await client.server.loading.settled()
    assert len(client.messages()) == 1


async def test_a_workspace_may_not_name_a_path(client: Client, tiny: Artifact, tmp_path: Path, always: Json) -> None:
    path = str(shutil.copytree(tiny.path, tmp_path / "copy"))
    await client.initialize({**always, "allowModelPaths": False, "model": "tiny"})
    client.open("It was")
    for values in (
        {"model": path},
        {"model": path, "allowModelPaths": True},
        {"model": str(tiny.path / ".." / "tiny")},
    ):
        client.push(values)
        assert await client.texts()
    assert client.server.settings.model.endswith("tiny")
    (told,) = client.messages()
    assert told.startswith(f"charrnn.model names the path {path!r}, which is in no directory of models.")
    assert "allowModelPaths" in told


async def test_the_start_may_name_a_path_and_allow_more(ready: Client, tiny: Artifact, tmp_path: Path) -> None:
    path = str(shutil.copytree(tiny.path, tmp_path / "copy"))
    ready.push({"model": path})
    assert await ready.texts()
    assert (ready.server.settings.model, ready.messages()) == (path, [])
