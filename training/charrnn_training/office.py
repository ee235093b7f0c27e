"""Word processors' documents and e-books -> prose: .docx, .odt and .epub are archives of XML.

The XML is read for its paragraphs alone. What was deleted while changes were tracked, comments, notes, tables, contents
and pictures are left out; text that was inserted while changes were tracked is in.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from charrnn.errors import TextError
from charrnn_training.markup import html_prose, one_document

_DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError)  # what zipfile raises for such
LARGEST_PART = 1 << 27  # bytes of an unpacked part: text of that size is no document, but a trap
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
_OPF = "{http://www.idpf.org/2007/opf}"
_NO_PROSE_STYLE = re.compile(r"(?i)code|preformatted|verbatim|listing|^toc|contents")
_DOCX_LEFT_OUT = {_MC_FALLBACK, *(_W + name for name in ("tbl", "del", "moveFrom", "pPr", "rPr", "sdtPr", "instrText"))}
_DOCX_SAYS = {_W + "tab": " ", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "-"}
_ODT_LEFT_OUT = {
    *(_TEXT + name for name in ("tracked-changes", "note", "table-of-content", "bibliography", "alphabetical-index")),
    *(_TEXT + name for name in ("illustration-index", "table-index", "ruby-text", "sequence-decls")),
    _OFFICE + "annotation",
    _TABLE + "table",
    _DRAW + "frame",
}
_EPUB_LEFT_OUT = re.compile(
    r"(?i)(^|[/_-])(cover|title-?page|half-?title(-?page)?|nav|toc|contents|colophon|uncopyright|copyright|imprint"
    r"|endnotes|loi|index)\.x?html?$"
)


def docx_prose(file: Path) -> str:
    """The paragraphs of a Word document. Raises `TextError`."""
    with _archive(file) as archive:
        body = _xml(archive, "word/document.xml").find(_W + "body")
    return _paragraphs([] if body is None else [_docx_text(p) for p in _within(body, (_W + "p",), _DOCX_LEFT_OUT)])


def _docx_text(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    if style is not None and _NO_PROSE_STYLE.search(style.get(_W + "val", "")):
        return ""
    parts = []
    for node in _walk(paragraph, _DOCX_LEFT_OUT):
        if node.tag == _W + "t":
            parts.append(node.text or "")
        elif node.get(_W + "type") != "page":
            parts.append(_DOCX_SAYS.get(str(node.tag), ""))
    return "".join(parts)


def odt_prose(file: Path) -> str:
    """The paragraphs of an OpenDocument text. Raises `TextError`."""
    with _archive(file) as archive:
        root = _xml(archive, "content.xml")
    names = {
        style.get(_STYLE + "name"): style.get(_STYLE + "parent-style-name", "") for style in root.iter(_STYLE + "style")
    }
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    found = []
    for paragraph in [] if body is None else _within(body, (_TEXT + "p", _TEXT + "h"), _ODT_LEFT_OUT):
        style = paragraph.get(_TEXT + "style-name", "")
        if not _NO_PROSE_STYLE.search(f"{style} {names.get(style, '')}".replace("_20_", " ")):
            found.append("".join(_odt_parts(paragraph)))
    return _paragraphs(found)


def _odt_parts(node: etree._Element) -> Iterator[str]:
    """Pieces of the text of a paragraph; OpenDocument has elements for spaces that XML would fold."""
    yield re.sub(r"[ \t\r\n]+", " ", node.text or "")
    for child in node:
        if child.tag == _TEXT + "s":
            yield " " * min(80, int(child.get(_TEXT + "c", "1")))
        elif child.tag == _TEXT + "tab":
            yield " "
        elif child.tag == _TEXT + "line-break":
            yield "\n"
        elif isinstance(child.tag, str) and child.tag not in _ODT_LEFT_OUT:
            yield from _odt_parts(child)
        yield re.sub(r"[ \t\r\n]+", " ", child.tail or "")


def epub_prose(file: Path) -> list[str]:
    """The chapters of an e-book in reading order, without covers, contents and notes. Raises `TextError`."""
    with _archive(file) as archive:
        found = _xml(archive, "META-INF/container.xml").find(f".//{_CONTAINER}rootfile")
        if found is None:
            raise TextError("its list of contents names no book")
        package = found.get("full-path", "")
        book = _xml(archive, package)
        items = {item.get("id"): item for item in book.iter(_OPF + "item")}
        chapters = []
        for reference in book.iter(_OPF + "itemref"):
            item = items.get(reference.get("idref"))
            if item is None or reference.get("linear") == "no" or "nav" in item.get("properties", "").split():
                continue
            name = posixpath.normpath(posixpath.join(posixpath.dirname(package), unquote(item.get("href", ""))))
            if "html" in item.get("media-type", "") and not _EPUB_LEFT_OUT.search(name):
                chapters.append(html_prose(_part(archive, name).decode("utf-8", "replace")))
    return [chapter for chapter in chapters if chapter]


def _archive(file: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except _DAMAGED as error:
        raise TextError("it is damaged, or is something else under that name") from error


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as opened:
            content = opened.read(LARGEST_PART + 1)
    except KeyError:
        raise TextError(f"it is damaged: {name} is missing in it") from None
    except RuntimeError as error:  # what zipfile raises for an encrypted part
        raise TextError("it is encrypted") from error
    except (*_DAMAGED, OSError) as error:
        raise TextError(f"it is damaged: {name} cannot be unpacked") from error
    if len(content) > LARGEST_PART:
        raise TextError(f"it unpacks to more than {LARGEST_PART >> 20} MB")
    return content


def _xml(archive: zipfile.ZipFile, name: str) -> etree._Element:
    # No entities and no network: a document is data, and may come from anyone.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(_part(archive, name), parser)
    except etree.XMLSyntaxError as error:
        raise TextError(f"it is damaged: {name} is not XML") from error


def _walk(node: etree._Element, left_out: set[str]) -> Iterator[etree._Element]:
    """All elements below a node in order, without those below what is left out."""
    for child in node:
        if isinstance(child.tag, str) and child.tag not in left_out:
            yield child
            yield from _walk(child, left_out)


def _within(body: etree._Element, tags: tuple[str, ...], left_out: set[str]) -> Iterator[etree._Element]:
    """The outermost elements of these kinds."""
    for child in body:
        if child.tag in tags:
            yield child
        elif isinstance(child.tag, str) and child.tag not in left_out:
            yield from _within(child, tags, left_out)


def _paragraphs(found: list[str]) -> str:
    return one_document("\n\n".join(text for part in found if (text := part.strip())))
