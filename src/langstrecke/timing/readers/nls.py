"""Sector time files of the Nürburgring Langstrecken-Serie and the 24 hours: `..._SEKTORZEITEN.CSV`.

Semicolons, Windows-1252, decimal commas; one row a lap with the hour of day at its end. Start groups are sent off
minutes apart; the race clock begins with the first of them.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from langstrecke.timing.notices import Notice, tell
from langstrecke.timing.readers.document import Document
from langstrecke.timing.readers.laps import build_laps
from langstrecke.timing.readers.text import TextTable, read_table
from langstrecke.timing.readers.times import clock_times, durations, format_durations

NEEDED = ("STNR", "RUNDE_NR", "TAGESZEIT")
_NAMES = {
    "STNR": "NUMBER",
    "RUNDE_NR": "LAP_NUMBER",
    "TAGESZEIT": "HOUR",
    "INPIT": "CROSSING_FINISH_LINE_IN_PIT",
    "PITSTOPDURATION": "PIT_TIME",
    "FAHRZEUG": "MANUFACTURER",
}
_DAY_MS = 86_400_000
_MOST_DRIVERS = 8


def read_laps(path: str | Path | Document, *, notices: list[Notice] | None = None) -> pl.DataFrame:
    """The laps of an NLS sector file as `schema.LAPS`.

    `s1_s` to `s3_s` are null where the lap has more than three sectors (five at the Nordschleife).
    """
    table = read_table(path, NEEDED, "NLS sector file", exact=False)
    laps, found = build_laps(_al_kamel(table), table.text("FAHRZEUG"))
    tell(found, table.path, notices)
    return laps


def _al_kamel(table: TextTable) -> TextTable:
    """The same rows under the names that `build_laps` reads."""
    seconds = _lap_times(table)
    clock = clock_times(table.text("TAGESZEIT")).cast(pl.Int64) // 1_000_000
    began = _began(table, clock, seconds)
    elapsed = pl.Series((clock - began) % _DAY_MS, dtype=pl.Int64) if began is not None else clock * 0
    turned = _turned(table, elapsed)
    group = next((name for name in ("KLASSEKURZ", "KLASSE") if name in table.columns), "")
    team = next((name for name in ("TEAM", "BEWERBER", "KUERZEL") if name in table.columns), "")
    frame = table.frame.select(
        "line",
        *(pl.col(old).alias(new) for old, new in _NAMES.items() if old in table.columns),
    ).with_columns(
        LAP_TIME=format_durations(seconds).fill_null(""),
        ELAPSED=format_durations(turned / 1000.0).fill_null(""),
        DRIVER_NAME=_drivers(table),
        CLASS=table.text(group),
        TEAM=table.text(team),
    )
    return TextTable(
        table.path, frame, table.delimiter, tuple(c for c in frame.columns if c != "line"), table.notices
    )


def _lap_times(table: TextTable) -> pl.Series:
    """The lap time as printed; its seconds where it is not; the sum of the sectors where neither is."""
    printed = durations(table.text("RUNDENZEIT"))
    printed = printed.fill_null(durations(table.text("RUNDENZEIT_IN_SEKUNDEN")))
    sectors = [durations(table.text(f"SEKTOR{n}_ZEIT")).fill_null(0.0) for n in range(1, 10)]
    total = sum(sectors[1:], sectors[0])
    return printed.fill_null(pl.select(pl.when(total > 0).then(total)).to_series()).rename("lap_time")


def _began(table: TextTable, clock: pl.Series, seconds: pl.Series) -> int | None:
    """The hour of day, in milliseconds, at which the first car was sent off."""
    first = (
        (table.text("RUNDE_NR").str.strip_chars().is_in(["1", "01"])) & clock.is_not_null() & seconds.is_not_null()
    )
    starts = (clock - (seconds * 1000).round().cast(pl.Int64)).filter(first)
    found = starts.min()
    return int(found) if isinstance(found, int) else None


def _turned(table: TextTable, elapsed: pl.Series) -> pl.Series:
    """Elapsed times that went past the hour of the start again (24 hours) count on."""
    frame = pl.DataFrame({"car": table.text("STNR"), "elapsed": elapsed})
    back = (pl.col("elapsed").diff().over("car") < -_DAY_MS // 2).fill_null(False).cast(pl.Int64)
    return frame.select(pl.col("elapsed") + back.cum_sum().over("car") * _DAY_MS).to_series()


def _drivers(table: TextTable) -> pl.Series:
    """The name of the driver whose number stands on the lap; the only one where the car has one."""
    height = table.frame.height
    names = {
        str(n): (table.text(f"FAHRER{n}_VORNAME") + " " + table.text(f"FAHRER{n}_NAME")).str.strip_chars().to_list()
        for n in range(1, _MOST_DRIVERS + 1)
    }
    numbers = table.text("FAHRER_NR").to_list()
    told = []
    for row in range(height):
        crew = [names[n][row] for n in names if names[n][row]]
        own = names.get(numbers[row].lstrip("0"), [""] * height)[row]
        told.append(own or (crew[0] if len(crew) == 1 else ""))
    return pl.Series(told, dtype=pl.String)
