"""What a writer names on the command line -> files -> documents, with an account of what was left out."""

from __future__ import annotations

import glob
import hashlib
import os
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from charrnn.errors import TextError
from charrnn_training.boilerplate import FEWEST_LETTERS, letters_share, named_as_no_prose
from charrnn_training.events import Reading, Skipped
from charrnn_training.formats import NOT_READ, PACKAGES, READ, printable, read_documents
from charrnn_training.spool import Spool

LETTERS_LOOKED_AT = 20_000  # characters of a file by which prose is told from data
MOST_DESCRIBED = 200  # files that a model's record lists; the rest is summed up
_FOLDERS_LEFT_OUT = {"node_modules", "__pycache__", "site-packages", "venv"}


@dataclass(frozen=True)
class Source:
    """A file that was read."""

    file: str  # its name and its folder's
    characters: int
    sha256: str


@dataclass
class Account:
    """What became of the files."""

    sources: list[Source] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def skip(self, file: Path | str, reason: str) -> None:
        self.skipped.append(Skipped(printable(file), reason))

    def add(self, other: Account) -> None:
        """Take over what is known of other files."""
        self.sources += other.sources
        self.skipped += other.skipped
        self.notes += other.notes

    def event(self, duplicates: int) -> Reading:
        return Reading(len(self.sources), tuple(self.skipped), duplicates, tuple(self.notes))

    def described(self) -> list[dict[str, Any]]:
        """The files for a model's record, the largest ones by name: the record of a model has a limit."""
        largest = sorted(self.sources, key=lambda source: -source.characters)
        rest = largest[MOST_DESCRIBED:]
        named = [vars(source) for source in (largest[:MOST_DESCRIBED] if rest else self.sources)]
        if rest:
            characters = sum(source.characters for source in rest)
            named.append({"file": f"and {len(rest):,} smaller files", "characters": characters, "sha256": ""})
        return named


def read_corpus(paths: Sequence[Path], spool: Spool) -> Account:
    """Put the documents of all files that `paths` name into `spool`.

    A file that is named itself must be readable, otherwise this raises `TextError`; one that is found in a folder is
    skipped, with its reason in the account.
    """
    account = Account()
    named, found = _find(paths, account)
    for file in named:
        account.sources.append(_read(file, spool, account.notes))
    for file in found:
        try:
            account.sources.append(_read(file, spool, account.notes, _only_prose))
        except TextError as error:
            account.skip(file, _reason(str(error), file))
    if not account.sources:
        raise TextError(_nothing(paths, account))
    return account


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files that `paths` name and would be read, in a stable order. Raises `TextError`."""
    account = Account()
    named, found = _find(paths, account)
    if not named and not found:
        raise TextError(_nothing(paths, account))
    return [*named, *found]


def _find(paths: Sequence[Path], account: Account) -> tuple[list[Path], list[Path]]:
    """Files that are named, and files that are found in folders and by patterns."""
    named: list[Path] = []
    found: list[Path] = []
    for path in paths:
        if _is_folder(path):
            found += _in_folder(path, account)
        elif os.path.lexists(path):
            named.append(path)
        elif matches := sorted(glob.glob(str(path.expanduser()), recursive=True)):  # noqa: PTH207 - absolute ones too
            for match in map(Path, matches):
                found += _in_folder(match, account) if _is_folder(match) else [match]
        else:
            raise TextError(
                f"{path} does not exist. Name a text file, a folder of them, or a pattern such as 'notes/*.md'."
            )
    once = {os.path.realpath(file): file for file in named}
    unnamed = {real: file for file in found if (real := os.path.realpath(file)) not in once}
    return list(once.values()), list(unnamed.values())


def _in_folder(folder: Path, account: Account) -> Iterator[Path]:
    """The files below a folder that may be prose; those of other formats that may be are skipped with a word."""
    for parent, folders, names in os.walk(folder, onerror=lambda error: _note_unreadable(error, account)):
        kept = sorted(name for name in folders if not name.startswith(".") and name not in _FOLDERS_LEFT_OUT)
        folders[:] = [name for name in kept if _is_entered(Path(parent, name), account)]
        for name in sorted(names):
            file = Path(parent, name)
            suffix = file.suffix.lower()
            if name.startswith((".", "~$")) or not os.path.isfile(file):  # noqa: PTH113 - Path's raises where it may not look
                continue
            if suffix in NOT_READ:
                account.skip(file, NOT_READ[suffix])
            elif suffix in READ and named_as_no_prose(file):
                account.skip(file, "by its name, it is no prose of yours")
            elif suffix in READ:
                yield file


def _is_folder(path: Path) -> bool:
    """Whether this is a folder, and none that a program keeps a document in."""
    return os.path.isdir(path) and path.suffix.lower() not in PACKAGES  # noqa: PTH112 - as above


def _is_entered(folder: Path, account: Account) -> bool:
    """Whether to look into a folder within another; if not, the account says why."""
    if not _is_folder(folder):
        account.skip(folder, NOT_READ[folder.suffix.lower()])
    elif folder.is_symlink():  # which may lead anywhere, and back
        account.skip(folder, "it is a link to a folder; name that folder, too, to have it read")
    else:
        return True
    return False


def _note_unreadable(error: OSError, account: Account) -> None:
    account.skip(error.filename, f"it cannot be read ({error.strerror})")


def _read(file: Path, spool: Spool, notes: list[str], check: Callable[[Iterator[str]], Iterator[str]] = iter) -> Source:
    """Read one file into the spool."""
    if (instead := NOT_READ.get(file.suffix.lower())) is not None:
        raise TextError(f"{file} is in a format that is not read: {instead}.")
    characters = 0
    for document in check(read_documents(file, notes)):
        characters += len(document)
        spool.add(unicodedata.normalize("NFC", document))
    try:
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise TextError(f"{file} cannot be read: {error.strerror}.") from error
    return Source(printable("/".join(file.parts[-2:])), characters, digest)


def _only_prose(documents: Iterator[str]) -> Iterator[str]:
    """The documents of a file that was found. Raises `TextError` before the first if they are data, or nothing."""
    held, characters = [], 0
    for document in documents:
        held.append(document)
        characters += len(document)
        if characters > LETTERS_LOOKED_AT:
            break
    looked_at = "\n".join(held)[:LETTERS_LOOKED_AT]
    if not looked_at.strip():
        raise TextError("there is no text in it")
    if (share := letters_share(looked_at)) < FEWEST_LETTERS:
        raise TextError(f"it looks like data: only {share:.0%} of its characters are letters")
    yield from held
    yield from documents


def _reason(message: str, file: Path) -> str:
    """An error about a file without the file's name, which stands beside it."""
    return message.replace(f"{file} cannot be read: ", "").replace(f"{file} ", "it ").rstrip(".")


def _nothing(paths: Sequence[Path], account: Account) -> str:
    names = ", ".join(map(str, paths))
    skipped = "".join(f"\n  skipped {one.file}: {one.reason}" for one in account.skipped[:5])
    return f"No text to train on in {names}. Name a file or folder with prose ({' '.join(READ)}).{skipped}"
