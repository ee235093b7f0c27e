"""What a person is told on the page when something cannot be done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from charrnn.errors import CharRNNError


@contextmanager
def told() -> Iterator[None]:
    """Show an error that is written for the user as a notice on the page."""
    try:
        yield
    except CharRNNError as error:
        raise gr.Error(str(error), print_exception=False) from error
