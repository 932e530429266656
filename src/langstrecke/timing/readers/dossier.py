"""The printed dossiers of Le Mans 2018-19: one file of laps, one of pit stops, both semicolon.

    laps = dossier.read_laps("lemans_2019_laps.csv")  # finds lemans_2019_pits.csv beside it

The dossiers print neither flags nor average speeds: `flag` and `kph` are null, `langstrecke.timing.derive`
finds neutralisations from the pace of the field. Their lap counts are those of the timing, before penalties.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from langstrecke.timing.names import driver_names, maker_of
from langstrecke.timing.notices import Notice, tell
from langstrecke.timing.readers.checks import Sieve
from langstrecke.timing.readers.document import Document
from langstrecke.timing.readers.laps import NEEDED, build_laps
from langstrecke.timing.readers.text import TextTable, read_table
from langstrecke.timing.readers.times import clock_times, durations, from_millis

PITS = pl.Schema(
    {
        "car": pl.String(),
        "stop": pl.Int32(),
        "in_clock": pl.Time(),
        "in_driver": pl.String(),
        "out_clock": pl.Time(),
        "out_driver": pl.String(),
        "pit_time_s": pl.Float64(),  # in the pit lane
    }
)
"""One row per pit stop, ordered by (car, stop); drivers are printed with initials ("A. Lotterer")."""

PIT_COLUMNS = ("NUMBER", "STOP", "IN_TIME", "OUT_TIME", "PIT_TIME")
_DAY_MS = 86_400_000
_NEAR_MS = 60_000
"""A stop is printed with the hour at which its in-lap ended; in both years all lie within 25 s."""


def read_laps(
    path: str | Path | Document, pits: str | Path | None = None, *, notices: list[Notice] | None = None
) -> pl.DataFrame:
    """The laps of a dossier as `schema.LAPS`, with the pit times of `pits` on the out-laps.

    Without `pits` the file named like `path` with `pits` for `laps` is taken where it exists; where there is
    none `pit_time_s` is null throughout, and a notice says so. Raises `TimingFileError` as the Al Kamel
    readers do.
    """
    table = read_table(path, [*NEEDED, "VEHICLE"], "dossier lap file")
    vehicles = table.text("VEHICLE")
    # Some vehicles lost their beginning on the printed page ("- Gibson"): then the maker is not known.
    known = {text: maker_of(text) or "" for text in vehicles.unique()}
    laps, found = build_laps(table, vehicles.replace_strict(known, return_dtype=pl.String))
    place = Path(pits) if pits is not None else _pits_beside(table.path)
    if place is None:
        found.append(Notice("file of pit stops not found beside the laps; laps are without pit times"))
    else:
        stops = read_pits(place, notices=found)
        laps = on_out_laps(laps, stops, found)
    tell(found, table.path, notices)
    return laps


def read_pits(path: str | Path | Document, *, notices: list[Notice] | None = None) -> pl.DataFrame:
    """The pit stops of a dossier, as `PITS`. A missing pit time is the difference of the two hours
    printed.
    """
    frame, found = build_pits(read_table(path, PIT_COLUMNS, "dossier pit file"))
    tell(found, path.path if isinstance(path, Document) else path, notices)
    return frame


def build_pits(table: TextTable) -> tuple[pl.DataFrame, list[Notice]]:
    """The pit stops in a table with the columns of a dossier, as `PITS`, and what had to be dropped."""
    entry, leave = clock_times(table.text("IN_TIME")), clock_times(table.text("OUT_TIME"))
    between = from_millis((leave.cast(pl.Int64) - entry.cast(pl.Int64)) // 1_000_000 % _DAY_MS)
    printed = durations(table.text("PIT_TIME"))
    frame = pl.DataFrame(
        {
            "line": table.frame["line"],
            "car": table.text("NUMBER"),
            "stop": table.text("STOP").cast(pl.Int32, strict=False),
            "in_clock": entry,
            "in_driver": driver_names(table.text("IN_DRIVER")),
            "out_clock": leave,
            "out_driver": driver_names(table.text("OUT_DRIVER")),
            "pit_time_s": printed.fill_null(between),
            "off": (printed - between).abs(),
        }
    )
    sieve = Sieve(frame, list(table.notices))
    sieve.drop(~pl.col("car").str.contains(r"^[0-9A-Za-z]{1,6}$"), "stop dropped without a car number")
    sieve.drop(pl.col("stop").is_null() | pl.col("in_clock").is_null(), "stop dropped without number or hour")
    sieve.drop(pl.struct("car", "stop").is_first_distinct().not_(), "second row of one stop dropped")
    sieve.drop(pl.col("off") > 1.0, "stop dropped whose time in the pit lane is not the time between its hours")
    return sieve.frame.sort("car", "stop").select(PITS.names()).cast(PITS), sieve.notices


def read_entries(path: str | Path | Document) -> pl.DataFrame:
    """Who ran: `car, car_class, team, vehicle, manufacturer, drivers`, ordered by class and car.

    Drivers are in alphabetical order, for the order of driving belongs to the race. `vehicle` is null where its
    beginning is lost in the printed page.
    """
    table = read_table(path, [*NEEDED, "TEAM", "VEHICLE"], "dossier lap file")
    rows = pl.DataFrame(
        {
            "car": table.text("NUMBER"),
            "car_class": table.text("CLASS"),
            "team": table.text("TEAM"),
            "vehicle": table.text("VEHICLE"),
            "driver": driver_names(table.text("DRIVER_NAME")),
        }
    )
    whole = pl.col("vehicle").filter(~pl.col("vehicle").str.starts_with("-") & (pl.col("vehicle") != ""))
    entries = rows.group_by("car").agg(
        pl.col("car_class").mode().first(),
        pl.col("team").mode().first(),
        whole.mode().first(),
        drivers=pl.col("driver").drop_nulls().unique().sort(),
    )
    makers = pl.Series([maker_of(text or "") for text in entries["vehicle"]], dtype=pl.String)
    return entries.with_columns(manufacturer=makers).sort("car_class", "car")


def _pits_beside(laps: Path) -> Path | None:
    beside = laps.with_name(laps.name.replace("laps", "pits"))
    return beside if beside != laps and beside.is_file() else None


def on_out_laps(laps: pl.DataFrame, stops: pl.DataFrame, found: list[Notice]) -> pl.DataFrame:
    """Each stop meets the in-lap that ended at its hour; the pit time goes on the lap after."""
    first = laps.group_by("car").agg(
        began=(pl.col("clock_time").cast(pl.Int64) // 1_000_000 - (pl.col("elapsed_s") * 1000).round().cast(pl.Int64))
        .sort_by("lap")
        .first()
    )
    since = (pl.col("in_clock").cast(pl.Int64) // 1_000_000 - pl.col("began") + _NEAR_MS) % _DAY_MS - _NEAR_MS
    stops = stops.join(first, on="car", how="inner").with_columns(ms=since).sort("car", "stop")
    # A race of 24 h and some minutes passes its starting hour again: stops never go back in time.
    turned = (pl.col("ms") < pl.col("ms").shift(1).over("car")).cast(pl.Int64).fill_null(0).cum_sum().over("car")
    stops = stops.with_columns(pl.col("ms") + turned * _DAY_MS).sort("ms")
    ends = laps.filter("in_pit").select("car", in_lap="lap", ms=(pl.col("elapsed_s") * 1000).round().cast(pl.Int64))
    met = stops.join_asof(
        ends.sort("ms"), on="ms", by="car", strategy="nearest", tolerance=_NEAR_MS, check_sortedness=False
    )
    lost = met.filter(pl.col("in_lap").is_null()).height
    if lost:
        found.append(Notice("pit stop that meets no in-lap left out", lost))
    times = met.drop_nulls("in_lap").group_by("car", "in_lap").agg(pl.col("pit_time_s").sum())
    times = times.select("car", lap=(pl.col("in_lap") + 1).cast(pl.Int32), pit="pit_time_s")
    joined = laps.join(times, on=["car", "lap"], how="left", maintain_order="left")
    return joined.with_columns(pit_time_s=pl.coalesce("pit_time_s", "pit")).select(laps.columns)
