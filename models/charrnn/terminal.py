"""What is printed, and where: in colour on a terminal, in UTF-8 wherever a file or another program reads it."""

from __future__ import annotations

import functools
import io
import os
import sys
from collections.abc import Callable

BOLD, GREEN, GREY = "1", "32", "90"


def prepare_streams() -> None:
    """Make standard input and output take any text.

    A prompt may hold bytes that are no text, and characters that the terminal cannot write. Where there is no terminal
    on Windows, Python before 3.15 would write in the encoding of the country.
    """
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):
            foreign = sys.platform == "win32" and not stream.isatty()
            stream.reconfigure(encoding="utf-8" if foreign else None, errors=errors)


def run_printing(run: Callable[[], int]) -> int:
    """Run a command that prints; its exit status. Ctrl-C ends it, and so does a reader who has seen enough (`head`)."""
    prepare_streams()
    try:
        status = run()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or what is left would fail again at the exit
        return 0
    except KeyboardInterrupt:
        print()
        return 0
    return status


def styled(text: str, style: str) -> str:
    """Text in a style on a terminal that is not asked to do without; as it is, everywhere else."""
    if not is_colourful():
        return text
    return f"\x1b[{style}m{text}\x1b[0m"


def is_colourful() -> bool:
    """Whether standard output shows styles (https://no-color.org)."""
    if not sys.stdout.isatty() or "NO_COLOR" in os.environ:
        return False
    if sys.platform == "win32":
        _teach_the_console()
    return True


@functools.cache
def _teach_the_console() -> None:
    """Have the console of Windows 10 understand styles: it does once a shell has run in it."""
    os.system("")
