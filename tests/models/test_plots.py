from __future__ import annotations

import sys
from pathlib import Path

import pytest

from charrnn.errors import OptionError
from charrnn.plots import check_plots, draw_plots
from charrnn.report import typing_figures
from charrnn.writer import Offer, Typing, type_text

TEXT = "It was a bright cold day. The clocks were striking. " * 8


def typed(length: int) -> Typing:
    return type_text(TEXT, 0, lambda place: Offer(TEXT[place : place + length], 0.5))


def test_plots_are_png_files(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    takers = {name: {**typing_figures([typed(length)]), "latency_ms": {}} for name, length in (("a", 4), ("b", 9))}
    curve = [{"min_confidence": gate, **typing_figures([typed(length)])} for gate, length in ((0.0, 9), (0.5, 4))]
    files = draw_plots({"takers": takers, "curve": curve}, tmp_path / "plots")
    assert len(files) == 1 + 2 * 4
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)


def test_without_matplotlib_one_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(OptionError, match=r"pip install 'charrnn-lsp\[report\]'"):
        check_plots()
