from __future__ import annotations

from charrnn_training.layout import NARROWEST, WIDEST, hard_wrap, vary_layout

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
    assert 140 < len(changed) < 260
    assert [new.split() for new in varied] == [old.split() for old in documents]
    wrapped = [new for new in changed if max(map(len, new.split("\n"))) <= WIDEST]
    assert 0 < len(wrapped) < len(changed)
    assert all(max(map(len, new.split("\n"))) > NARROWEST - 20 for new in wrapped)


def test_nothing_is_varied_without_a_share() -> None:
    assert list(vary_layout([DOCUMENT] * 9, 0.0, seed=3)) == [DOCUMENT] * 9
