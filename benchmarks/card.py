"""Put the bundled model beside others in its card: `python benchmarks/card.py`, once the figures are measured.

The card is written when the model is trained; what n-grams and compressors make of the same texts is measured later, by
`compression.py` and `compare.py`.
"""

from __future__ import annotations

import hashlib
import json

from readme import comparison_table, compression_table, result

from charrnn.artifact import CARD, CONFIG
from charrnn.library import BUNDLED, DEFAULT

HEAD = "## Beside others"
SECTION = """{head}

Bits per character of held-out text, stateful. A compressor has the held-out text alone, or behind 20 million characters
of each of the corpora; the 5-gram has read those.

{compression}

Keystrokes saved beside the best of n-grams where these are right as often: of a word 4-gram with recency, a character
5-gram and the completion of words by frequency.

{comparison}

Published bits per character, of other texts, for orientation:

| text | model | bits per character |
| --- | --- | --- |
| War and Peace | LSTM (Karpathy, Johnson and Li 2015) | 1.554 |
| War and Peace | 20-gram (the same) | 1.724 |
| English Wikipedia (MWC) | LSTM (Kawakami, Dyer and Blunsom 2017) | 1.736 |
| text8, Wikipedia in 27 letters | multiplicative LSTM of 45 million weights (Krause et al. 2016) | 1.27 |
"""


def section() -> str:
    """What the card says of others."""
    tables = {
        "compression": compression_table(result("compression")),
        "comparison": comparison_table(result("compare")["rows"]),
    }
    return SECTION.format(head=HEAD, **tables)


def main() -> None:
    """Write the section to the end of the card, and the card's hash to the configuration."""
    card, file = BUNDLED / DEFAULT / CARD, BUNDLED / DEFAULT / CONFIG
    before = card.read_text(encoding="utf-8").partition(HEAD)[0].rstrip("\n")
    card.write_text(f"{before}\n\n{section()}", encoding="utf-8")
    config = json.loads(file.read_text(encoding="utf-8"))
    config["files"][CARD] = hashlib.sha256(card.read_bytes()).hexdigest()
    file.write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
