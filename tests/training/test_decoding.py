# ruff: noqa: RUF001 - letters of many alphabets are what this is about
from __future__ import annotations

from pathlib import Path

import pytest

from charrnn.errors import TextError
from charrnn_training import decoding
from charrnn_training.decoding import Decoded

ENGLISH = "The café was closed. “It’s a pity,” said the naïve Zoë — and she went home… "
GERMAN = "Über allen Gipfeln ist Ruh, in allen Wipfeln spürest du kaum einen Hauch; die Vögelein schweigen. "
FRENCH = "Longtemps, je me suis couché de bonne heure. Parfois, à peine ma bougie éteinte, mes yeux se fermaient. "
RUSSIAN = "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему. "
POLISH = "Zażółć gęślą jaźń. Litwo! Ojczyzno moja! ty jesteś jak zdrowie; ile cię trzeba cenić, ten tylko się dowie. "
JAPANESE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"


def decode(file: Path, content: bytes) -> Decoded:
    file.write_bytes(content)
    return Decoded(file)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((ENGLISH, encoding) for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")),
        *((text, "cp1252") for text in (ENGLISH, GERMAN, FRENCH)),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (POLISH, "cp1250"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
    ],
)
@pytest.mark.parametrize("times", [1, 30])
def test_a_text_is_read_in_the_encoding_that_it_has(text: str, encoding: str, times: int, tmp_path: Path) -> None:
    decoded = decode(tmp_path / "text.txt", (text * times).encode(encoding))
    assert "".join(decoded) == text * times
    assert decoded.strays == 0


def test_bytes_of_another_program_within_utf8_are_read_too(tmp_path: Path) -> None:
    content = "Schöne Grüße. ".encode() * 20 + b"caf\xe9 \x93hi\x94 " + "Ärger.".encode()
    decoded = decode(tmp_path / "mixed.txt", content)
    assert "".join(decoded) == "Schöne Grüße. " * 20 + "café “hi” Ärger."
    assert decoded.strays == 3


def test_line_ends_become_one_wherever_a_piece_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "one\r\ntwo\rthree\né\r\n\r\nfour\r"
    for size in range(1, 12):
        monkeypatch.setattr(decoding, "PIECE", size)
        monkeypatch.setattr(decoding, "SAMPLE", max(4, size))
        decoded = decode(tmp_path / "dos.txt", text.encode())
        assert "".join(decoded) == "one\ntwo\nthree\né\n\nfour\n", size


@pytest.mark.parametrize("content", [b"\x7fELF\0\0\0\1" * 99, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" * 20])
def test_what_is_not_text_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(TextError, match=r"image\.txt is not text \(it contains NUL bytes\)"):
        list(decode(tmp_path / "image.txt", content))


def test_control_characters_are_no_text(tmp_path: Path) -> None:
    with pytest.raises(TextError, match=r"odd\.txt is not text \(it is full of control characters\)"):
        list(decode(tmp_path / "odd.txt", b"\x01\x02\x03word" * 50))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TextError, match=r"nowhere\.txt cannot be read: No such file"):
        list(Decoded(tmp_path / "nowhere.txt"))


def test_an_empty_file_is_an_empty_text(tmp_path: Path) -> None:
    assert "".join(decode(tmp_path / "empty.txt", b"")) == ""
