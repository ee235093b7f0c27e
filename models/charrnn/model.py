"""A model ready for use: `load_model("english").complete("It was a")`."""

from __future__ import annotations

import contextlib
import dataclasses
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from charrnn.artifact import CELL, Artifact
from charrnn.calibration import Calibration
from charrnn.cell import Cell, initial_state
from charrnn.devices import fastest
from charrnn.errors import CharRNNError, OptionError
from charrnn.infill import weigh
from charrnn.library import DEFAULT, find_model
from charrnn.memory import Expectation, Memory
from charrnn.outcomes import Outcomes
from charrnn.prefix_cache import Context, PrefixCache, Reading
from charrnn.sampling import Sampling, draw, log_softmax, shape, softmax
from charrnn.search import Search, SearchOptions, Suggestion
from charrnn.typography import Typography
from charrnn.vocabulary import Vocabulary

DEVICES = ("auto", "cpu", "cuda", "mps")


@dataclass
class Model:
    """A network, its alphabet, and what it has read lately."""

    artifact: Artifact
    cell: Cell
    cache: PrefixCache
    memory: Memory | None = None  # of the writer's own text
    hurried: bool = False  # answer at a place that was not read lately from the text next to it
    _expected: tuple[Context, Expectation] | None = None

    def __post_init__(self) -> None:
        self.outcomes = Outcomes(Calibration(**self.artifact.calibration))

    @property
    def name(self) -> str:
        return self.artifact.name

    @property
    def vocabulary(self) -> Vocabulary:
        return self.artifact.vocabulary

    @property
    def calibration(self) -> Calibration:
        """The model's own, moved by what became of this writer's suggestions."""
        return self.outcomes.calibration

    def forget(self) -> None:
        """Forget what the writer wrote, and what they made of suggestions."""
        self.outcomes.forget()
        self.cache.forget()
        self._expected = None
        if self.memory is not None:
            self.memory.forget()

    def search(self, context: Context, options: SearchOptions) -> Iterator[Search | None]:
        """Read `context` and look ahead, giving way (`None`) between steps; the last item is the finished search."""
        for reading in self.cache.read(self.readable(context)):
            if reading is None:
                yield None
        assert reading is not None
        self._adapt(context, reading)
        seed = zlib.crc32(context.text[-64:].encode("utf-8", "surrogatepass"))
        search = Search(self.cell, self.vocabulary, options, self.calibration, seed, self.memory)
        for _ in search.steps(reading.logits, reading.state, context.text[-64:]):
            yield None
        yield search

    def weigh(
        self, context: Context, suggestions: Sequence[Suggestion], after: str
    ) -> Iterator[list[Suggestion] | None]:
        """Weigh suggestions that were found at `context` by the text `after` it, giving way between steps."""
        reading = self._read(self.readable(context))
        yield from weigh(self.cell, self.vocabulary, self.calibration, reading, suggestions, after)

    def readable(self, context: Context) -> Context:
        """What is read for an answer now: `context`, or in a hurry its end."""
        return self.cache.hurried(context) if self.hurried else context

    def _adapt(self, context: Context, reading: Reading) -> None:
        """Where one character was typed since the last reading, let the memory learn from how it was expected."""
        if self.memory is None:
            return
        if self._expected is not None and self._expected[0] == Context(context.text[:-1], context.from_start):
            ids = self.vocabulary.encode(context.text[-1:])
            if len(ids) == 1:
                self.memory.adapt(self._expected[1], int(ids[0]))
        self._expected = (
            context,
            self.memory.expect(softmax(reading.logits)[0], self.memory.context(context.text[-64:])),
        )

    def look_ahead(self, context: Context, options: SearchOptions) -> Search:
        """As `search`, in one go."""
        *_, search = self.search(context, options)
        assert search is not None
        return search

    def complete(self, text: str, options: SearchOptions | None = None, count: int = 1) -> list[Suggestion]:
        """The `count` best ways to go on from `text`, in its own typography."""
        search = self.look_ahead(_document(text), dataclasses.replace(options or SearchOptions(), stale_cost=0.0))
        return in_typography(search.best(count), text)

    def generate(self, prompt: str, sampling: Sampling, seed: int = 0) -> Iterator[str]:
        """Characters that follow `prompt`, drawn one at a time without end, in the model's alphabet."""
        rng = np.random.default_rng(seed)
        reading = self._read(_document(prompt))
        logits, state = reading.logits, reading.state
        while True:
            ids = draw(shape(log_softmax(logits), sampling), rng)
            yield self.vocabulary.decode(ids)
            logits, state = self.cell.run(ids[:, None], state)

    def _read(self, context: Context) -> Reading:
        *_, reading = self.cache.read(context)
        assert reading is not None
        return reading


def _document(text: str) -> Context:
    """All of a document; what is read in pieces must have line ends of one character."""
    return Context(text.replace("\r\n", "\n"), from_start=True)


def in_typography(suggestions: Sequence[Suggestion], before: str) -> list[Suggestion]:
    """The suggestions with the quotes, dashes and dots of the text `before` them."""
    if not suggestions:
        return []
    typography = Typography.of(before)
    return [dataclasses.replace(found, text=typography.apply(found.text, before)) for found in suggestions]


def load_model(name: str = DEFAULT, device: str = "auto", int8: bool = True, threads: int = 1) -> Model:
    """Load a model by name or path, warmed up. Raises `ModelError` or `OptionError`.

    `cpu` runs ONNX Runtime; `cuda` and `mps` need the extra `[torch]`; `auto` is what was measured to be the fastest.
    """
    if device not in DEVICES:
        raise OptionError(f"device is {device!r}; it must be one of {', '.join(DEVICES)}.")
    return open_model(find_model(name), device, int8, threads)


def open_model(artifact: Artifact, device: str = "auto", int8: bool = True, threads: int = 1) -> Model:
    """As `load_model`, for an artifact at hand."""
    cell = load_cell(artifact, device, int8, threads)
    cell.run(np.zeros((1, 1), np.int64), initial_state(cell.architecture))
    return Model(artifact, cell, PrefixCache(cell, artifact.vocabulary))


def load_cell(artifact: Artifact, device: str, int8: bool = True, threads: int = 1) -> Cell:
    """The network of a model on a device. Raises `ModelError`, `OptionError`, or `CharRNNError` without an engine.

    PyTorch computes in float32 on a CPU, too, where a model has no float32 graph for ONNX Runtime.
    """
    if device == "auto" and (device := fastest(artifact)) != "cpu":
        with contextlib.suppress(OptionError):  # what was there when it was measured may not be there today
            return load_cell(artifact, device, int8, threads)
        device = "cpu"
    if device == "cpu" and (int8 or CELL in artifact.files):
        try:
            from charrnn.onnx_cell import OnnxCell  # noqa: PLC0415 - loaded only when used
        except ImportError as error:
            raise CharRNNError(
                f"ONNX Runtime cannot be loaded ({error}): pip install --force-reinstall onnxruntime. "
                "On Windows it needs Microsoft's Visual C++ Redistributable besides."
            ) from error

        return OnnxCell(artifact, int8, threads)
    try:
        from charrnn.torch_cell import TorchCell  # noqa: PLC0415
    except ImportError as error:
        what = f"device {device!r}" if device != "cpu" else f"float32 without {CELL}"
        raise OptionError(
            f"{what} needs PyTorch ({error.name} is missing): pip install 'charrnn-lsp[torch]'"
        ) from error
    return TorchCell(artifact, device)
