"""The server, message by message, in this process: what is answered, what is told, and that it goes on."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.client import URI, Client, Json, soon

from charrnn.artifact import CELL_INT8, CONFIG, WEIGHTS, Artifact
from charrnn.excerpt import Excerpt
from charrnn.prefix_cache import Context
from charrnn.search import Suggestion
from charrnn.suggestions import Suggestions
from charrnn_lsp import loading as loading_module
from charrnn_lsp import server as server_module

REQUEST_CANCELLED = -32800


async def test_it_says_what_it_can_do(client: Client, always: Json) -> None:
    result = await client.initialize(always)
    assert result["capabilities"]["inlineCompletionProvider"] is not None
    assert result["capabilities"]["textDocumentSync"]["change"] == 2
    assert result["serverInfo"]["name"] == "charrnn-lsp"
    await client.until_state("ready")
    assert client.states() == ["loading", "ready"]
    assert client.messages() == []


async def test_an_item_has_an_empty_range_at_the_cursor(ready: Client) -> None:
    (item,) = (await ready.ask(character=6))["result"]["items"]
    cursor = {"line": 0, "character": 6}
    assert item["range"] == {"start": cursor, "end": cursor}
    assert len(item["insertText"]) > 1


async def test_nothing_to_say_is_an_empty_list(ready: Client) -> None:
    ready.push({"minConfidence": 0.999})
    assert (await ready.ask())["result"] == {"items": []}


async def test_a_superseded_request_is_answered_with_null(ready: Client, patient: None) -> None:
    first, second = ready.ask(), ready.ask()
    assert (await first)["result"] is None
    assert (await second)["result"]["items"]


async def test_of_requests_that_come_together_only_the_last_is_worked_on(
    ready: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []
    suggest = Suggestions.suggest

    def noted(suggestions: Suggestions, place: Excerpt, invoked: bool) -> Iterator[list[Suggestion] | None]:
        begun.append(place.before.text)
        return suggest(suggestions, place, invoked)

    monkeypatch.setattr(Suggestions, "suggest", noted)
    answers = [ready.ask(character=character) for character in (5, 4, 3)]
    assert [(await answer)["result"] is None for answer in answers] == [True, True, False]
    assert begun == ["It "]


async def test_a_key_supersedes_a_request(ready: Client, patient: None) -> None:
    first = ready.ask()
    await asyncio.sleep(0)  # let it begin
    ready.change("It was a")
    assert (await first)["result"] is None
    assert await ready.texts()


@pytest.mark.parametrize(("settings", "fits"), [({"maxCharacters": 5}, range(1, 6)), ({"enable": False}, range(1))])
async def test_settings_that_change_while_it_is_answered_hold_for_the_answer(
    ready: Client, always: Json, patient: None, settings: Json, fits: range
) -> None:
    answer = ready.ask()
    await asyncio.sleep(0)  # let it begin
    ready.push(always | settings)
    items = (await answer)["result"]["items"]
    assert sum(len(item["insertText"]) for item in items) in fits


async def test_another_document_supersedes_nothing(ready: Client, patient: None) -> None:
    ready.open("Dear reader", uri="file:///b.md")
    first, second = ready.ask(), ready.ask(uri="file:///b.md")
    assert (await first)["result"]["items"]
    assert (await second)["result"]["items"]


async def test_closing_supersedes_a_request(ready: Client, patient: None) -> None:
    first = ready.ask()
    await asyncio.sleep(0)
    ready.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    assert (await first)["result"] is None
    assert (await ready.ask())["result"] == {"items": []}


async def test_opening_again_supersedes_a_request(ready: Client, patient: None) -> None:
    first = ready.ask()
    await asyncio.sleep(0)
    ready.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
    ready.open("Dear reader")
    second = ready.ask()
    assert (await first)["result"] is None
    assert (await second)["result"]["items"]
    third = ready.ask(character=4)
    await asyncio.sleep(0)
    ready.open("opened twice", language="python")
    assert (await third)["result"] is None
    assert ready.server.recollection._lines == {}


async def test_a_cancelled_request_is_an_error(ready: Client, patient: None) -> None:
    answer = ready.ask()
    await asyncio.sleep(0)
    ready.notify("$/cancelRequest", {"id": next(iter(ready._answers))})
    assert (await answer)["error"]["code"] == REQUEST_CANCELLED
    assert await ready.texts()


async def test_cancelling_while_the_model_loads_leaves_the_loading_alone(
    client: Client, always: Json, gate: threading.Event
) -> None:
    await client.initialize(always)
    client.open("It was")
    answer = client.ask()
    await asyncio.sleep(0)
    client.notify("$/cancelRequest", {"id": next(iter(client._answers))})
    assert (await answer)["error"]["code"] == REQUEST_CANCELLED
    gate.set()
    assert await client.texts()


async def test_requests_wait_for_the_model_and_the_newest_is_served(
    client: Client, always: Json, gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "TURN", 999.0)  # an answer is found in one go
    await client.initialize(always)
    client.open("It was")
    first, second = client.ask(), client.ask()
    await asyncio.sleep(0)
    gate.set()
    assert (await first)["result"] is None
    assert (await second)["result"]["items"]


async def test_the_old_model_serves_while_the_next_is_loading(
    ready: Client, tiny: Artifact, tmp_path: Path, gate: threading.Event
) -> None:
    old = ready.server.suggestions
    ready.push({"model": str(shutil.copytree(tiny.path, tmp_path / "copy"))})
    await ready.until_state("loading")
    assert await ready.texts()
    assert old is not None
    assert ready.server.suggestions is not None
    assert ready.server.suggestions.model is old.model
    gate.set()
    await ready.until_state("ready")
    assert ready.server.suggestions.model is not old.model
    assert await ready.texts()


async def test_a_defect_while_loading_is_told_of_in_one_line(
    ready: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def load(*_: Any, **__: Any) -> None:
        raise MemoryError("what the writer typed".upper())

    monkeypatch.setattr(loading_module, "load_model", load)
    ready.push({"model": "tiny"})
    await ready.until_state("error")
    (told,) = ready.messages()
    assert told.startswith("charrnn: The model tiny cannot be loaded (MemoryError).")
    assert "WHAT THE WRITER TYPED" not in caplog.text
    assert await ready.texts() == []


@pytest.mark.parametrize("kind", [0, 3, -1, 1.5, "automatic", None, [], True])
async def test_a_request_of_an_unknown_kind_is_an_automatic_one(ready: Client, kind: Any) -> None:
    expected = await ready.texts()
    assert await ready.texts(kind=kind) == expected
    ready.push({"trigger": "manual"})
    assert await ready.texts(kind=kind) == []
    assert ready.messages() == []


async def test_settings_are_pulled(client: Client, always: Json) -> None:
    client.section = {**always, "trigger": "manual"}
    await client.initialize()
    await client.until(lambda: "ready" in client.states())
    client.open("It was")
    assert await client.texts() == []
    assert await client.texts(kind=1)


async def test_settings_are_pulled_again_when_a_push_is_empty(ready: Client, always: Json) -> None:
    ready.section = {**always, "trigger": "manual"}
    ready.notify("workspace/didChangeConfiguration", {"settings": None})
    await soon(lambda: ready.server.settings.trigger == "manual")
    assert await ready.texts() == []


async def test_pushed_settings_are_live(ready: Client) -> None:
    (before,) = await ready.texts()
    ready.push({"maxCharacters": 5})
    (after,) = await ready.texts()
    assert len(after) <= 5 < len(before)


async def test_what_a_push_leaves_out_is_as_it_was_at_the_start(ready: Client, tiny: Artifact) -> None:
    ready.push({"trigger": "manual"})
    ready.push({"topK": 5})
    assert (ready.server.settings.model, ready.server.settings.trigger) == (str(tiny.path), "automatic")
    assert ready.states() == ["loading", "ready"]  # and the model was not loaded again
    assert await ready.texts()


@pytest.mark.parametrize("settings", [None, [], 5, {}, {"other": {}}, {"charrnn": None}])
async def test_a_push_without_the_section_changes_nothing(ready: Client, settings: object) -> None:
    ready.notify("workspace/didChangeConfiguration", {"settings": settings})
    assert await ready.texts()
    assert ready.messages() == []


async def test_switched_off_it_answers_nothing_and_on_again_it_does(ready: Client) -> None:
    ready.push({"enable": False})
    assert await ready.texts() == []
    assert await ready.texts(kind=1) == []
    await ready.until_state("off")
    assert ready.server.suggestions is None
    ready.push({"enable": True})
    assert await ready.texts()


async def test_switched_off_while_loading_it_stays_off(client: Client, always: Json, gate: threading.Event) -> None:
    await client.initialize(always)
    first = client.server.loading._task
    client.push({"enable": False})
    await client.until_state("off")
    gate.set()
    assert first is not None
    await first
    assert client.states()[-1] == "off"
    assert client.server.suggestions is None


async def test_switched_off_it_learns_nothing_and_keeps_nothing(ready: Client) -> None:
    memory = ready.server._model.memory if ready.server._model else None
    assert memory is not None
    await soon(lambda: len(memory) > 0)
    ready.push({"enable": False})
    await ready.until_state("off")
    assert len(memory) == 0
    ready.change("It was a dark night")
    ready.open("Dear reader", uri="file:///b.md")
    await asyncio.sleep(0)
    assert len(memory) == 0


async def test_languages_are_learned_from_as_they_are_served(ready: Client) -> None:
    memory = ready.server._model.memory if ready.server._model else None
    assert memory is not None
    await soon(lambda: len(memory) > 0)
    ready.push({"languages": ["klingon"]})
    await soon(lambda: len(memory) == 0)
    ready.push({})
    await soon(lambda: len(memory) == len("\nIt was"))


async def test_without_a_memory_what_became_of_suggestions_is_forgotten_too(ready: Client) -> None:
    assert ready.server._model is not None
    first = ready.server._model.calibration
    (shown,) = await ready.texts()
    ready.change("It was}}")
    await ready.texts()
    assert shown
    assert ready.server._model.calibration != first
    ready.push({"memory": "off"})
    await soon(lambda: ready.server._model is not None and ready.server._model.memory is None)
    assert ready.server._model.calibration == first


async def test_of_many_wishes_for_a_model_only_the_last_is_loaded(
    ready: Client, always: Json, monkeypatch: pytest.MonkeyPatch, gate: threading.Event
) -> None:
    loaded: list[str] = []
    load = loading_module.load_model

    def noted(name: str, *arguments: Any, **options: Any) -> Any:
        loaded.append(name)
        return load(name, *arguments, **options)

    monkeypatch.setattr(loading_module, "load_model", noted)
    for number in range(50):
        ready.push({"enable": number % 5 > 0, "model": "english" if number % 2 else always["model"]})
        await asyncio.sleep(0)
    ready.push({"model": "tiny"})
    await soon(lambda: ready.server.settings.model == "tiny")
    gate.set()
    await ready.server.loading.settled()
    assert loaded[-1] == "tiny"
    assert len(loaded) <= 2
    assert ready.states()[-1] == "ready"


async def test_manual_is_silent_until_asked(ready: Client) -> None:
    ready.push({"trigger": "manual"})
    assert await ready.texts() == []
    assert await ready.texts(kind=1)


async def test_asked_by_hand_there_are_several(ready: Client) -> None:
    texts = await ready.texts(kind=1)
    assert 2 <= len(texts) == len(set(texts))


async def test_a_selected_entry_is_extended(ready: Client) -> None:
    ready.open("It wa", uri="file:///c.md")
    over = {"start": {"line": 0, "character": 3}, "end": {"line": 0, "character": 5}}
    answer = await ready.ask(character=5, uri="file:///c.md", selectedCompletionInfo={"range": over, "text": "was"})
    (item,) = answer["result"]["items"]
    assert item["range"] == over
    (plain,) = await ready.texts(character=6)
    assert item["insertText"] == "was" + plain


@pytest.mark.parametrize("language", ["python", "", "klingon"])
async def test_other_languages_are_left_alone(ready: Client, language: str) -> None:
    ready.open("It was", uri="file:///d", language=language)
    assert await ready.texts(uri="file:///d") == []
    ready.push({"languages": [language]})
    assert await ready.texts(uri="file:///d")


async def test_a_document_that_is_not_open_has_no_answer(ready: Client) -> None:
    ready.change("text", uri="file:///nowhere")
    assert await ready.texts(uri="file:///nowhere") == []
    assert ready.messages() == []
    assert set(ready.server._newest) <= {URI}


@pytest.mark.parametrize("text", ["", "\n", "\u65e5\u672c\u8a9e", "\U0001f600\U0001f600", "\ud83d", "\0\x1b[31m"])
async def test_any_document_has_an_answer(ready: Client, text: str) -> None:
    ready.change(text)
    assert await ready.texts(line=99)
    assert ready.messages() == []


async def test_a_line_of_ten_megabytes_is_served(ready: Client) -> None:
    ready.change("word " * 2_000_000)
    assert await ready.texts(character=10_000_000)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"temprature": 1}, "charrnn.temprature is not a setting."),
        ({"temperature": "hot"}, "charrnn.temperature is 'hot'; it must be a number from 0 to 2. Using 0.0."),
        ({"candidates": 1000}, "charrnn.candidates is 1000; it must be a whole number from 1 to 32. Using 4."),
        ([1], "charrnn: The section charrnn of the settings must be an object, not [1]."),
    ],
)
async def test_a_wrong_setting_is_told_of_once(ready: Client, values: object, message: str) -> None:
    ready.push(values)
    ready.push(values)
    await ready.texts()
    (told,) = ready.messages()
    assert told.startswith(message)
    assert await ready.texts()


async def test_a_message_about_a_huge_value_is_short(ready: Client) -> None:
    ready.push({"topK": "x" * 100_000, "y" * 100_000: 1})
    ready.push(["x" * 100_000])
    await ready.until(lambda: len(ready.messages()) == 3)
    assert max(map(len, ready.messages())) < 1000


def spoil_cell(path: Path) -> Path:
    (path / CELL_INT8).write_bytes((path / CELL_INT8).read_bytes()[:-1])
    return path / CELL_INT8


def spoil_config(path: Path) -> Path:
    (path / CONFIG).write_text("{", encoding="utf-8")
    return path / CONFIG


def lose_cell(path: Path) -> Path:
    (path / CELL_INT8).unlink()
    return path / CELL_INT8


def make_newer(path: Path) -> Path:
    config = json.loads((path / CONFIG).read_text(encoding="utf-8"))
    (path / CONFIG).write_text(json.dumps(config | {"format_version": 2}), encoding="utf-8")
    return path / CONFIG


def lose_all(path: Path) -> Path:
    shutil.rmtree(path)
    return path


@pytest.mark.parametrize("spoil", [spoil_cell, spoil_config, lose_cell, make_newer, lose_all])
async def test_a_model_that_cannot_be_used_is_told_of_once(
    ready: Client, tiny: Artifact, tmp_path: Path, spoil: Callable[[Path], Path]
) -> None:
    path = Path(shutil.copytree(tiny.path, tmp_path / "copy"))
    file = spoil(path)
    ready.push({"model": str(path)})
    await ready.until_state("error")
    (told,) = ready.messages()
    assert str(file) in told
    assert "Traceback" not in told
    assert "\n" not in told
    assert await ready.texts() == []
    ready.push({"topK": 3})  # the model of the start
    assert await ready.texts()


async def test_a_model_without_weights_for_torch_still_serves(ready: Client, tiny: Artifact, tmp_path: Path) -> None:
    path = Path(shutil.copytree(tiny.path, tmp_path / "copy"))
    (path / WEIGHTS).unlink()
    ready.push({"model": str(path)})
    assert await ready.texts()


@pytest.mark.parametrize("name", ["nonesuch", "/nowhere/at all", "~no-such-user/x", "/" + "x" * 999])
async def test_an_unknown_model_is_told_of(client: Client, name: str) -> None:
    client.section = {"model": name}
    await client.initialize({"model": name})
    await client.until_state("error")
    (told,) = client.messages()
    assert name in told
    client.push({"model": "tiny", "minConfidence": 0})
    client.open("It was")
    assert await client.texts()


async def test_while_a_model_is_missing_no_other_answers(ready: Client) -> None:
    ready.push({"model": "nonesuch"})
    await ready.until_state("error")
    ready.push({"model": "nonesuch", "temperature": 1})
    assert await ready.texts() == []


async def test_a_client_without_capabilities_is_served(client: Client, always: Json) -> None:
    await client.initialize(always, capabilities={})
    client.open("It was")
    assert await client.texts()
    assert not [message for message in client.received if "id" in message and "method" in message]


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("textDocument/inlineCompletion", {}),
        ("textDocument/inlineCompletion", {"textDocument": {"uri": URI}, "position": {"line": -1, "character": 0}}),
        ("textDocument/inlineCompletion", {"textDocument": 5}),
        ("workspace/executeCommand", {"command": "nonesuch"}),
        ("no/such/method", {}),
    ],
)
async def test_a_malformed_request_is_an_error_and_service_goes_on(ready: Client, method: str, params: Json) -> None:
    assert "error" in await ready.request(method, params)
    assert ready.messages() == []
    assert await ready.texts()


def test_the_server_leaves_torch_onnx_and_safetensors_unloaded() -> None:
    code = (
        "import sys, charrnn_lsp.features as f, charrnn.onnx_cell; f.make_server(); "
        "print({'torch', 'onnx', 'safetensors', 'charrnn_training'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("set()\n", "")


async def test_after_an_answer_in_a_hurry_the_rest_is_read(ready: Client, patient: None) -> None:
    text = "The rain had stopped, and the street was quiet. " * 14
    ready.change(text)
    assert await ready.texts(character=len(text))
    assert ready.server.suggestions is not None
    model = ready.server.suggestions.model
    reading = ready.server._reading
    assert reading is not None
    await reading
    context = Context(text, from_start=True)
    assert model.readable(context) == context


async def test_a_key_stops_the_reading_of_the_rest(ready: Client, patient: None) -> None:
    text = "The rain had stopped, and the street was quiet. " * 14
    ready.change(text)
    assert await ready.texts(character=len(text))
    reading = ready.server._reading
    assert reading is not None
    ready.change("Other words")
    await reading
    assert ready.server.suggestions is not None
    assert ready.server.suggestions.model.readable(Context(text, from_start=True)).text != text


async def test_the_archive_is_learned_where_the_writer_has_said_so(ready: Client, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Queen Zarquona sailed.", encoding="utf-8")
    assert ready.server._model is not None
    ready.push({"memoryFolders": [str(tmp_path)]})
    await soon(lambda: ready.server.settings.memory_folders == (str(tmp_path),))
    assert ready.server.recollection._reading is None  # the setting memory has not said folders
    ready.push({"memory": "folders", "memoryFolders": [str(tmp_path)]})
    await soon(lambda: ready.server.settings.memory == "folders")
    reading = ready.server.recollection._reading
    assert reading is not None
    await asyncio.wait([reading])
    memory = ready.server._model.memory
    assert memory is not None
    before = len(memory)
    ready.push({"memory": "documents"})
    await soon(lambda: ready.server.settings.memory == "documents")
    assert len(memory) == before - len("\nQueen Zarquona sailed.")
    assert ready.messages() == []


async def test_the_fastest_device_is_measured_after_the_model_is_ready_and_beside_the_server(
    client: Client, always: Json, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "fake_measuring.py").write_text(
        "import pathlib, sys\npathlib.Path(__file__).with_name('measured').write_text(sys.argv[1])\n", encoding="utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(loading_module, "MEASURING", "fake_measuring")
    monkeypatch.setattr(loading_module, "wants_measuring", lambda _: True)
    await client.initialize(always)
    await client.until_state("ready")
    client.open("It was")
    assert await client.texts()
    measuring = client.server.loading._measuring
    assert measuring is not None
    await measuring
    assert (tmp_path / "measured").read_text(encoding="utf-8") == always["model"]
