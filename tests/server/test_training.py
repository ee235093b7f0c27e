"""The command that trains: what it runs, what it shows, how it ends. The trainer is a script of the tests."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.server.client import CAPABILITIES, Client, Json

from charrnn.library import user_directory
from charrnn_lsp import processes
from charrnn_lsp import training as training_module

WITH_PROGRESS: Json = {**CAPABILITIES, "window": {"workDoneProgress": True}}
INVALID_PARAMS, REQUEST_FAILED, REQUEST_CANCELLED = -32602, -32803, -32800


@pytest.fixture(autouse=True)
def fake_trainer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trainer that needs no seconds."""
    monkeypatch.setattr(training_module, "TRAINER", "fake_trainer")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def own_models(client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No run of one test is found by another."""
    monkeypatch.setenv("CHARRNN_MODELS", str(tmp_path / "models"))


def train(client: Client, name: str = "mine", token: str | None = None, **more: object) -> asyncio.Future[Json]:
    order = {"paths": [str(Path(__file__).parent)], "name": name, **more}
    params: Json = {"command": "charrnn.train", "arguments": [order]}
    return client.request("workspace/executeCommand", params | ({"workDoneToken": token} if token else {}))


def progress(client: Client) -> list[Json]:
    return [message["params"] for message in client.received if message.get("method") == "$/progress"]


def begun(client: Client) -> bool:
    return any(shown["value"].get("percentage") == 50 for shown in progress(client))


def staying(client: Client) -> bool:
    """Whether the trainer has come so far that it would save what it has."""
    return any(shown["value"].get("percentage") == 60 for shown in progress(client))


async def test_the_answer_is_what_became_of_it(client: Client) -> None:
    await client.initialize()
    answer = (await train(client, maxMinutes=10))["result"]
    assert answer["model"] == "mine"
    assert answer["maxMinutes"] == 10
    assert answer["paths"] == [str(Path(__file__).parent)]
    assert not {"event", "said"} & answer.keys()
    assert progress(client) == []  # the client has not said that it shows any
    assert client.messages() == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has priority classes instead")
async def test_it_leaves_the_processor_to_others(client: Client) -> None:
    await client.initialize()
    nice = (await train(client))["result"]["nice"]
    assert nice == min(19, max(os.getpriority(os.PRIO_PROCESS, 0), processes.NICENESS))


@pytest.mark.parametrize("token", [None, "mine"])
async def test_progress_is_shown(client: Client, token: str | None) -> None:
    await client.initialize(capabilities=WITH_PROGRESS)
    await train(client, token=token)
    created = [m["params"]["token"] for m in client.received if m.get("method") == "window/workDoneProgress/create"]
    assert len(created) == (0 if token else 1)
    shown = progress(client)
    assert {entry["token"] for entry in shown} == {token or created[0]}
    kinds = [entry["value"]["kind"] for entry in shown]
    assert (kinds[0], set(kinds[1:-1]), kinds[-1]) == ("begin", {"report"}, "end")
    assert (shown[0]["value"]["title"], shown[0]["value"]["cancellable"]) == ("Training mine", True)
    reports = [(entry["value"]["percentage"], entry["value"].get("message")) for entry in shown[1:-1]]
    assert reports == [
        (0, "reading 1 files"),
        (0, "310,000 characters to learn from"),
        (50, "1.93 bits per character, 3 min left"),
        (50, None),
    ]


async def test_a_token_of_the_request_is_used_without_the_capability(client: Client) -> None:
    await client.initialize()
    await train(client, token="mine")
    assert [entry["token"] for entry in progress(client)][:1] == ["mine"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fails", "There is no text in it."),
        ("crashes", "The training ended with status 1: RuntimeError: out of luck"),
    ],
)
async def test_a_failure_is_an_error_with_its_reason(client: Client, name: str, message: str) -> None:
    await client.initialize(capabilities=WITH_PROGRESS)
    error = (await train(client, name))["error"]
    assert (error["code"], error["message"]) == (REQUEST_FAILED, message)
    assert progress(client)[-1]["value"]["kind"] == "end"
    assert (await train(client))["result"]  # and another may follow


@pytest.mark.parametrize("way", ["progress", "request"])
async def test_it_can_be_cancelled(client: Client, way: str) -> None:
    await client.initialize(capabilities=WITH_PROGRESS)
    answer = train(client, "stays", token="t")
    number = next(iter(client._answers))
    await client.until(lambda: staying(client))
    if way == "progress":
        client.notify("window/workDoneProgress/cancel", {"token": "t"})
    else:
        client.notify("$/cancelRequest", {"id": number})
    assert (await answer)["error"]["code"] == REQUEST_CANCELLED
    # A cancelled request is answered at once, while the trainer still saves.
    await client.until(lambda: progress(client)[-1]["value"]["kind"] == "end")
    assert (user_directory().parent / "runs" / "saved").exists()
    assert (await train(client))["result"]


async def test_a_trainer_that_does_not_stop_is_killed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_module, "GRACE", 0.0)
    await client.initialize()
    answer = train(client, "stays", token="t")
    await client.until(lambda: begun(client))
    client.notify("window/workDoneProgress/cancel", {"token": "t"})
    assert (await answer)["error"]["code"] == REQUEST_CANCELLED


async def test_cancelling_what_is_not_there_is_nothing(client: Client) -> None:
    await client.initialize()
    client.notify("window/workDoneProgress/cancel", {"token": "nonesuch"})
    assert (await train(client))["result"]


async def test_there_is_one_training_at_a_time(client: Client) -> None:
    await client.initialize()
    first = train(client, "stays", token="t")
    await client.until(lambda: begun(client))
    error = (await train(client))["error"]
    assert (error["code"], "under way" in error["message"]) == (REQUEST_FAILED, True)
    client.notify("window/workDoneProgress/cancel", {"token": "t"})
    await first


async def test_without_the_extra_the_remedy_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "torch" else find(name))
    await client.initialize()
    error = (await train(client))["error"]
    assert error["code"] == REQUEST_FAILED
    assert error["message"] == (
        "Training needs torch, which the server's Python does not have: pip install 'charrnn-lsp[train]'"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["/texts"],
        [{"paths": "/texts", "name": "mine"}],
        [{"paths": [], "name": "mine"}],
        [{"paths": ["texts"], "name": "mine"}],
        [{"paths": [5], "name": "mine"}],
        [{"paths": ["/texts"]}],
        [{"paths": ["/texts"], "name": ""}],
        [{"paths": ["/texts"], "name": "mine", "maxMinutes": "ten"}],
        [{"paths": ["/texts"], "name": "mine", "maxMinutes": -1}],
        [{"paths": ["/texts"], "name": "mine", "device": "cuda"}],
    ],
)
async def test_a_wrong_order_is_an_error(client: Client, arguments: list[Any]) -> None:
    await client.initialize()
    params = {"command": "charrnn.train", "arguments": arguments}
    assert (await client.request("workspace/executeCommand", params))["error"]["code"] == INVALID_PARAMS


@pytest.mark.skipif(sys.platform == "win32", reason="there is no disposition to inherit")
async def test_it_can_be_cancelled_where_interrupts_are_ignored(client: Client) -> None:
    """As in a server that a shell has started in the background."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        await client.initialize()
        answer = train(client, "stays", token="t")
        await client.until(lambda: staying(client))
    finally:
        signal.signal(signal.SIGINT, before)
    client.notify("window/workDoneProgress/cancel", {"token": "t"})
    assert (await answer)["error"]["code"] == REQUEST_CANCELLED
    assert (user_directory().parent / "runs" / "saved").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is not known there")
def test_a_training_ends_with_a_server_that_is_killed(tmp_path: Path) -> None:
    """The server is a process that does no more than start a training and wait."""
    order = {"paths": [str(tmp_path)], "name": "stays"}
    starter = (
        "import subprocess, sys, time; from charrnn_lsp import training; training.TRAINER = 'fake_trainer'\n"
        f"command = training.Order.of([{json.dumps(order)}]).command()\n"
        "command = [sys.executable, '-m', 'charrnn_lsp.leash', *command]\n"
        "subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)\n"
        "time.sleep(60)"
    )
    starting = subprocess.Popen([sys.executable, "-c", starter])
    runs = user_directory().parent / "runs"
    try:
        wait_for(runs / "pid")
        starting.send_signal(signal.SIGKILL)
        wait_for(runs / "saved")
    finally:
        starting.kill()
        starting.wait()


def wait_for(file: Path) -> None:
    end = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < end, f"{file} never came"
        time.sleep(0.01)
