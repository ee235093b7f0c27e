"""A file of any format that is read -> the documents in it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from charrnn.errors import TextError
from charrnn_training.boilerplate import split_documents
from charrnn_training.decoding import Decoded

PLAIN = (".txt", ".text")
MARKDOWN = (".md", ".markdown", ".mdown", ".qmd", ".rmd")
HTML = (".html", ".htm", ".xhtml")
ORG, RST, ASCIIDOC = (".org",), (".rst", ".rest"), (".adoc", ".asciidoc")
READ = (*PLAIN, *MARKDOWN, ".tex", *HTML, *ORG, *RST, *ASCIIDOC, ".docx", ".odt", ".epub")
LARGEST_MARKED_UP = 1 << 26  # bytes of a file with markup, which is parsed as a whole
# Formats in which people have prose too, and what to do about them.
NOT_READ = {
    ".pdf": "PDF says where letters stand, not what was written; export the text as .docx, .odt or .txt",
    ".doc": "save it as .docx",
    ".docm": "save it as .docx",
    ".rtf": "save it as .docx or .odt",
    ".wpd": "save it as .docx or .odt",
    ".sxw": "save it as .odt",
    ".fodt": "save it as .odt",
    ".pages": "export it as .docx or .epub",
    ".mobi": "convert it to .epub",
    ".azw3": "convert it to .epub",
    ".scriv": "compile it to .docx or .md",
    ".gdoc": "it only says where Google has the text; download it as .docx",
    **dict.fromkeys((".eml", ".mbox", ".msg", ".pst"), "mail is more than its text; save what you wrote as .txt"),
}
PACKAGES = (".scriv", ".pages")  # of these, formats that keep a document in a folder
Text = TypeVar("Text", str, list[str])
_CHARSET = re.compile(rb"<meta[^>]+charset=[\"']?([\w-]+)|<\?xml[^>]+encoding=[\"']([\w-]+)", re.I)


def printable(name: Path | str) -> str:
    """The name of a file, or what has some in it, for reports: it may be no text in the system's encoding."""
    return os.fsencode(name).decode("utf-8", "replace")


def read_documents(file: Path, notes: list[str]) -> Iterator[str]:
    """The documents of one file. What is worth telling about it is added to `notes`. Raises `TextError`.

    A plain text has one between two blank lines, an e-book one a chapter, any other file is one.
    """
    suffix = file.suffix.lower()
    if suffix in (".docx", ".odt", ".epub"):
        yield from filter(None, _office(file, suffix))
    elif (convert := _markup(suffix)) is not None:
        if document := _named(file, lambda: convert(_whole(file, suffix, notes))):
            yield document
    else:
        decoded = Decoded(file)
        yield from split_documents(decoded)
        _note_strays(decoded, notes)


def _office(file: Path, suffix: str) -> list[str]:
    # Parsing XML takes long to import, and most people's texts need none.
    from charrnn_training import office  # noqa: PLC0415

    if suffix == ".epub":
        return _named(file, lambda: office.epub_prose(file))
    convert = office.docx_prose if suffix == ".docx" else office.odt_prose
    return [_named(file, lambda: convert(file))]


def _markup(suffix: str) -> Callable[[str], str] | None:
    if suffix in PLAIN or suffix not in READ:
        return None
    from charrnn_training import markup, outlines  # noqa: PLC0415

    converters = {
        markup.markdown_prose: MARKDOWN,
        markup.html_prose: HTML,
        markup.latex_prose: (".tex",),
        outlines.org_prose: ORG,
        outlines.rst_prose: RST,
        outlines.asciidoc_prose: ASCIIDOC,
    }
    return next(convert for convert, suffixes in converters.items() if suffix in suffixes)


def _named(file: Path, read: Callable[[], Text]) -> Text:
    """What `read` gives, or its error with the name of the file."""
    try:
        return read()
    except TextError as error:
        raise TextError(str(error) if str(file) in str(error) else f"{file} cannot be read: {error}.") from error
    except OSError as error:
        raise TextError(f"{file} cannot be read: {error.strerror}.") from error


def _whole(file: Path, suffix: str, notes: list[str]) -> str:
    if file.stat().st_size > LARGEST_MARKED_UP:
        raise TextError(f"it is larger than {LARGEST_MARKED_UP >> 20} MB; divide it, or save it as plain text")
    if suffix in HTML and (text := _declared(file)) is not None:
        return text
    decoded = Decoded(file)
    text = "".join(decoded)
    _note_strays(decoded, notes)
    return text


def _declared(file: Path) -> str | None:
    """The text of a page in the encoding that it says it has, if it is that."""
    content = file.read_bytes()
    declared = _CHARSET.search(content[:4096])
    try:
        return content.decode((declared[1] or declared[2]).decode()) if declared else None
    except (UnicodeError, LookupError):
        return None


def _note_strays(decoded: Decoded, notes: list[str]) -> None:
    if decoded.strays:
        notes.append(
            f"{printable(decoded.file)} mixes encodings: {decoded.strays:,} bytes that are no UTF-8 were read as "
            "Windows-1252"
        )
