"""Suggestions come back in the writer's own typography."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.typography import Typography
from charrnn.vocabulary import Vocabulary

ALPHABET = "\n" + "".join(map(chr, range(32, 127)))
STYLES = st.builds(Typography, st.booleans(), st.sampled_from(["--", "\u2014"]), st.sampled_from(["...", "\u2026"]))


@pytest.mark.parametrize(
    ("text", "habits"),
    [
        ("", Typography()),
        ("plain", Typography()),
        ('It\'s "so"', Typography(curly=False)),
        ("It\u2019s \u201cso\u201d", Typography(curly=True)),
        ("It\u2019s 'so' \"it\"", Typography(curly=False)),  # what is used more often
        ("a -- b", Typography(dash="--")),
        ("a\u2014b -- c\u2014d", Typography(dash="\u2014")),
        ("so\u2026", Typography(ellipsis="\u2026")),
        ("so... so\u2026 so...", Typography(ellipsis="...")),
    ],
)
def test_habits_are_read_off_the_text(text: str, habits: Typography) -> None:
    assert Typography.of(text) == habits


CURLY = Typography(curly=True)


@pytest.mark.parametrize(
    ("habits", "before", "plain", "shown"),
    [
        (CURLY, "He said, ", '"It\'s late," and', "\u201cIt\u2019s late,\u201d and"),
        (CURLY, "He said, \u201cIt", "'s late.\"", "\u2019s late.\u201d"),
        (CURLY, "", '"A', "\u201cA"),
        (CURLY, "He said, \u201c", "'Tis", "\u2018Tis"),
        (CURLY, "one\u2014", '"two', "\u201ctwo"),
        (CURLY, "(", '"a"', "\u201ca\u201d"),
        (Typography(), "It", '\'s "so"', '\'s "so"'),
        (Typography(), "one", "--two", "\u2014two"),
        (Typography(dash="--"), "one", "--two", "--two"),
        (Typography(), "one-", "-two", "-two"),  # the writer has begun a dash in another style
        (Typography(), "one-", "--two", "--two"),
        (Typography(ellipsis="\u2026"), "well", "... so", "\u2026 so"),
        (Typography(ellipsis="\u2026"), "well.", "..", ".."),
        (Typography(ellipsis="..."), "well", "... so", "... so"),
    ],
)
def test_a_suggestion_takes_them_over(habits: Typography, before: str, plain: str, shown: str) -> None:
    assert habits.apply(plain, before) == shown


@given(STYLES, st.text(st.sampled_from("ab -.'\"\u201c\u2019")), st.text(st.sampled_from("ab -.'\"\n")))
def test_the_style_changes_nothing_but_the_style(habits: Typography, before: str, plain: str) -> None:
    vocabulary = Vocabulary.of(ALPHABET)
    assert vocabulary.decode(vocabulary.encode(habits.apply(plain, before))) == plain
