"""Where it is silent in each language, and that prose never is by mistake. The cursor is at each `@`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn_lsp import regions
from charrnn_lsp.documents import split_lines
from charrnn_lsp.regions import FURTHEST, Regions
from charrnn_lsp.syntaxes import regions_of


def region(text: str, language: str = "markdown") -> str | None:
    before, _, after = text.partition("@")
    lines = split_lines(before + after)
    head = split_lines(before)
    return regions_of(language).at(lines, len(head) - 1, len(head[-1]))


PROSE = {
    "markdown": [
        "@",
        "It was@ a dark night.",
        "It cost $5 and then $6@ more.",
        "It cost $5@ and then $6 more.",
        "Between $10 and $20@",
        "US$ 5 is what it@ costs",
        "She had $5/$10@ notes",
        "$5.00 for a **bold** and _quiet_ man@",
        "a * b * c and snake_case_words@ and __init__ of it",
        "this | that@ or the other",
        "Either|or@",
        "| The limerick packs laughs anatomical@\n| In space that is quite economical.",
        "don`t worry, it won`t@ matter",
        "x < y and so@ on",
        "I <3 you@",
        "a <- b@",
        "`code` and prose@",
        "``a ` b`` and prose@",
        "see https://example.org/x for@",
        "[a link](https://example.org) and@",
        "[a link@](https://example.org)",
        "<em>stressed</em> words@",
        "<!-- a remark --> words@",
        "$x$ is@ a number",
        "- an item\n\n    and its second paragraph@",
        "1. an item\n\n    and its second paragraph@",
        "- item\n    going on@",
        "A paragraph\n    going on, indented@",
        "```\ncode\n```\nprose@",
        "~~~ python\ncode\n```\n~~~\nprose@",
        "> ```\n> code\n> ```\n> prose@",
        "---\ntitle: x\n---\nprose@",
        "---\n\nA line, then prose. The break was a scene@",
        "---\nChapter 1: never closed\n" + "\n" * 30 + "prose@",
        "***\n\nprose@",
        "$$\nx\n$$\nprose@",
        "$$ is what everyone wants@",
        "$$\nnever closed\n\nprose@",
        "<!-- one\ntwo -->\nprose@",
        "a | b\n--|--\n1 | 2\n\nprose@",
        "Heading\n---\nprose@",
        "He said \\`hello@",
        "The tag <b>bold</b> is@",
        "50% of \\emph{it}@",
        "# Heading of@ a chapter",
        "> quoted prose@",
    ],
    "latex": [
        "It was@",
        "\\documentclass{book}\n\\begin{document}\nIt was@",
        "\\emph{It was@}",
        "\\section{On the@}",
        "\\footnote{A note of@}",
        "costs \\$5 and@",
        "$x$ is@",
        "$x\n+ y$ is@",
        "$$x$$ is@",
        "\\[\nx\n\\]\nprose@",
        "50\\% of@",
        "% a comment\nprose@",
        "\\begin{equation}\nx\n\\end{equation}\nprose@",
        "\\begin{verbatim}\n$ % \\\n\\end{verbatim}\nprose@",
        "\\begin{quote}\nprose@",
        "\\cite{me} says@",
        "line\\\\ and@",
        "\\textbf{a} and@",
        "\\begin{lstlisting}\n% $\n\\end{lstlisting}\nprose@",
    ],
    "rst": [
        "It was@",
        "An example::\n\n    code\n\nprose@",
        ".. note::\n\n   Prose@",
        ".. code-block:: python\n\n   code\n\nprose@",
        "``code`` and@",
        ":ref:`there` and@",
        ".. a comment\n   on\n\nprose@",
        "Heading\n=======\n\nprose@",
        "this | that@",
    ],
    "asciidoc": [
        "@",
        "= A title@",
        "It was@ a dark night.",
        "Don't say `never` again@",
        "she didn`t mind@",
        "----\ncode\n----\nprose@",
        "....\nliteral\n....\nprose@",
        "|===\n| a | b\n|===\nprose@",
        "```ruby\ncode\n```\nprose@",
        "****\nprose in a sidebar@\n****",
        "NOTE: prose@",
        "* an item@",
        "[abstract]\nprose@",
        "see <<chapter>> for@",
        "a list: one@",
        "x < y and so@ on",
        "At 9:30@ it began. And then",
        ". An ordered item@",
        "https://example.org[a link] and@",
    ],
    "html": [
        "<p>It was@</p>",
        "<p>\nIt was@",
        "<script>x</script> prose@",
        "<pre>\nx\n</pre>\nprose@",
        "<!-- x\n--> prose@",
        "<p\nclass='x'>prose@",
        "x < y and@",
    ],
    "plaintext": ["$x@", "```\nIt was@", "    indented@", "a | b@", "\\emph@", "<b@", "`x@"],
}
SILENT = {
    "markdown": [
        ("```\n@", "code"),
        ("```python@", "code"),
        ("~~~\n```\ncode@", "code"),
        ("````\n```\ncode@", "code"),
        ("- item\n\n  ```\n  code@", "code"),
        ("> ```\n> code@", "code"),
        ("prose\n\n    code@", "code"),
        ("prose\n\n\tcode@", "code"),
        ("prose\n\n    code\n    more@", "code"),
        ("use `cod@e` here", "code"),
        ("use `cod@", "code"),
        ("use ``a ` b@``", "code"),
        ("---\ntitle: x@\n---\n", "frontMatter"),
        ("---\n@", "frontMatter"),
        ("+++\ntitle = 'x'\nother@", "frontMatter"),
        ("see https://example.org/a@", "urls"),
        ("see www.exam@ple.org", "urls"),
        ("[a](docs/th@ere.md)", "urls"),
        ("[a]: docs/th@ere.md", "urls"),
        ("<https://x@", "urls"),
        ("| a | b@", "tables"),
        ("a | b\n--|--\n1 | 2@", "tables"),
        ("a | b@\n--|--\n", "tables"),
        ("|---|-@", "tables"),
        ("the value $x@$ is", "math"),
        ("the value $x_1 + @", "math"),
        ("the value $\\alpha@", "math"),
        ("$$\nx = @", "math"),
        ("$$ x = @", "math"),
        ("\\[\nx = @", "math"),
        ("\\( x@", "math"),
        ("<img src='@", "markup"),
        ("<sp@", "markup"),
        ("<!-- a remark@", "markup"),
        ("<!-- a\nremark@", "markup"),
        ("</em@", "markup"),
    ],
    "latex": [
        ("\\documentclass{book}\n\\title{@", "frontMatter"),
        ("\\documentclass{book}@", "frontMatter"),
        ("\\begin{verbatim}\ncode@", "code"),
        ("\\begin{lstlisting}[language=C]\ncode % @", "code"),
        ("\\begin{align*}\nx@\n\\end{align*}", "math"),
        ("the value $x@", "math"),
        ("the value $x\n+ y@", "math"),
        ("\\( x@ \\)", "math"),
        ("\\[ x@ \\]", "math"),
        ("$$ x@", "math"),
        ("\\begin{tabular}{ll}\na & b@", "tables"),
        ("% a comment@", "markup"),
        ("prose % a comment@", "markup"),
        ("\\emp@", "markup"),
        ("\\cite{some@", "markup"),
        ("\\citep[p. 5]{some@", "markup"),
        ("\\autoref{some@", "markup"),
        ("\\label{sec:@}", "markup"),
        ("\\begin{quo@", "markup"),
        ("\\includegraphics[width=@", "markup"),
        ("\\url{docs@", "urls"),
        ("\\href{docs@", "urls"),
    ],
    "rst": [
        ("An example::\n\n    code@", "code"),
        (".. code-block:: python\n\n   code@", "code"),
        (".. math::\n\n   x@", "math"),
        ("use ``cod@", "code"),
        ("see :ref:`the@", "code"),
        (".. a comment@", "markup"),
        (".. a comment\n   going on@", "markup"),
        ("+---+---+\n| a | b@ |", "tables"),
        ("=====  =====@", "tables"),
        ("`a <docs@", "urls"),
    ],
    "asciidoc": [
        ("----\nco@de\n----", "code"),
        ("[source,ruby]\n----\nputs @\n", "code"),
        ("....\nlit@eral", "code"),
        ("```ruby\nputs @\n```", "code"),
        ("////\na remark@\n////", "markup"),
        ("// a remark@", "markup"),
        ("|===\n| a@ | b\n|===", "tables"),
        ("++++\n<b>@\n++++", "markup"),
        (":author: Jane@", "markup"),
        ("[source,ru@", "markup"),
        ("image::pic@ture.png[]", "markup"),
        ("say `co@de` here", "code"),
        ("stem:[x^2@", "code"),
        ("see <<chap@", "urls"),
        ("xref:other@", "urls"),
        ("----@", "markup"),
    ],
    "html": [
        ("<p cla@", "markup"),
        ("<p\nclass='@", "markup"),
        ("<!-- @", "markup"),
        ("<script>\nvar x@", "code"),
        ("<pre>x@", "code"),
        ("<head>\n<title>x@", "frontMatter"),
        ("<table>\n<tr><td>x@", "tables"),
    ],
    "plaintext": [("see https://x@", "urls")],
}


@pytest.mark.parametrize(("language", "text"), [(language, text) for language in PROSE for text in PROSE[language]])
def test_prose_is_prose(language: str, text: str) -> None:
    assert region(text, language) is None


@pytest.mark.parametrize(("language", "text", "kind"), [(name, *case) for name in SILENT for case in SILENT[name]])
def test_the_rest_is_not(language: str, text: str, kind: str) -> None:
    assert region(text, language) == kind


LINES = st.sampled_from(
    [line for texts in PROSE.values() for text in texts for line in split_lines(text.replace("@", "") + "\n")[:-1]]
    + [
        line
        for cases in SILENT.values()
        for text, _ in cases
        for line in split_lines(text.replace("@", "") + "\n")[:-1]
    ]
)
EDITS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3), st.lists(LINES, max_size=3)), max_size=8)


@given(language=st.sampled_from(list(SILENT)), edits=EDITS, looks=st.lists(st.integers(0, 20)))
def test_edited_documents_are_as_fresh_ones(
    language: str, edits: list[tuple[int, int, list[str]]], looks: list[int]
) -> None:
    lines = ["\n"]
    kept = regions_of(language)
    for place, removed, new in edits:
        first = min(place, len(lines) - 1)
        lines[first : first + removed] = new or ["\n"]
        kept.edited(first)
        for look in looks:
            number = look % len(lines)
            offset = len(lines[number].rstrip("\n"))
            assert kept.at(lines, number, offset) == regions_of(language).at(lines, number, offset)


@given(language=st.sampled_from(list(SILENT)), text=st.text("`~$|<>-\\[](){}%:. \t\nab*_#/", max_size=60))
def test_any_text_has_a_region_everywhere(language: str, text: str) -> None:
    lines = split_lines(text)
    regions = regions_of(language)
    for number, line in enumerate(lines):
        for offset in range(len(line.rstrip("\n")) + 1):
            regions.at(lines, number, offset)


def test_it_reads_no_more_than_it_must() -> None:
    """Of a long document the nearest lines, and after an edit the edited one."""

    class Counting:
        def __init__(self) -> None:
            self.syntax = regions_of("markdown")._syntax
            self.first, self.at = self.syntax.first, self.syntax.at
            self.count = 0

        def after(self, *arguments: object) -> object:
            self.count += 1
            return self.syntax.after(*arguments)  # type: ignore[arg-type]

    lines = ["A line of prose.\n"] * 100_000
    syntax = Counting()
    regions = Regions(syntax)  # type: ignore[arg-type]
    regions.at(lines, 99_999, 3)
    assert syntax.count <= FURTHEST
    syntax.count = 0
    regions.edited(99_999)
    regions.at(lines, 99_999, 4)
    assert syntax.count == 0


def test_a_line_of_ten_megabytes() -> None:
    line = "word `$x$ <a " * 800_000
    assert regions_of("markdown").at([line], 0, len(line)) in (None, "code", "markup")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("markdown", " " * 100_000 + "x"),
        ("markdown", "\\(" * 50_000),
        ("markdown", "$a" + "=" * 100_000 + "$ "),
        ("markdown", "<!--" * 25_000 + "-->"),
        ("latex", "\\" + "cite" * 25_000 + "-"),
        ("rst", "::" * 50_000),
    ],
)
def test_no_line_takes_time_by_the_square_of_its_length(
    language: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regions, "LONGEST", 100_000)  # with squares, this would take minutes
    regions_of(language).at(["\n", line + "\n", line], 1, len(line))
    regions_of(language).at([line + "\n", "x"], 1, 1)
