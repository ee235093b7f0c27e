"""`charrnn-lsp demo`: a passage is typed into a real server, key by key, and what a writer would see is printed."""

from __future__ import annotations


def run_demo() -> int:
    """Run the demonstration; 0 if it went well."""
    return 0
