"""Wheels that stand in for the server's: what an editor installs in a test starts the server of these tests."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

EXTRA = "stand_in_extra"

# In a Python of its own, whose training wants a package more than it has: the one that the extra brings.
SERVER = f"""
import sys
sys.path.append(sys.argv.pop(1))
from charrnn_lsp import cli, training
training.NEEDED += ({EXTRA!r},)
sys.exit(cli.main())
"""
PROGRAM = f"""
import os, sys, sysconfig
def main():
    python = {sys.executable!r}
    os.execv(python, [python, "-c", {SERVER!r}, sysconfig.get_path("purelib"), *sys.argv[1:]])
"""


def stand_in(folder: Path) -> Path:
    """A wheel named like the server's, with its program and its extra `train`; what that brings lies beside it."""
    wheel(folder, EXTRA, {f"{EXTRA}.py": ""})
    needs = f"Provides-Extra: train\nRequires-Dist: {EXTRA}; extra == 'train'\n"
    program = {"stand_in.py": PROGRAM}
    return wheel(folder, "charrnn_lsp", program, needs, "[console_scripts]\ncharrnn-lsp = stand_in:main\n")


def wheel(folder: Path, name: str, files: dict[str, str], needs: str = "", entries: str = "") -> Path:
    """A wheel with these files."""
    info = f"{name}-0.0.1.dist-info"
    content = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 0.0.1\n{needs}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": entries,
    }
    content[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*content, f"{info}/RECORD"])
    path = folder / f"{name}-0.0.1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in content.items():
            archive.writestr(member, text)
    return path
