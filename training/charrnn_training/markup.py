"""Markdown, HTML and LaTeX -> prose: without code, tables, displayed formulas, addresses and the furniture of pages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import lxml.html
from lxml import etree
from markdown_it import MarkdownIt
from pylatexenc import latexwalker
from pylatexenc.latex2text import EnvironmentTextSpec, LatexNodes2Text, MacroTextSpec, get_default_latex_context_db
from pylatexenc.macrospec import LatexContextDb, MacroSpec

from charrnn.errors import TextError
from charrnn_training.boilerplate import without_head

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_MARKDOWN_LEFT_OUT = {"fence", "code_block", "html_block", "table_open", "hr"}
_IMAGE = re.compile(r" ?!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?")
_LINK = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\[[^\]]*\])")
_REFERENCE = re.compile(r"^ {0,3}\[[^^\]][^\]]*\]:[ \t]*\S+.*$", re.M)
_FOOTNOTE = re.compile(r"\[\^[^\]]+\](?:: )?")
_TAG = re.compile(r" ?<br ?/?>|</?[a-zA-Z][^>\n]*>|<!--.*?-->|<https?://[^>\s]*>", re.S)
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")

_LEFT_OUT = {
    *(
        "script",
        "style",
        "head",
        "nav",
        "footer",
        "aside",
        "form",
        "pre",
        "table",
        "figure",
        "figcaption",
        "svg",
        "math",
    ),
    *("noscript", "template", "button", "select", "textarea", "iframe", "object", "audio", "video", "canvas", "dialog"),
}
_BLOCKS = {
    *("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl", "dt", "dd", "blockquote", "section"),
    *("article", "main", "header", "hgroup", "address", "details", "summary", "body", "html", "br", "hr", "menu"),
}
_LEFT_OUT_TYPES = re.compile(
    r"\b(noteref|doc-noteref|cover|titlepage|halftitlepage|toc|landmarks|loi|lot|colophon|copyright-page|imprint|index"
    r"|bibliography|endnotes|footnotes?|pagebreak|navigation|search|banner|contentinfo)\b"
)

_LATEX_LEFT_OUT = (  # environments
    *("figure", "table", "tabular", "equation", "align", "gather", "multline", "eqnarray", "verbatim", "filecontents"),
    *("figure*", "table*", "tabular*", "equation*", "align*", "gather*", "multline*", "eqnarray*", "verbatim*"),
    *(
        "tabularx",
        "longtable",
        "displaymath",
        "math",
        "array",
        "Verbatim",
        "lstlisting",
        "minted",
        "comment",
        "titlepage",
    ),
    *("tikzpicture", "picture", "algorithm", "algorithmic", "thebibliography", "filecontents*"),
)
_LATEX_SILENT = {  # macros that print nothing of the text, by the arguments that they take
    "*[[{": ("cite", "citep", "citet", "citealp", "textcite", "parencite", "footcite", "autocite"),
    "{": (
        *("nocite", "ref", "eqref", "autoref", "cref", "Cref", "pageref", "label", "url", "bibliography", "index"),
        *("bibliographystyle", "input", "include", "pagestyle", "thispagestyle", "title", "author", "date", "thanks"),
    ),
    "*{": ("hspace", "vspace"),
    "[{": ("documentclass", "usepackage", "includegraphics", "footnote"),
    "{{": ("glossary", "setcounter", "setlength", "addcontentsline", "newcommand", "renewcommand"),
    "": ("maketitle", "tableofcontents", "printbibliography", "listoffigures", "listoftables"),
}
_LATEX_TITLES = ("part", "chapter", "section", "subsection", "subsubsection")


def markdown_prose(source: str) -> str:
    """Markdown as it was typed, since that is what an editor will show the model, without what is no prose."""
    lines = without_head(source).split("\n")
    for token in _MARKDOWN.parse("\n".join(lines)):
        if token.type in _MARKDOWN_LEFT_OUT and token.map:
            first, stop = token.map
            lines[first:stop] = [""] * (stop - first)
    text = "\n".join(lines)
    for pattern, instead in ((_REFERENCE, ""), (_IMAGE, ""), (_LINK, r"\1"), (_FOOTNOTE, ""), (_TAG, "")):
        text = pattern.sub(instead, text)
    return one_document(text)


def html_prose(source: str) -> str:
    """The paragraphs of a page, or of its articles where it says which these are."""
    try:
        page = lxml.html.document_fromstring(re.sub(r"\A\s*<\?xml[^>]*\?>", "", source) or "<p>")
    except etree.ParserError:  # there is nothing in it
        return ""
    roots = page.xpath("//main|//article[not(ancestor::main)][not(ancestor::article)]") or [page]
    text = "".join(part for root in roots for part in _html_parts(root))
    return one_document(re.sub(r"(?m)^ +", "", text))


def _html_parts(element: lxml.html.HtmlElement) -> Iterator[str]:
    """Pieces of the text of an element; a block begins and ends with a blank line, `<br>` is a line end."""
    for event, node in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        inside = event == "start"
        if not isinstance(node.tag, str) or (inside and _is_left_out(node)):
            if inside:
                node.text = None
                for child in list(node):
                    node.remove(child)
        elif node.tag in _BLOCKS:
            yield "\n" if node.tag == "br" and inside else "\n\n" if node.tag != "br" else ""
        if inside and isinstance(node.tag, str):
            yield _one_line(node.text)
        elif node is not element:
            yield _one_line(node.tail)


def _is_left_out(node: lxml.html.HtmlElement) -> bool:
    said = " ".join((node.get("epub:type", ""), node.get("role", "")))
    return node.tag in _LEFT_OUT or node.get("hidden") is not None or _LEFT_OUT_TYPES.search(said) is not None


def _one_line(text: str | None) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text or "")


def latex_prose(source: str) -> str:
    """The text of a LaTeX document: macros carried out, formulas in a line kept as they were typed."""
    if (begin := source.find(r"\begin{document}")) >= 0:
        source = source[begin + len(r"\begin{document}") :].split(r"\end{document}", maxsplit=1)[0]
    source = re.sub(r"(?s)(?<!\\)\\\[.*?\\\]|(?<!\\)\$\$.*?\$\$", "", source)
    try:
        text = _LATEX.latex_to_text(source, tolerant_parsing=True, latex_context=_LATEX_PARSING)
    except (latexwalker.LatexWalkerParseError, RecursionError, IndexError, ValueError) as error:
        raise TextError(f"its LaTeX cannot be read ({error})") from error
    for pattern, instead in ((r"(?m)^[ \t]+", ""), (r"[ \u00a0]+([,.;:])", r"\1"), (r" {2,}", " ")):
        text = re.sub(pattern, instead, text)
    return one_document(text)


def _latex_parsing() -> LatexContextDb:
    context = latexwalker.get_default_latex_context_db()
    silent = [MacroSpec(name, arguments) for arguments, names in _LATEX_SILENT.items() for name in names]
    context.add_context_category("charrnn", prepend=True, macros=silent)
    return context


def _latex_printing() -> LatexNodes2Text:
    context = get_default_latex_context_db()
    context.add_context_category(
        "charrnn",
        prepend=True,
        environments=[EnvironmentTextSpec(name, discard=True) for name in _LATEX_LEFT_OUT],
        macros=[
            *(MacroTextSpec(name, discard=True) for names in _LATEX_SILENT.values() for name in names),
            *(MacroTextSpec(name, "\n\n%(3)s\n\n") for name in _LATEX_TITLES),
            MacroTextSpec("item", "\n"),
        ],
    )
    return LatexNodes2Text(context, math_mode="verbatim", keep_comments=False, strict_latex_spaces=False)


_LATEX_PARSING = _latex_parsing()
_LATEX = _latex_printing()


def one_document(text: str) -> str:
    """The text with paragraphs parted by one blank line, so that it is one document; no spaces at line ends."""
    lines = (re.sub(r"[ \t]+$", "", line) for line in text.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n ")
