"""Which syntax a language has, by the editor's identifier."""

from __future__ import annotations

from collections.abc import Callable

from charrnn_lsp.asciidoc import AsciiDoc
from charrnn_lsp.html import Html
from charrnn_lsp.latex import Latex
from charrnn_lsp.markdown import Markdown
from charrnn_lsp.regions import Plain, Regions, Syntax
from charrnn_lsp.restructuredtext import RestructuredText

SYNTAXES: dict[str, Callable[[], Syntax]] = {
    **dict.fromkeys(("markdown", "quarto", "rmd"), Markdown),
    **dict.fromkeys(("latex", "tex"), Latex),
    **dict.fromkeys(("restructuredtext", "rst"), RestructuredText),
    "asciidoc": AsciiDoc,
    "html": Html,
}


def regions_of(language: str) -> Regions:
    """The regions of a document in that language, before any line was read."""
    return Regions(SYNTAXES.get(language.lower(), Plain)())
