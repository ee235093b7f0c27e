"""Write the server's settings into the extension's manifest: names, defaults, ranges and texts are those of the server.

python editor-clients/vscode/scripts/manifest.py
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import charrnn
from charrnn_lsp.settings import Settings, json_name

MANIFEST = Path(__file__).parents[1] / "package.json"
KINDS = {bool: "boolean", int: "integer", float: "number", str: "string", tuple: "array"}
FOLDERS = "memoryFolders"  # what lies in them is read: for the user alone to say

OWN: dict[str, dict[str, Any]] = {
    "charrnn.serverCommand": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "scope": "machine",
        "markdownDescription": "The command that starts the server, without `--stdio`: a program and its arguments. "
        "If empty, `charrnn-lsp` is looked for on PATH, then in the environment that the extension has made.",
    },
    "charrnn.installFrom": {
        "type": "string",
        "default": "charrnn-lsp",
        "scope": "machine",
        "markdownDescription": "What is installed when you let the extension install the server: "
        "a package name, a path or an address that `pip` understands.",
    },
}


def properties() -> dict[str, dict[str, Any]]:
    """All settings of the extension, as VS Code describes them: the server's and the extension's own."""
    return {f"charrnn.{json_name(item.name)}": _property(item) for item in dataclasses.fields(Settings)} | OWN


def _property(item: dataclasses.Field[Any]) -> dict[str, Any]:
    limits = dict(item.metadata)
    default = list(item.default) if isinstance(item.default, tuple) else item.default
    described: dict[str, Any] = {"type": KINDS[type(item.default)], "default": default}
    choices = list(limits.get("choices", ()))
    if described["type"] == "array":
        described |= {"items": {"type": "string", **({"enum": choices} if choices else {})}, "uniqueItems": True}
    elif choices:
        described["enum"] = choices
    described |= {name: limits[key] for key, name in (("low", "minimum"), ("high", "maximum")) if key in limits}
    scope = "machine" if json_name(item.name) == FOLDERS else "window"
    return described | {"scope": scope, "markdownDescription": limits["text"]}


def manifest() -> dict[str, Any]:
    """The manifest with the settings and the version of now."""
    content: dict[str, Any] = json.loads(MANIFEST.read_text(encoding="utf-8"))
    content["version"] = charrnn.__version__
    content["contributes"]["configuration"] = {"title": "CharRNN", "properties": properties()}
    return content


if __name__ == "__main__":
    MANIFEST.write_text(json.dumps(manifest(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
