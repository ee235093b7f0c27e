"""Speaks as `charrnn-train --json` does and trains nothing: `--name` says how it goes."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path


def say(**event: object) -> None:
    print(json.dumps(event), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--name")
    parser.add_argument("--runs")
    parser.add_argument("--max-minutes", type=float)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    assert options.json
    print("A library prints this.")
    say(event="reading", files=len(options.paths), skipped=[])
    say(event="started", characters=310_000, heldOut=16_000, base="english", parameters=3)
    say(event="progress", share=0.5, secondsLeft=190.0, bitsPerCharacter=2.1, heldOut=1.93)
    match options.name:
        case "fails":
            say(event="error", message="There is no text in it.")
            return 1
        case "crashes":
            raise RuntimeError("out of luck")
        case "stays":
            return stay(Path(options.runs))
    nice = os.getpriority(os.PRIO_PROCESS, 0) if hasattr(os, "getpriority") else None
    say(event="done", model=options.name, path="/there", maxMinutes=options.max_minutes, nice=nice, paths=options.paths)
    return 0


def stay(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pid").write_text(str(os.getpid()), encoding="ascii")
    try:  # from here on it can be stopped
        say(event="progress", share=0.6)
        while True:
            time.sleep(0.01)
    except KeyboardInterrupt:
        (folder / "saved").touch()
        say(event="stopped")
        return 130


if __name__ == "__main__":
    sys.exit(main())
