from __future__ import annotations

from pathlib import Path

import pytest

from charrnn_training.formats import read_documents
from charrnn_training.outlines import asciidoc_prose, org_prose, rst_prose

ORG = """#+TITLE: The Road
# a comment
* TODO [#A] Setting out :draft:home:
:PROPERTIES:
:CUSTOM_ID: out
:END:
SCHEDULED: <2026-03-01 Sun>
It was late and [[https://a.b][the road]] was dark.[fn:1] See [[file:a.png]] here.

#+begin_src python
x = 1
#+end_src
#+begin_quote
A word that was said.
#+end_quote

| a | b |
: fixed

- one
- two
"""

RST = """The Road
========

:Author: nobody

It was late and `the road <http://a.b>`_ was dark [1]_. See :ref:`the map <map>` and ``code``::

    x = 1

After that, a list:

- one
- two

.. code-block:: python

   y = 2

   z = 3

.. a comment
   that goes on

.. note::

   This is *prose*.

.. [1] What I wrote below.

+---+---+
| a | b |
+---+---+
"""

ADOC = """= The Road
:author: nobody

[quote]
____
It was late and https://a.b[the road] was dark.footnote:[no]
____

// a comment
See <<map,the map>> and xref:end.adoc[the end], or image:a.png[] <<x>>.

[source,python]
----
x = 1

y = 2
----

|===
|a |b
|===

* one
* two
"""


def test_org_is_read_without_its_keywords_drawers_and_code() -> None:
    assert org_prose(ORG) == (
        "* Setting out\nIt was late and the road was dark. See here.\n\nA word that was said.\n\n- one\n- two"
    )


def test_restructured_text_is_read_without_directives_and_literal_blocks() -> None:
    assert rst_prose(RST) == (
        "The Road\n\nIt was late and the road was dark. See the map and ``code``:\n\nAfter that, a list:\n\n- one\n"
        "- two\n\nThis is *prose*.\n\nWhat I wrote below."
    )


def test_asciidoc_is_read_without_attributes_blocks_and_macros() -> None:
    assert asciidoc_prose(ADOC) == (
        "= The Road\n\nIt was late and the road was dark.\n\nSee the map and the end, or.\n\n* one\n* two"
    )


def test_prose_without_markup_stays_as_it_is() -> None:
    text = 'He said: nothing.\n\n"Well -- no," she said; 3 < 4 | 5. A list:\n\n1. one\n2. two'
    assert org_prose(text) == rst_prose(text) == asciidoc_prose(text) == text


def test_what_is_never_closed_ends_with_the_file() -> None:
    assert org_prose("One.\n#+BEGIN_SRC c\nint x;") == "One."
    assert asciidoc_prose("One.\n----\nint x;") == "One."
    assert rst_prose("One.\n\n..\n   hidden\n") == "One."
    assert org_prose("") == rst_prose("") == asciidoc_prose("") == ""


@pytest.mark.parametrize("name", ["a.org", "a.rst", "a.adoc"])
def test_a_file_is_read_by_its_ending(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text({"a.org": ORG, "a.rst": RST, "a.adoc": ADOC}[name], encoding="utf-8")
    (document,) = read_documents(tmp_path / name, [])
    assert "the road was dark" in document
    assert "x = 1" not in document
