from __future__ import annotations

import pytest

from charrnn_training.markup import html_prose, latex_prose, markdown_prose

MARKDOWN = """---
title: x
---
# The Road

It was *late* and [the road](http://x.y "t") was dark.[^1] See ![pic](a.png) `code` <br> here <https://a.b>.

```python
x = 1
```

| a | b |
|---|---|
| 1 | 2 |

- one
- two

Text before code.

    indented code

<div>block</div>

***

> quoted

[ref]: http://foo
[^1]: A note that I wrote.
"""


def test_markdown_stays_as_it_was_typed_without_what_is_no_prose() -> None:
    assert markdown_prose(MARKDOWN) == (
        "# The Road\n\nIt was *late* and the road was dark. See `code` here .\n\n- one\n- two\n\nText before code.\n\n"
        "> quoted\n\nA note that I wrote."
    )


def test_a_page_is_its_article_without_the_furniture() -> None:
    page = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html><head><title>T</title><style>x{}</style></head>
<body><nav>Home | About</nav><header>Site</header><main><h1>Head</h1><p>It was   a <em>dark</em> night,<br>and<!-- c -->
stormy&nbsp;too<sup epub:type="noteref">1</sup>.</p><pre>code()</pre>after pre <ul><li>one</li><li>two</li></ul>
<table><tr><td>1</td></tr></table>tail text<div>Div <script>alert(1)</script>text</div><p hidden>no</p></main>
<footer>(c) 2020</footer></body></html>"""
    assert html_prose(page) == (
        "Head\n\nIt was a dark night,\nand stormy\u00a0too.\n\nafter pre\n\none\n\ntwo\n\ntail text\n\nDiv text"
    )


def test_a_page_without_an_article_is_all_of_its_text() -> None:
    assert html_prose("<p>One.<p>Two &amp; <b>three</b>.<ul><li>four") == "One.\n\nTwo & three.\n\nfour"
    assert html_prose("") == html_prose(" \n") == html_prose("<!-- empty -->") == ""


def test_latex_is_its_text() -> None:
    source = r"""\documentclass{article}
\title{X}
\newcommand{\me}{you}
\begin{document}
\maketitle
\section{The Road}\label{s}
It was ``late'' --- caf\'e\footnote{No.} and \emph{dark} \cite{foo}, \textcite[p.~3]{bar}. % comment
Let $x^2$ be so, as in Section~\ref{a}.
\[ a=b \]
\begin{equation} a \end{equation}
\begin{itemize}
\item One thing.
\item Another.
\end{itemize}
\begin{verbatim}
code
\end{verbatim}
\begin{figure}\caption{C}\end{figure}
The end. 50\% \& more
\end{document}
after"""
    assert latex_prose(source) == (
        "The Road\n\nIt was “late” — café and dark,.\nLet $x^2$ be so, as in Section.\n\nOne thing.\n\nAnother.\n\n"
        "The end. 50% & more"
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\begin{itemize} \item open", "open"),
        (r"before { \emph{", "before"),
        ("before $ never closed", "before $ never closed"),
        (r"\end{nothing} a}b", "ab"),
        ("\\", ""),
    ],
)
def test_broken_latex_is_read_as_far_as_it_goes(source: str, text: str) -> None:
    assert latex_prose(source) == text
