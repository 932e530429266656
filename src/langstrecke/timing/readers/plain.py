"""A plain lap table, as anyone can write it in a spreadsheet: a row a lap with `car, lap, lap_time`.

    car,lap,lap_time,driver,pit
    7,1,1:45.2,Ann Example,
    7,2,1:44.9,Ann Example,yes

Whatever else is known goes into columns of its own (class, driver, team, elapsed, flag, pit, pit_time, date,
series, season, event, session; German words too: docs/data.md lists them). Separators are comma, semicolon or tab,
decimals may have a comma.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from langstrecke.timing.notices import Notice, tell
from langstrecke.timing.readers.columns import OF_A_RESULT, plain_names
from langstrecke.timing.readers.document import Document, open_document
from langstrecke.timing.readers.laps import NEEDED, build_laps
from langstrecke.timing.readers.said import Said, day_of
from langstrecke.timing.readers.text import TextTable, headers, read_table


def is_plain(columns: tuple[str, ...]) -> bool:
    """Whether a header is that of a plain lap table."""
    return set(NEEDED) <= set(plain_names(columns).values()) and not OF_A_RESULT & set(columns)


def read_laps(path: str | Path | Document, *, notices: list[Notice] | None = None) -> pl.DataFrame:
    """The laps of a plain table as `schema.LAPS`. Raises `TimingFileError` where it is none."""
    table = plain_table(path)
    laps, found = build_laps(table, table.text("MANUFACTURER"))
    tell(found, table.path, notices)
    return laps


def plain_table(path: str | Path | Document) -> TextTable:
    """The text columns under their canonical names."""
    document = path if isinstance(path, Document) else open_document(path)
    header = next((h for h in headers(document) if is_plain(h.columns)), None)
    if header is None:
        read_table(document, NEEDED, "lap table")  # says what is missing
    names = plain_names(header.columns) if header is not None else {}
    back = {new: old for old, new in names.items()}
    table = read_table(document, [back[name] for name in NEEDED], "lap table", exact=False)
    return table.renamed(names)


def said(table: TextTable) -> Said:
    """What the table's own columns say of the race; a column that says two things says none."""

    def one(name: str) -> str | None:
        values = table.text(name).unique().to_list() if name in table.columns else []
        told = [value for value in values if value]
        return told[0] if len(told) == 1 else None

    day: dt.date | None = day_of(one("DATE"))
    return Said(series=one("SERIES"), season=one("SEASON"), event=one("EVENT"), session=one("SESSION"), day=day)
