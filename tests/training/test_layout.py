from __future__ import annotations

import re

import numpy as np

from charrnn_training.layout import LIST, NARROWEST, WIDEST, hard_wrap, mark_up, vary_layout

PARAGRAPH = "The wind had dropped in the night, and the sea lay as flat as a plate. " * 6
DOCUMENT = f"{PARAGRAPH.strip()}\n\n{PARAGRAPH.strip()}"


def test_a_hard_wrapped_document_has_the_same_words_in_short_lines() -> None:
    wrapped = hard_wrap(DOCUMENT, 60)
    assert wrapped.split() == DOCUMENT.split()
    assert max(map(len, wrapped.split("\n"))) <= 60
    assert "\n\n" in wrapped


def test_about_the_wanted_share_is_varied_and_never_its_words() -> None:
    documents = [f"{n}. {DOCUMENT}" for n in range(400)]
    varied = list(vary_layout(documents, 0.5, seed=3))
    changed = [new for old, new in zip(documents, varied, strict=True) if new != old]
    assert 120 < len(changed) < 260
    assert [_words(new) for new in varied] == [_words(old) for old in documents]
    wrapped = [new for new in changed if max(map(len, new.split("\n"))) <= WIDEST]
    assert 0 < len(wrapped) < len(changed)
    assert all(max(map(len, new.split("\n"))) > NARROWEST - 20 for new in wrapped)


def test_nothing_is_varied_without_a_share() -> None:
    assert list(vary_layout([DOCUMENT] * 9, 0.0, seed=3)) == [DOCUMENT] * 9


def test_markdown_marks_titles_lists_quotations_and_words() -> None:
    document = "\n\n".join(["The Long Road", *[PARAGRAPH.strip()] * 300, "A Second Part", PARAGRAPH.strip()])
    marked = mark_up(document, np.random.default_rng(5))
    assert marked.startswith("# The Long Road\n\n")
    assert "\n\n## A Second Part\n\n" in marked
    lines = marked.split("\n")
    for mark in ("- The wind", "* The wind", "2. The wind", "> The wind"):
        assert any(line.startswith(mark) for line in lines)
    listed = sum(1 for paragraph in marked.split("\n\n") if re.match(r"[-*>1]", paragraph))
    assert 0 < listed < 2 * LIST * 300
    assert re.search(r" \*\w+\* ", marked)
    assert re.search(r" \*\*\w+\*\* ", marked)
    assert re.search(r" _\w+_ ", marked)
    assert _words(marked) == _words(document)


def _words(text: str) -> list[str]:
    """The words of a text without the marks and numbers of Markdown."""
    return re.findall(r"[A-Za-z]+", text)
