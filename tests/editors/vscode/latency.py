"""How long a writer waits for grey text, by what is drawn in a real editor."""

from __future__ import annotations

from contextlib import suppress

from tests.editors.vscode.window import Window

LONGEST = 2.0  # seconds after which nothing is expected to come


def waits(window: Window, text: str) -> list[float]:
    """Milliseconds from each key of `text` to new grey text, for keys that lead to some.

    The start is the browser's time of the key event. Each frame from then on is looked at, and the end is the last one
    in which the grey text changed before it stayed as it was for a quarter of a second: so an upper bound, within a
    frame. Keys that only shorten what is shown, as it was typed, are left out: these the editor serves by itself.
    """
    found = []
    before = window.ghost()
    for key in text:
        window.film_ghost()
        window.type(key)
        ghost = ""
        with suppress(AssertionError):
            window.until(window.film, lambda film: any(time > 0 for time, _ in film), patience=LONGEST)
            ghost = window.settled(window.ghost, bool, patience=LONGEST)
        if ghost and ghost != before[1:]:
            found.append(window.film()[-1][0])
        before = ghost
    return found
