"""`charrnn ui`: a page in the browser to play with models."""

from __future__ import annotations

import argparse

from charrnn.commands.options import Commands, add_model

PORT = 7860


def add(commands: Commands) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("ui", help="open a page in the browser to play with models")
    command.add_argument("--port", type=int, default=PORT, help=f"0 is any that is free (default: {PORT})")
    command.add_argument("--no-browser", action="store_true", help="only print the address")
    add_model(command)
    command.set_defaults(run=ui)


def ui(options: argparse.Namespace) -> None:
    """Serve the page on this machine until Ctrl-C."""
    from charrnn.ui.launch import serve  # noqa: PLC0415 - loaded only when used

    serve(options.model, options.port, options.device, open_browser=not options.no_browser)
