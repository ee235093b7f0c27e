"""A text that may follow the cursor, character by character, with its exact probability and what showing it is worth.

Its worth is the number of keys that it is expected to save, where the whole of it costs one key to take and otherwise
each of its words does:

    worth = sum over k of P(exactly the first k words are right) * (characters in them - k)
            + P(all of it comes) * P(its last word ends there) ** END * (its characters - 1)
            - cost * (keys at which what is left of it is expected to be shown, and to be wrong)

What is left is shown on while the writer types the same, and a writer who reads has taken what was right: what they
type themselves was not, and nothing else can be shown there. Without that term four texts of 2,000 characters save 32.5
instead of 33.4 % of the keys with the threshold off (benchmarks/searches.py). Where the last word goes on, as "house"
to "houses", what is shown is a piece of it, and still worth something: END says how much. What is asked for by hand is
looked at once, so that this costs nothing; else it costs LOOK.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from charrnn.endings import SENTENCE_CLOSERS, SENTENCE_ENDS

LOOK = 0.3  # keys that a suggestion saves on average
END = 0.5  # 0 if a piece of a word is worth as much as the word, 1 if it is worth nothing; see benchmarks/gates.py


@dataclass(slots=True)
class Continuation:
    """A text, and what is known of the words that a space has ended in it."""

    text: str
    probability: float = 1.0  # of all of `text`, exact
    rank: float = 0.0  # in the beam
    shaped: float = 0.0  # log-probability under the tempered distribution
    context: bytes = b""  # the symbols up to here, as far as the memory looks at them
    has_word: bool = False
    ends_sentence: bool = False
    words: int = 0
    gain: int = 0  # keys saved by taking those words one by one
    worth: float = 0.0  # their part of the worth
    space: float = 0.0  # probability that white space follows `text`
    before: float = 1.0  # probability of `text` without its last character
    letters: int = 0  # of the last word, with the space before it
    reached: float = 0.0  # sum of the probabilities of `text` up to each of them
    stale: float = 0.0  # keys at which the rest from one of the words before on is shown, and wrong

    def child(self, letter: str, probability: float, rank: float, shaped: float, context: bytes) -> Continuation:
        """This continuation and one more character. A space may end a word."""
        text = self.text
        has_word = self.has_word or letter.isalnum()
        ends = letter in SENTENCE_ENDS or (self.ends_sentence and letter in SENTENCE_CLOSERS)
        node = Continuation(text + letter, probability, rank, shaped, context, has_word, ends)
        node.words, node.gain, node.worth = self.words, self.gain, self.worth
        node.before, node.stale = self.probability, self.stale
        node.letters, node.reached = self.letters + 1, self.reached + node.probability
        if letter == " " and text and text[-1] != " ":
            node.words += 1
            node.gain = max(self.gain, len(text) - node.words)
            right = self.probability * self.space
            node.worth += right * (node.gain - self.gain)
            node.stale += self.reached - self.letters * right
            node.letters, node.reached = 1, node.probability
        return node

    def worth_of_all(self, length: int, bound: float, cost: float = LOOK) -> float:
        """The worth of a continuation of that `length` which goes on like this, and ends with probability `bound`.

        What this is not yet can only make it less. A rest of one character is not shown.
        """
        right = self.probability * math.pow(bound, END)
        stale = self.stale + self.reached - self.probability - self.before - (self.letters - 2) * right
        return self.worth + right * (length - 1 - self.gain) - cost * stale
