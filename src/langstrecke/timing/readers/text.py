"""A delimited timing file, read into lines and text columns; every complaint names the line.

The lines are cut here and not by a CSV parser: one stray quote would otherwise swallow the rest of the file,
and a row's line number would be lost.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from langstrecke.errors import TimingFileError
from langstrecke.timing.notices import Notice

_UNIT = "\x1f"  # never stands in a text file; separates fields once quotes are resolved
_LIMIT = 512 * 1024 * 1024
_GRID_ROW = re.compile(r"-\s*\d+\s*-")


@dataclass(frozen=True)
class TextTable:
    """A file's text columns by header name, with a `line` column, and what was dropped on the way."""

    path: Path
    frame: pl.DataFrame
    delimiter: str
    columns: tuple[str, ...]
    notices: tuple[Notice, ...]

    def text(self, name: str) -> pl.Series:
        """A column (blanks stripped); empty text throughout where the file has no such column."""
        if name in self.columns:
            return self.frame[name]
        return pl.Series(name, [""], dtype=pl.String).new_from_index(0, self.frame.height)


def read_text(path: str | Path) -> str:
    """The file's text without byte-order mark; `TimingFileError` where it is no readable UTF-8 text file."""
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
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise TimingFileError("is empty", file=place)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TimingFileError("is UTF-16, not UTF-8", file=place, line=1, hint="save it as UTF-8")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise TimingFileError("is binary, not a timing file", file=place, line=line)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TimingFileError("is not UTF-8 text", file=place, line=line, hint="save it as UTF-8") from None


def read_table(path: str | Path, need: Sequence[str], kind: str, *, exact: bool = True) -> TextTable:
    """Cut a comma or semicolon file with a header row into text columns.

    Header cells lose leading blanks and the byte-order mark; blank lines are skipped. With `exact` a row
    whose number of fields is not the header's (a cut or garbled line) is dropped and counted; without it
    missing fields at the end of a row are empty, as in Al Kamel result files. Raises `TimingFileError` for
    anything that is no such table, and where a column in `need` is missing: then it is no `kind`.
    """
    place = Path(path)
    text = read_text(place)
    ends = text.endswith(("\n", "\r"))
    lines = pl.Series("text", text.split("\n")).str.strip_chars_end("\r")
    header = lines[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    columns = tuple(cell.strip().strip('"').strip() for cell in header.split(delimiter))
    _refuse_layouts(place, header, columns)
    missing = [name for name in need if name not in columns]
    if missing:
        hint = "langstrecke.load(path) says what kind of file it is"
        raise TimingFileError(f"not a {kind}: the header lacks {', '.join(missing)}", file=place, line=1, hint=hint)
    frame = pl.DataFrame({"line": pl.int_range(1, len(lines) + 1, eager=True), "text": lines})[1:]
    frame = frame.filter(pl.col("text").str.strip_chars() != "")
    if frame.is_empty():
        raise TimingFileError("has a header but no rows", file=place, line=1)
    last = frame["line"][-1]
    frame = _split(frame, delimiter)

    found: list[Notice] = []
    width = pl.col("cells").list.len()
    wrong = frame.filter(width != len(columns)) if exact else frame.filter((width > len(columns)) | (width < 3))
    if not wrong.is_empty():
        frame = frame.join(wrong.select("line"), on="line", how="anti", maintain_order="left")
        if wrong["line"][-1] == last and not ends:
            found.append(Notice("line cut off at the end of the file dropped", 1, last))
            wrong = wrong[:-1]
        if not wrong.is_empty():
            what = f"row dropped that does not have the header's {len(columns)} fields"
            found.append(Notice(what, wrong.height, wrong["line"][0]))
    elif not ends and columns[-1]:
        # Where rows end in a delimiter a cut shows in the count of fields; here the last field may be cut.
        found.append(Notice("the file does not end in a line break; its last field may be cut", 1, last))
    if frame.is_empty():
        raise TimingFileError(f"no row has the header's {len(columns)} fields", file=place, line=2)
    names = {name: index for index, name in reversed(list(enumerate(columns))) if name}
    cell = pl.col("cells")
    cells = frame.select(
        "line",
        *(
            cell.list.get(index, null_on_oob=True).fill_null("").str.strip_chars().alias(name)
            for name, index in names.items()
            if name != "line"
        ),
    )
    return TextTable(place, cells, delimiter, tuple(names), tuple(found))


def _refuse_layouts(place: Path, header: str, columns: tuple[str, ...]) -> None:
    if _GRID_ROW.search(header):
        raise TimingFileError(
            "is a starting grid laid out for the page, not a table", file=place, line=1,
            hint="the grid order is not read from this file",
        )  # fmt: skip
    if len(columns) < 3:
        raise TimingFileError("is not a timing file: no comma or semicolon header", file=place, line=1)


def _split(frame: pl.DataFrame, delimiter: str) -> pl.DataFrame:
    """Add `cells`, the fields of each line; quoted fields are resolved line by line."""
    quoted = frame["text"].str.contains('"', literal=True)
    plain = frame["text"].str.replace_all(delimiter, _UNIT, literal=True)
    if quoted.any():
        resolved = {line: _unquote(line, delimiter) for line in frame["text"].filter(quoted).unique()}
        plain = plain.zip_with(~quoted, frame["text"].replace(resolved))
    return frame.select("line", plain.str.split(_UNIT).alias("cells"))


def _unquote(line: str, delimiter: str) -> str:
    try:
        fields = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return line
    return _UNIT.join(field.replace(_UNIT, " ") for field in fields)
