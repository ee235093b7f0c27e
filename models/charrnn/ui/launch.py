"""Serving the page on this machine, to this machine: no analytics, no sharing, no request to anywhere else."""

from __future__ import annotations

import os
import socket
import time
import webbrowser
from typing import Any

from charrnn.errors import OptionError
from charrnn.library import find_model

HOST = "127.0.0.1"
LONG = 3600.0  # seconds
# Read by Gradio and the libraries under it as they are imported.
QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "GRADIO_SSR_MODE": "False",
    "DO_NOT_TRACK": "1",
}
# The browser refuses whatever the page, or a model's card on it, would ask of another place.
POLICY = "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; form-action 'self'; frame-ancestors 'none'"


def serve(model: str, port: int, device: str = "auto", *, open_browser: bool) -> None:
    """Serve the page until Ctrl-C. Raises `CharRNNError` where it cannot be served."""
    find_model(model)  # before the seconds that Gradio takes to load
    port = free_port(port)
    os.environ.update(QUIET)
    page = _make(model, device)
    page.launch(**_launch_options(port))
    address = f"http://{HOST}:{port}/"
    print(f"The page is at {address} (for this machine alone). Ctrl-C ends it.", flush=True)
    if open_browser:
        webbrowser.open(address)
    try:
        while True:
            time.sleep(LONG)  # and no lock, for which Ctrl-C waits on Windows
    finally:
        page.close(verbose=False)


def free_port(port: int) -> int:
    """That port, or any free one for 0. Raises `OptionError` where it is taken or may not be used."""
    if not 0 <= port <= 65535:
        raise OptionError(f"--port is {port}; it must be from 0 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise OptionError(
                f"Port {port} cannot be used ({error.strerror}). Name another with --port, or --port 0 for any."
            ) from error
        number: int = probe.getsockname()[1]
        return number


def _make(model: str, device: str) -> Any:
    try:
        from charrnn.ui.page import make_page  # noqa: PLC0415 - takes seconds
    except ModuleNotFoundError as error:
        raise OptionError(f"The page needs Gradio ({error.name} is missing): pip install 'charrnn-lsp[ui]'") from error
    from charrnn.ui.shelf import Shelf  # noqa: PLC0415

    return make_page(Shelf(model, device))


def _launch_options(port: int) -> dict[str, Any]:
    from starlette.middleware import Middleware  # noqa: PLC0415 - comes with Gradio
    from starlette.middleware.trustedhost import TrustedHostMiddleware  # noqa: PLC0415

    from charrnn.ui.assets import asset  # noqa: PLC0415
    from charrnn.ui.page import theme  # noqa: PLC0415

    # A page elsewhere whose name was pointed at this machine has another host.
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
    return {
        "server_name": HOST,
        "server_port": port,
        "share": False,
        "inbrowser": False,
        "prevent_thread_lock": True,
        "quiet": True,
        "show_error": True,
        "footer_links": [],
        "run_history": False,
        "enable_monitoring": False,
        "ssr_mode": False,
        "pwa": False,
        "mcp_server": False,
        "theme": theme(),
        "head": f"<style>{asset('page.css')}</style>",  # as it is: Gradio's own `css` changes the selectors
        "app_kwargs": {"middleware": [hosts, Middleware(_Policy)]},
    }


class _Policy:
    """Adds the content security policy to each answer."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_with_policy(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {
                    **message,
                    "headers": [*message["headers"], (b"content-security-policy", POLICY.encode())],
                }
            await send(message)

        await self._app(scope, receive, send_with_policy)
