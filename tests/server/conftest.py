"""A server in this process, and editors of it."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio
from tests.server.client import Client, Json

from charrnn.artifact import Artifact
from charrnn.model import Model, load_model
from charrnn_lsp import loading as loading_module
from charrnn_lsp import server as server_module


@pytest_asyncio.fixture
async def client(tiny: Artifact, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    """A client of a server that was not yet initialized; the model `tiny` is installed."""
    monkeypatch.setenv("CHARRNN_MODELS", str(tiny.path.parent))
    client = Client()
    yield client
    await client.server.loading.settled()


@pytest.fixture
def always(tiny: Artifact) -> Json:
    """Settings under which there is always something to show."""
    return {"model": str(tiny.path), "minConfidence": 0, "length": "line", "maxCharacters": 20, "allowModelPaths": True}


@pytest_asyncio.fixture
async def ready(client: Client, always: Json) -> Client:
    """The same, initialized, its model loaded, with one document."""
    await client.initialize(always)
    await client.until_state("ready")
    client.open("It was")
    return client


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step gives way, as on a slow machine."""
    monkeypatch.setattr(server_module, "TURN", -1.0)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """No model is loaded before this is set."""
    gate = threading.Event()

    def load(*arguments: Any, **options: Any) -> Model:
        gate.wait(60)
        return load_model(*arguments, **options)

    monkeypatch.setattr(loading_module, "load_model", load)
    yield gate
    gate.set()
