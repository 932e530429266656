"""Al Kamel Systems timing files of all years: WEC and its like (semicolon), IMSA Time Cards (semicolon or comma).

    laps = alkamel.read_laps("202103201010-race-laps.csv")

Every function returns a canonical table (`langstrecke.timing.schema`) and raises `TimingFileError`, with file
and line, for anything it cannot read. Rows that cannot be believed are dropped and counted: pass a list as
`notices` to collect the counts; without one they are issued as Python warnings (`TimingWarning`).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from langstrecke.timing.notices import Notice, tell
from langstrecke.timing.readers import laps, resultlist, weather
from langstrecke.timing.readers.document import Document
from langstrecke.timing.readers.laps import build_laps
from langstrecke.timing.readers.resultlist import build_results
from langstrecke.timing.readers.text import read_table
from langstrecke.timing.readers.weather import build_weather

__all__ = ["read_laps", "read_results", "read_weather"]


def read_laps(path: str | Path | Document, *, notices: list[Notice] | None = None) -> pl.DataFrame:
    """The laps of one session ("Time Cards" or "Analysis"), as `schema.LAPS`, ordered by (car, lap).

    Seconds throughout. `flag` is the flag when the car crossed the line, so the lap under which a caution
    began is part green; null where the file has no flags (WEC 2015-16). `in_pit` marks the in-lap,
    `pit_time_s` stands on the out-lap. `clock_time` is local; files that print `15:03` give it to the minute.
    """
    table = read_table(path, laps.NEEDED, "lap file")
    maker = "MANUFACTURER" if "MANUFACTURER" in table.columns else "VEHICLE"
    frame, found = build_laps(table, table.text(maker))
    tell(found, table.path, notices)
    return frame


def read_results(path: str | Path | Document, *, notices: list[Notice] | None = None) -> pl.DataFrame:
    """The result of one session, as `schema.RESULTS`, in the published order.

    IMSA race results, IMSA practice and qualifying results (`fastest_lap_s` decides, no total time) and the
    WEC "Classification". `position` is null for cars that were not classified.
    """
    table = read_table(path, resultlist.NEEDED, "result file", exact=False)
    frame, found = build_results(table)
    tell(found, table.path, notices)
    return frame


def read_weather(path: str | Path | Document, *, notices: list[Notice] | None = None) -> pl.DataFrame:
    """The weather of one session, as `schema.WEATHER`, in degrees Celsius, hPa and m/s, ordered by time.

    IMSA files are in degrees Fahrenheit, inches of mercury and miles per hour (told by the pressure) and
    converted. `rain` is null where the file carries -1 throughout: there was no sensor.
    """
    table = read_table(path, weather.NEEDED, "weather file")
    frame, found = build_weather(table)
    tell(found, table.path, notices)
    return frame
