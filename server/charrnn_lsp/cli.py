"""`charrnn-lsp`: serve an editor, show what it does, say whether all is well."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence

import charrnn
from charrnn.terminal import run_printing


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="charrnn-lsp", description="A language server that completes prose.")
    parser.add_argument("command", nargs="?", choices=["demo", "check"], help="show it at work; say what is installed")
    parser.add_argument("--stdio", action="store_true", help="serve an editor over standard input and output")
    parser.add_argument("--version", action="version", version=f"charrnn-lsp {charrnn.__version__}")
    options = parser.parse_args(arguments)
    if options.command == "demo":
        from charrnn_lsp.demo import run_demo  # noqa: PLC0415 - the server needs none of it

        return run_printing(run_demo)
    if options.command == "check":
        from charrnn_lsp.check import run_check  # noqa: PLC0415

        return run_printing(run_check)
    if not options.stdio:
        parser.error("say --stdio to serve an editor, or one of the commands demo and check")
    return _serve()


def _serve() -> int:
    """Serve; this does not return, as a model that is being loaded in a thread must not hold up the end."""
    from charrnn_lsp.features import make_server  # noqa: PLC0415
    from charrnn_lsp.transport import serve  # noqa: PLC0415

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    for name in ("pygls", "concurrent.futures"):  # which log what the writer types
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    status = serve(make_server())
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    sys.exit(main())
