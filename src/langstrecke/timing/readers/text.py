"""A delimited timing file, read into lines and text columns; every complaint names the line.

The lines are cut here and not by a CSV parser: one stray quote would otherwise swallow the rest of the file,
and a row's line number would be lost.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from langstrecke.errors import TimingFileError
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers.columns import canonical
from langstrecke.timing.readers.document import Document, open_document

_UNIT = "\x1f"  # never stands in a text file; separates fields once quotes are resolved
_GRID_ROW = re.compile(r"-\s*\d+\s*-")
_SEP = re.compile(r"^\ufeff?sep=(.)\s*$", re.IGNORECASE)
_DELIMITERS = (";", ",", "\t", "|")
_ABOVE = 10
"""A title may stand above the header; this many lines are looked at."""


@dataclass(frozen=True)
class TextTable:
    """A file's text columns by canonical header name, with a `line` column, and what was dropped on the way."""

    path: Path
    frame: pl.DataFrame
    delimiter: str
    columns: tuple[str, ...]
    notices: tuple[Notice, ...] = ()

    def text(self, name: str) -> pl.Series:
        """A column (blanks stripped); empty text throughout where the file has no such column."""
        if name in self.columns:
            return self.frame[name]
        return pl.Series(name, [""], dtype=pl.String).new_from_index(0, self.frame.height)

    def renamed(self, names: dict[str, str]) -> TextTable:
        """The same table with columns under other names; a column that loses its name to another goes."""
        gone = [new for old, new in names.items() if new != old and new in self.columns and new not in names]
        kept = [name for name in self.columns if name not in gone]
        frame = self.frame.select("line", *(pl.col(name).alias(names.get(name, name)) for name in kept))
        return replace(self, frame=frame, columns=tuple(names.get(name, name) for name in kept))


@dataclass(frozen=True)
class Header:
    """Where the header stands and what it says."""

    line: int  # from 1
    columns: tuple[str, ...]
    delimiter: str


def headers(document: Document) -> list[Header]:
    """The lines that may be the header: the first that is not empty, then those below a title."""
    found = []
    lines = document.text[:200_000].split("\n", _ABOVE + 5)
    told = None
    for number, line in enumerate(lines[: _ABOVE + 4], 1):
        if match := _SEP.match(line):
            told = match[1]
            continue
        if not line.strip():
            continue
        delimiter = told or max(_DELIMITERS, key=line.count)
        cells = next(csv.reader([line.rstrip("\r")], delimiter=delimiter), []) if '"' in line else None
        columns = tuple(canonical(cell) for cell in (cells or line.split(delimiter)))
        found.append(Header(number, columns, delimiter))
        if len(found) == _ABOVE:
            break
    return found


def read_table(path: str | Path | Document, need: Sequence[str], kind: str, *, exact: bool = True) -> TextTable:
    """Cut a delimited file with a header row into text columns.

    Header cells are named as `columns.canonical` does; blank lines, a `sep=;` line and a title above the header
    are skipped. With `exact` a row whose number of fields is not the header's (a cut or garbled line) is dropped
    and counted, save that an empty last field may be there or not; without it missing fields at the end of a row
    are empty, as in Al Kamel result files. Raises `TimingFileError` for anything that is no such table, and where
    a column in `need` is missing: then it is no `kind`.
    """
    document = path if isinstance(path, Document) else open_document(path)
    place = document.path
    candidates = headers(document)
    if not candidates:
        raise TimingFileError("holds nothing but the line that names its separator", file=place)
    header = next((h for h in candidates if set(need) <= set(h.columns)), candidates[0])
    _refuse_layouts(document, header)
    missing = [name for name in need if name not in header.columns]
    if missing:
        hint = "langstrecke.load(path) says what kind of file it is"
        what = f"not a {kind}: the header lacks {', '.join(missing)}"
        raise TimingFileError(what, file=place, line=header.line, hint=hint)
    return _cut(document, header, exact=exact)


def _cut(document: Document, header: Header, *, exact: bool) -> TextTable:
    place, columns = document.path, header.columns
    ends = document.text.endswith(("\n", "\r"))
    lines = pl.Series("text", document.text.split("\n")).str.strip_chars_end("\r")
    frame = pl.DataFrame({"line": pl.int_range(1, len(lines) + 1, eager=True), "text": lines})[header.line :]
    frame = frame.filter(pl.col("text").str.strip_chars(" \t") != "")
    if frame.is_empty():
        raise TimingFileError("has a header but no rows", file=place, line=header.line)
    again = frame.filter(pl.col("text") == lines[header.line - 1])
    if not again.is_empty():
        raise TimingFileError(
            "holds more than one table: its header stands again further down", file=place, line=again["line"][0],
            hint="two files were joined; import each by itself",
        )  # fmt: skip
    last = frame["line"][-1]
    frame = _split(frame, header.delimiter)
    frame, found = _whole_rows(frame, columns, exact=exact, last=last, ends=ends)
    if frame.is_empty():
        raise TimingFileError(f"no row has the header's {len(columns)} fields", file=place, line=header.line + 1)
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
    return TextTable(place, cells, header.delimiter, tuple(names), (*document.notices, *found))


def _whole_rows(
    frame: pl.DataFrame, columns: tuple[str, ...], *, exact: bool, last: int, ends: bool
) -> tuple[pl.DataFrame, list[Notice]]:
    """Rows with as many fields as the header; an empty field after the last delimiter counts on neither side."""
    found: list[Notice] = []
    named = len(columns) - (not columns[-1])
    width = pl.col("cells").list.len()
    whole = (width == len(columns)) | (width == named) | ((width == named + 1) & (pl.col("cells").list.last() == ""))
    if columns[-1] == "":
        # Where rows end in a delimiter, one without it at the end of the file is a cut one.
        usual = frame.select((width == len(columns)).mean()).item() > 0.5
        whole = whole & ((width != named) | pl.lit(not usual))
    wrong = frame.filter(~whole) if exact else frame.filter((width > named + 1) | (width < 3))
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
    return frame, found


def _refuse_layouts(document: Document, header: Header) -> None:
    line = document.text.split("\n", header.line)[header.line - 1]
    if _GRID_ROW.search(line):
        raise TimingFileError(
            "is a starting grid laid out for the page, not a table", file=document.path, line=header.line,
            hint="the grid order is not read from this file",
        )  # fmt: skip
    if len(header.columns) < 3:
        what = "is not a timing file: no comma or semicolon header"
        raise TimingFileError(what, file=document.path, line=header.line)


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
