"""The commands of `workspace/executeCommand`. Each takes its arguments as JSON, and answers a mistake with an error."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from charrnn.artifact import read_artifact
from charrnn.errors import ModelError
from charrnn.library import installed_models
from charrnn.record import facts
from charrnn_lsp.silence import REASONS
from charrnn_lsp.training import Training

if TYPE_CHECKING:
    from charrnn_lsp.server import CharRNNServer

Json = dict[str, Any]


def add_commands(server: CharRNNServer) -> None:
    """Register all commands. (pygls takes a first argument of type `object` for the server.)"""

    @server.command("charrnn.models")
    def models(*_: Any) -> list[Json]:
        """The models that can be selected by name, with what their cards say."""
        return [
            {"name": name, "path": str(path), "selected": name == server.settings.model, **_figures(path)}
            for name, path in installed_models().items()
        ]

    @server.command("charrnn.selectModel")
    def select_model(*arguments: Any) -> None:
        """Use the model of that name until the setting changes."""
        (name,) = _strings(arguments, 1)
        if name not in installed_models():
            known = ", ".join(installed_models()) or "none"
            raise JsonRpcInvalidParams(f"There is no model named {name[:100]!r}. Installed: {known}.")
        server.select_model(name)

    @server.command("charrnn.pause")
    def pause(*arguments: Any) -> None:
        """Offer nothing in the document with that URI; without one, in all."""
        server.status.pause(*_strings(arguments, 0, 1))

    @server.command("charrnn.resume")
    def resume(*arguments: Any) -> None:
        """Take back a pause of that document; without one, all pauses."""
        server.status.resume(*_strings(arguments, 0, 1))

    @server.command("charrnn.forget")
    def forget(*_: Any) -> None:
        """Forget what was learned from the open documents."""
        server.forget()

    training = Training(server)

    @server.command("charrnn.train")
    async def train(*arguments: Any) -> Json:
        """Train a model on folders and files, given as `{paths, name, maxMinutes}`."""
        return await training.train(*arguments)

    @server.command("charrnn.explain")
    async def explain(*arguments: Any) -> Json:
        """Say why there is a suggestion or none at a place, given as `TextDocumentPositionParams`."""
        try:
            converter = server.protocol._converter
            (place,) = (converter.structure(value, types.TextDocumentPositionParams) for value in arguments)
        except Exception as error:  # cattrs' exceptions share no base class
            raise JsonRpcInvalidParams("It takes one place: {textDocument: {uri}, position}.") from error
        reason = await server.explain(place.text_document.uri, place.position)
        return {"reason": reason, "message": REASONS[reason]}


def _figures(path: Path) -> Json:
    """What the configuration of a model tells of it, or the error that it cannot be read with."""
    try:
        artifact = read_artifact(path)
    except ModelError as error:
        return {"error": str(error)}
    a, known = artifact.architecture, facts(artifact)
    weights, layers = a.parameters / 1e6, "1 layer" if a.layers == 1 else f"{a.layers} layers"
    return {
        "description": f"{a.cell.upper()}, {layers} of {a.hidden}, {weights:.1f} million weights",
        "parameters": a.parameters,
        "bitsPerCharacter": known.bits_per_character,
        "trained": known.characters,
    }


def _strings(arguments: tuple[object, ...], *counts: int) -> list[str]:
    """The arguments, where they are strings in one of these numbers. Null is no argument."""
    values = [value for value in arguments if value is not None]
    if len(values) not in counts or not all(isinstance(value, str) for value in values):
        raise JsonRpcInvalidParams(f"It takes {' or '.join(map(str, counts))} strings.")
    return [str(value) for value in values]
