"""Archives as word processors write them, with what they have beside paragraphs."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from charrnn.errors import TextError
from charrnn_training import office
from charrnn_training.formats import read_documents

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
DOCX = f"""<?xml version="1.0" encoding="UTF-8"?><w:document {W} {MC}><w:body>
<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr><w:r><w:t>The Road 1</w:t></w:r></w:p>
<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>The Road</w:t></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">It was </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>late</w:t></w:r>
<w:del><w:r><w:delText>early</w:delText><w:t>early</w:t></w:r></w:del><w:ins><w:r><w:t>, and dark</w:t></w:r></w:ins>
<w:r><w:tab/><w:t>here.</w:t><w:br/><w:t>A new line.</w:t><w:br w:type="page"/></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>Within a control.</w:t></w:r></w:p>
</w:sdtContent></w:sdt>
<w:p><w:pPr><w:pStyle w:val="SourceCode"/></w:pPr><w:r><w:t>x = 1</w:t></w:r></w:p>
<w:p><w:hyperlink><w:r><w:t>A link</w:t></w:r></w:hyperlink><w:r><w:t> ends.</w:t></w:r></w:p>
<w:p/></w:body></w:document>"""

NAMES = "office:1.0", "text:1.0", "table:1.0", "drawing:1.0", "style:1.0"
NS = " ".join(f'xmlns:{n.split(":")[0]}="urn:oasis:names:tc:opendocument:xmlns:{n}"' for n in NAMES)
ODT = f"""<?xml version="1.0" encoding="UTF-8"?><office:document-content {NS}><office:automatic-styles>
<style:style style:name="P1" style:parent-style-name="Preformatted_20_Text"/></office:automatic-styles>
<office:body><office:text><text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>
<text:h>The Road</text:h><text:p>It was<text:s text:c="2"/>late,<text:tab/>and <text:span>dark</text:span>
here<text:note><text:p>note</text:p></text:note>.<text:line-break/>A new line.</text:p>
<text:p text:style-name="P1">x = 1</text:p><table:table><text:p>cell</text:p></table:table>
<text:list><text:list-item><text:p>One</text:p></text:list-item></text:list>
<office:annotation><text:p>comment</text:p></office:annotation></office:text></office:body></office:document-content>"""

CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"""
OPF = """<package xmlns="http://www.idpf.org/2007/opf"><manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="cover" href="text/cover.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="text/chapter%201.xhtml" media-type="application/xhtml+xml"/>
<item id="two" href="text/2.xhtml" media-type="application/xhtml+xml"/>
<item id="ad" href="text/ad.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="cover"/><itemref idref="nav"/><itemref idref="two"/><itemref idref="one"/>
<itemref idref="ad" linear="no"/><itemref idref="gone"/></spine></package>"""


def archive(file: Path, parts: dict[str, str]) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in parts.items():
            written.writestr(name, content)
    return file


def page(text: str) -> str:
    return f'<html xmlns="http://www.w3.org/1999/xhtml"><body><p>{text}&nbsp;&#233;.</p></body></html>'


def test_a_word_document_is_its_paragraphs(tmp_path: Path) -> None:
    (text,) = read_documents(archive(tmp_path / "a.docx", {"word/document.xml": DOCX}), [])
    assert text == ("The Road\n\nIt was late, and dark here.\nA new line.\n\nWithin a control.\n\nA link ends.")


def test_an_opendocument_text_is_its_paragraphs(tmp_path: Path) -> None:
    (text,) = read_documents(archive(tmp_path / "a.odt", {"content.xml": ODT}), [])
    assert text == "The Road\n\nIt was  late, and dark here.\nA new line.\n\nOne"


def test_an_e_book_is_its_chapters_in_reading_order(tmp_path: Path) -> None:
    parts = {"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": OPF, "OEBPS/text/chapter 1.xhtml": page("One")}
    parts |= {f"OEBPS/{name}": page(name) for name in ("nav.xhtml", "text/cover.xhtml", "text/ad.xhtml")}
    book = archive(tmp_path / "a.epub", parts | {"OEBPS/text/2.xhtml": page("Two")})
    assert list(read_documents(book, [])) == ["Two\u00a0é.", "One\u00a0é."]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"other.xml": "x"}, "it is damaged: word/document.xml is missing"),
        ({"word/document.xml": "<w:p"}, "it is damaged: word/document.xml is not XML"),
    ],
)
def test_a_damaged_document_is_named(parts: dict[str, str], message: str, tmp_path: Path) -> None:
    with pytest.raises(TextError, match=rf"a\.docx cannot be read: {message}"):
        list(read_documents(archive(tmp_path / "a.docx", parts), []))


def test_another_file_under_that_name_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.odt").write_text("plain text", encoding="utf-8")
    with pytest.raises(TextError, match=r"a\.odt cannot be read: it is damaged, or is something else"):
        list(read_documents(tmp_path / "a.odt", []))


def test_an_archive_of_an_unknown_version_is_named(tmp_path: Path) -> None:
    file = archive(tmp_path / "a.docx", {"word/document.xml": DOCX})
    content = bytearray(file.read_bytes())
    content[content.index(b"PK\x01\x02") + 6] = 184  # the version that it takes to unpack
    file.write_bytes(content)
    with pytest.raises(TextError, match=r"a\.docx cannot be read: it is damaged"):
        list(read_documents(file, []))


def test_an_archive_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "LARGEST_PART", 1000)
    with pytest.raises(TextError, match="it unpacks to more than"):
        list(read_documents(archive(tmp_path / "a.docx", {"word/document.xml": " " * 100_000}), []))


def test_entities_of_a_document_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    content = DOCX.replace("<w:document", f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]><w:document')
    content = content.replace("A link", "A &e; link")
    assert "secret" not in "".join(read_documents(archive(tmp_path / "a.docx", {"word/document.xml": content}), []))
