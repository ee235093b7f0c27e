"""What tests share: tiny models, made here in milliseconds, and the bundled one."""

from __future__ import annotations

import os

# Before PyTorch is imported: tiny networks gain nothing from threads, which on a busy machine wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import safetensors.torch
import torch
from hypothesis import HealthCheck, settings

from charrnn.artifact import CARD, CELL, CELL_INT8, WEIGHTS, Artifact, write_artifact
from charrnn.config import Architecture
from charrnn.network import CharRNN
from charrnn.vocabulary import Vocabulary
from charrnn_training.onnx_graphs import float_graph, int8_graph

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

# How long something takes says nothing on a busy machine.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

ALPHABET = "\n" + "".join(map(chr, range(32, 127))) + "é"

ModelMaker = Callable[..., Artifact]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Real processes last: what they would find first is cheaper to find without them."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)


@pytest.fixture(scope="session")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> ModelMaker:
    """A function that makes a small random model; keyword arguments are those of `Architecture`.

    `sharpness` multiplies the output: more than 1 makes a few characters much more probable than the rest.
    """

    def make(
        name: str = "tiny",
        folder: Path | None = None,
        sharpness: float = 1.0,
        card: str = "# tiny\n",
        **architecture: object,
    ) -> Artifact:
        vocabulary = Vocabulary.of(ALPHABET)
        options = {"embedding": 8, "hidden": 16, "layers": 2, **architecture}
        torch.manual_seed(5)
        network = CharRNN(Architecture(len(vocabulary), **options))  # type: ignore[arg-type]
        network.output.weight.data *= sharpness
        weights = {key: value.half() for key, value in network.state_dict().items()}

        def write_files(target: Path) -> None:
            arrays = {key: value.float().numpy() for key, value in weights.items()}
            safetensors.torch.save_file(weights, target / WEIGHTS)
            (target / CELL).write_bytes(float_graph(network.architecture, arrays).SerializeToString())
            (target / CELL_INT8).write_bytes(int8_graph(network.architecture, arrays).SerializeToString())
            (target / CARD).write_text(card, encoding="utf-8")

        target = (folder or tmp_path_factory.mktemp("models")) / name
        return write_artifact(target, network.architecture, vocabulary, write_files, {}, {})

    return make


@pytest.fixture(scope="session")
def tiny(make_model: ModelMaker) -> Artifact:
    """A random two-layer LSTM of width 16."""
    return make_model()


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """What drives browsers: there can be only one of it in a process."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - tests without it are skipped

    with sync_playwright() as playwright:
        yield playwright
