"""One source file, read into what the store keeps of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import polars as pl

from langstrecke.store.importing.layouts import Source
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers import alkamel, dossier
from langstrecke.timing.readers.entrylist import read_entries


@dataclass
class Reading:
    """The canonical tables of one file; most files hold one."""

    laps: pl.DataFrame | None = None
    results: pl.DataFrame | None = None
    weather: pl.DataFrame | None = None
    entries: pl.DataFrame | None = None
    name: str | None = None
    day: date | None = None
    limit_s: float | None = None
    notices: list[Notice] = field(default_factory=list)


def read_source(source: Source) -> Reading:
    """Read one file. Raises `TimingFileError` as its reader does."""
    reading = Reading()
    if source.kind == "entries":
        listed = read_entries(source.path)
        reading.entries = listed.entries
        reading.name, reading.day, reading.limit_s = listed.name, listed.day, listed.time_limit_s
    elif source.kind == "results":
        reading.results = alkamel.read_results(source.path, notices=reading.notices)
    elif source.kind == "weather":
        reading.weather = alkamel.read_weather(source.path, notices=reading.notices)
    elif source.dossier:
        reading.laps = dossier.read_laps(source.path, notices=reading.notices)
        reading.entries = dossier.read_entries(source.path)
    else:
        reading.laps = alkamel.read_laps(source.path, notices=reading.notices)
    return reading


def green_flag(laps: pl.DataFrame, day: date) -> datetime | None:
    """Local time at which a race's clock began: the hour of day of a crossing less its elapsed time.

    Where hours are printed to the minute only, every crossing bounds the start from below; the best bound is
    taken. Null where the file prints no hours.
    """
    clock = pl.col("clock_time").cast(pl.Int64) // 1_000_000
    # The first hours suffice, and keep clear of midnight and of stopped clocks.
    early = laps.filter(pl.col("clock_time").is_not_null() & (pl.col("elapsed_s") < 7200.0))
    frame = early.select(ms=clock, began=clock - (pl.col("elapsed_s") * 1000).round().cast(pl.Int64))
    began = frame["began"].median()
    if not isinstance(began, float):
        return None
    if (frame["ms"] % 60_000 == 0).all():
        bounds = frame["began"].filter((frame["began"] - began).abs() <= 61_000)
        began = float(bounds.max())  # type: ignore[arg-type]
    return datetime(day.year, day.month, day.day) + timedelta(milliseconds=round(began) % 86_400_000)
