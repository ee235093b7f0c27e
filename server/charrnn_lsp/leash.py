"""Run a module as a program that ends with the one that started it.

    python -m charrnn_lsp.leash charrnn_training.cli ARGUMENTS...

The starter holds the other end of standard input. When it closes, on purpose or because the starter has died, however
it died, the module is interrupted as by Ctrl-C; where that does not end it in time, it is ended. A closed pipe is the
one signal that Windows and POSIX share.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

PATIENCE = 60.0  # seconds that a program has to save what it must


def main() -> None:
    """Entry point: becomes the module that the first argument names."""
    # A starter that runs in the background may have left the interrupt ignored, which is inherited.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    pipe = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)  # the module must not read from the pipe
    os.close(nothing)
    threading.Thread(target=_watch, args=(pipe,), daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _watch(pipe: int) -> None:
    while os.read(pipe, 4096):
        pass
    signal.raise_signal(signal.SIGINT)
    time.sleep(PATIENCE)
    os._exit(1)


if __name__ == "__main__":
    main()
