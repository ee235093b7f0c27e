"""The model in use: loaded in a thread, served until the next one is there, loaded anew when its files change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from lsprotocol import types

from charrnn.artifact import CONFIG
from charrnn.devices import wants_measuring
from charrnn.errors import CharRNNError
from charrnn.library import directory_of
from charrnn.model import Model, load_model
from charrnn_lsp.processes import start_leashed
from charrnn_lsp.protocol import log_defect
from charrnn_lsp.settings import Settings
from charrnn_lsp.status import Status

MEASURING = "charrnn.devices"
RELOAD_CHECK = 2.0  # seconds between two looks at the model's files


class Wish(NamedTuple):
    """The settings that a loaded model depends on."""

    enable: bool
    model: str
    device: str
    threads: int

    @classmethod
    def of(cls, settings: Settings) -> Wish:
        return cls(settings.enable, settings.model, settings.device, settings.threads)


class Loading:
    """Brings about the model that is wished for.

    `use` is called with it when it is there, and with `None` where there is none to serve with: when the server is
    switched off, or when what is wished for now cannot be loaded. A model whose files were replaced by something that
    cannot be loaded goes on serving as it was.
    """

    def __init__(self, status: Status, use: Callable[[Model | None], None]) -> None:
        self._status = status
        self._use = use
        self._wish: Wish | None = None
        self._served: Wish | None = None  # what the model in use was loaded for
        self._task: asyncio.Task[None] | None = None
        self._stamp: object = None  # of the model's files when they were read
        self._measuring: asyncio.Task[None] | None = None
        self._looked = 0.0  # when they were last looked at

    @property
    def is_busy(self) -> bool:
        """Whether a model is being loaded."""
        return self._task is not None and not self._task.done()

    def want(self, settings: Settings) -> None:
        """From now on serve the model of these settings."""
        if self._wish != (wish := Wish.of(settings)):
            self._wish = wish
            self._begin(wish)

    def look(self) -> None:
        """Load the model anew if its files were replaced; looked at by requests, as an idle server does nothing."""
        now = time.monotonic()
        if now - self._looked < RELOAD_CHECK or self._wish is None or self.is_busy:
            return
        self._looked = now
        if stamp(self._wish.model) != self._stamp:
            self._begin(self._wish)

    async def settled(self) -> None:
        """Return when no model is being loaded."""
        while self.is_busy:
            assert self._task is not None
            # Shielded: a request that is cancelled must not take the loading of the model with it.
            await asyncio.shield(self._task)

    def _begin(self, wish: Wish) -> None:
        self._task = asyncio.ensure_future(self._load(wish, self._task))

    async def _load(self, wish: Wish, earlier: asyncio.Task[None] | None) -> None:
        if wish.enable:
            self._status.report("loading", f"Loading the model {wish.model}.", wish.model)
        else:
            self._take(wish, None)
            self._status.report("off", "Suggestions are switched off.", wish.model)
        if earlier is not None:
            await asyncio.wait([earlier])  # one at a time, and of many wishes only the last
        if not wish.enable or wish != self._wish:
            return
        self._stamp = stamp(wish.model)
        try:
            model = await asyncio.to_thread(load_model, wish.model, wish.device, threads=wish.threads)
        except Exception as error:
            if wish == self._wish:  # else another is wished for by now, and has the word
                self._fail(wish, _reason(wish, error))
            return
        if wish == self._wish:
            self._take(wish, model)
            self._status.report("ready", f"The model {model.name} is ready.", wish.model)
            if wish.device == "auto" and wants_measuring(model.artifact):
                self._measuring = asyncio.ensure_future(_measure_devices(model.artifact.path))

    def _fail(self, wish: Wish, message: str) -> None:
        self._status.tell(message, types.MessageType.Error)
        if self._served == wish:
            self._status.report("ready", f"The model {wish.model} serves as it was before. {message}", wish.model)
        else:
            self._take(wish, None)
            self._status.report("error", message, wish.model)

    def _take(self, wish: Wish, model: Model | None) -> None:
        self._served = None if model is None else wish
        self._use(model)


async def _measure_devices(path: Path) -> None:
    """Have it measured which device is the fastest, for the next time that this model is loaded."""
    process = await start_leashed([MEASURING, str(path)])
    assert process.stdout is not None
    await process.stdout.read()  # and not `communicate`, which would close its input
    await process.wait()


def _reason(wish: Wish, error: Exception) -> str:
    if isinstance(error, CharRNNError):
        return str(error)
    log_defect("loading a model", error)
    return f"The model {wish.model} cannot be loaded ({type(error).__name__}). Install it again, or choose another."


def stamp(model: str) -> object:
    """What is different once the files of a model were replaced."""
    directory = directory_of(model)
    try:
        status = (directory / CONFIG).stat() if directory else None
    except (OSError, ValueError):
        return None
    return status and (status.st_mtime_ns, status.st_ino)
