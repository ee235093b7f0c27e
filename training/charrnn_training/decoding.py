"""Bytes of a text file -> text: UTF-8, UTF-16 and UTF-32, and by detection what older programs wrote.

A file is decoded piece by piece, so its size does not matter. Bytes that are no UTF-8 in the middle of UTF-8 are read
as Windows-1252, which is what they nearly always are: a text that was pasted together from two programs loses nothing.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from charset_normalizer import from_bytes

from charrnn.errors import TextError

SAMPLE = 1 << 18  # bytes that the encoding is told from
PIECE = 1 << 20  # bytes that are decoded at a time
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins as UTF-16's mark does, so it is tried first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What a writer of a European language may have besides UTF-8; others are found only with a mark.
_CANDIDATES = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "koi8_r", "iso8859_2", "mac_roman", "cp437"]
_CANDIDATES += ["cp850", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"]
_STRAY = re.compile("[\udc80-\udcff]")
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))
MOST_CONTROLS = 0.002  # share of a text's bytes that may be control characters


class Decoded:
    """The text of one file, in pieces; `encoding` is what it was found to be, `strays` what else stood in it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.strays = 0  # bytes within UTF-8 that were read as Windows-1252
        self.encoding = ""

    def __iter__(self) -> Iterator[str]:
        """Pieces of text with `\\n` line ends. Raises `TextError` where it cannot be read or is not text."""
        try:
            with self.file.open("rb") as opened:
                sample = opened.read(SAMPLE)
                self.encoding = encoding_of(sample, self.file)
                decoder = codecs.getincrementaldecoder(self.encoding)(_errors(self.encoding))
                held = ""
                piece = sample
                while piece:
                    text = held + self._counted(decoder.decode(piece))
                    held = "\r" if text.endswith("\r") else ""  # its "\n" may come with the next piece
                    yield _unix(text.removesuffix("\r"))
                    piece = opened.read(PIECE)
                yield _unix(held + self._counted(decoder.decode(b"", final=True)))
        except OSError as error:
            raise TextError(f"{self.file} cannot be read: {error.strerror}.") from error

    def _counted(self, text: str) -> str:
        """The text with the bytes that `surrogateescape` kept decoded."""
        strays = _STRAY.findall(text)
        self.strays += len(strays)
        for stray in set(strays):
            text = text.replace(stray, bytes([ord(stray) - 0xDC00]).decode("cp1252", "ignore"))
        return text


def encoding_of(sample: bytes, file: Path) -> str:
    """The name of the encoding of a file that begins with `sample`. Raises `TextError` where it is no text."""
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    if b"\0" in sample:
        return _wide_encoding(sample, file)
    if len(sample) - len(sample.translate(None, _CONTROLS)) > MOST_CONTROLS * len(sample):
        raise TextError(f"{file} is not text (it is full of control characters). Leave it out.")
    return "utf-8" if _mostly_utf8(sample) else _legacy_encoding(sample, file)


def _wide_encoding(sample: bytes, file: Path) -> str:
    """UTF-16 without a mark: in most languages every other byte of it is often zero, and the rest never is."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    wide = len(sample) // 2
    if odd > 0.3 * wide and even < 0.01 * wide:
        return "utf-16-le"
    if even > 0.3 * wide and odd < 0.01 * wide:
        return "utf-16-be"
    raise TextError(f"{file} is not text (it contains NUL bytes). Leave it out, or save it as plain text.")


def _mostly_utf8(sample: bytes) -> bool:
    """Whether this is UTF-8, but for a character that is cut at the end and for less than what is right."""
    text = sample.decode("utf-8", "surrogateescape")
    strays = len(_STRAY.findall(text[:-4]))
    right = sum(letter > "\x7f" for letter in text) - strays
    return strays == 0 or right > strays


def _legacy_encoding(sample: bytes, file: Path) -> str:
    found = from_bytes(sample, cp_isolation=_CANDIDATES, preemptive_behaviour=False)
    names = [match.encoding for match in found]
    if not names:
        raise TextError(f"{file} is in no encoding that is known here. Save it as UTF-8.")
    # Where Windows-1252 gives a text no stranger than another encoding does, it is the far likelier one.
    western = next((match for match in found if match.encoding == "cp1252"), None)
    best = found.best()
    assert best is not None
    return "cp1252" if western is not None and western.chaos <= best.chaos else best.encoding


def _errors(encoding: str) -> str:
    return "surrogateescape" if encoding.startswith("utf-8") else "replace"


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
