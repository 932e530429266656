"""A file's bytes turned into text, or one clear sentence why they are none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from langstrecke.errors import TimingFileError
from langstrecke.timing.notices import Notice

_LIMIT = 512 * 1024 * 1024
_MAGIC = (
    (b"%PDF", "a PDF", "the CSV or JSON beside it can be read"),
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "unpack it, or save the sheet as CSV"),
    (b"\x1f\x8b", "a gzip archive", "unpack it"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook", "save the sheet as CSV"),
    (b"\x89PNG", "a picture", None),
)
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True)
class Document:
    """A file as text, without byte-order mark; `notices` say where its encoding had to be guessed."""

    path: Path
    text: str
    notices: tuple[Notice, ...] = ()

    @property
    def is_json(self) -> bool:
        """Whether the text begins as JSON does."""
        return self.text.lstrip()[:1] in ("{", "[")


def open_document(path: str | Path) -> Document:
    """The file as text: UTF-8, UTF-16 or, with a notice, Windows-1252.

    `TimingFileError` where there is no such file, or none that is text.
    """
    place = Path(path)
    try:
        if place.is_dir():
            raise TimingFileError("is a folder, not a file", file=place, hint="langstrecke import takes folders")
        if not place.is_file():
            raise TimingFileError("no such file", file=place)
        if place.stat().st_size > _LIMIT:
            raise TimingFileError("is larger than any timing file (512 MiB)", file=place)
        data = place.read_bytes()
    except (OSError, ValueError) as error:
        raise TimingFileError(f"cannot be read: {error}", file=str(path)) from None
    return _decoded(data, place)


def _decoded(data: bytes, place: Path) -> Document:
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise TimingFileError("is empty", file=place)
    for begin, what, hint in _MAGIC:
        if data.startswith(begin):
            raise TimingFileError(f"is {what}, not a timing file", file=place, line=1, hint=hint)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _checked(_utf16(data, "utf-16", place), place)
    if b"\0" in data:
        # Some programs write UTF-16 without its mark: then every second byte of plain text is nought.
        if len(data) >= 8 and data[1::2].count(0) > 0.4 * (len(data) / 2):
            return _checked(_utf16(data, "utf-16-le", place), place)
        raise TimingFileError("is binary, not a timing file", file=place, line=_line(data, data.index(b"\0")))
    try:
        return _checked(data.decode("utf-8-sig"), place)
    except UnicodeDecodeError as error:
        line = _line(data, error.start)
    odd = _CONTROL.search(data)
    if odd is not None:
        raise TimingFileError("is binary, not a timing file", file=place, line=_line(data, odd.start()))
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("cp1252")
    except UnicodeDecodeError:
        hint = "save it as UTF-8"
        raise TimingFileError("is text in no encoding that is known", file=place, line=line, hint=hint) from None
    return _checked(text, place, Notice("file that is not UTF-8 read as Windows-1252", 1, line))


def _utf16(data: bytes, encoding: str, place: Path) -> str:
    try:
        return data.decode(encoding).lstrip("\ufeff")
    except UnicodeDecodeError:
        raise TimingFileError("is broken UTF-16", file=place, line=1, hint="save it as UTF-8") from None


def _checked(text: str, place: Path, *notices: Notice) -> Document:
    begin = text.lstrip()[:400].lower()
    if begin.startswith("<") and ("<html" in begin or "<!doctype html" in begin):
        hint = "the download gave a page instead of the file"
        raise TimingFileError("is a web page, not a timing file", file=place, line=1, hint=hint)
    if "\n" not in text:  # line ends of old Macintosh programs
        text = text.replace("\r", "\n")
    return Document(place, text, notices)


def _line(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1
