"""Write the help's section on settings from the server's table: run it, and it rewrites doc/charrnn.txt."""

from __future__ import annotations

import dataclasses
import json
import re
import textwrap
from pathlib import Path

from charrnn_lsp.settings import Settings, json_name

HELP = Path(__file__).parents[1] / "doc" / "charrnn.txt"
WIDTH = 78
SECTION = re.compile(r"(?<=how\.\n\n).*?(?=={78}\n5\. )", re.DOTALL)


def entry(item: dataclasses.Field[object]) -> str:
    """One setting: its tag, name, default, meaning, and what is allowed."""
    name, limits = json_name(item.name), item.metadata
    allowed = ""
    if "choices" in limits:
        allowed = " One of " + ", ".join(map(json.dumps, limits["choices"])) + "."
    elif "low" in limits:
        allowed = f" From {limits['low']} to {limits['high']}."
    if isinstance(item.default, tuple):
        allowed = allowed.replace("One of", "Some of")
    meaning = textwrap.fill(
        f"{limits['text']}{allowed} Default: {json.dumps(item.default)}.",
        WIDTH,
        initial_indent=" " * 4,
        subsequent_indent=" " * 4,
        break_on_hyphens=False,
    )
    tag = f"*charrnn-setting-{name}*"
    return f"{name}{tag:>{WIDTH - len(name)}}\n{meaning}\n"


def with_settings(text: str) -> str:
    """The help with its section on settings as the server's table is now."""
    entries = "\n".join(entry(item) for item in dataclasses.fields(Settings)) + "\n"
    return SECTION.sub(lambda _: entries, text)


if __name__ == "__main__":
    HELP.write_text(with_settings(HELP.read_text(encoding="utf-8")), encoding="utf-8")
