"""The style and the scripts of the page, which lie beside this module."""

from __future__ import annotations

from pathlib import Path

ASSETS = Path(__file__).parent / "assets"


def asset(name: str) -> str:
    """The content of a file of the page."""
    return (ASSETS / name).read_text(encoding="utf-8")
