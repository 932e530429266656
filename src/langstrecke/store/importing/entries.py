"""Who is entered for a race: from the best list the store holds."""

from __future__ import annotations

import duckdb
import polars as pl

from langstrecke.store import ENTRIES
from langstrecke.timing.readers.laps import NO_CLASS

_COLUMNS = "car, car_class, team, vehicle, manufacturer, drivers, licences, countries"
_FRAME = pl.Schema({name: ENTRIES[name] for name in ENTRIES.names() if name not in ("race_id", "origin")})


def entries_of(connection: duckdb.DuckDBPyConnection, race_id: str) -> pl.DataFrame:
    """Entries of a race as `store.ENTRIES`, ordered by class and car number.

    Taken from the race's result, else its published entry list, else the results of the event's other
    sessions (the latest that names a car), else the laps of the race or of the latest session. Result files
    list cars in finishing order; ordering by class and number keeps that from leaking into a forecast.
    """
    race = f"{race_id}/race"
    ways = (
        ("results", f"SELECT {_COLUMNS} FROM results WHERE race_id = ?", race),
        ("entry_list", f"SELECT {_COLUMNS} FROM entry_lists WHERE session_id = ?", race),
        ("session_results", _SESSION_RESULTS, race_id),
        ("laps", _LAPS, race_id),
    )
    for origin, query, key in ways:
        rows = connection.execute(query, [key]).fetchall()
        if rows:
            frame = pl.DataFrame(rows, schema=_FRAME, orient="row")
            if origin != "laps":
                frame = _filled(
                    frame, pl.DataFrame(connection.execute(_LAPS, [race_id]).fetchall(), _FRAME, orient="row")
                )
            frame = frame.with_columns(race_id=pl.lit(race_id), origin=pl.lit(origin))
            return frame.select(ENTRIES.names()).cast(ENTRIES).sort("car_class", "car")
    return pl.DataFrame(schema=ENTRIES)


def _filled(entries: pl.DataFrame, laps: pl.DataFrame) -> pl.DataFrame:
    """Entries with the drivers, class, team and make that only the laps name."""
    told = laps.select(
        "car", *(pl.col(c).alias(f"{c}_laps") for c in ("car_class", "team", "manufacturer", "drivers"))
    )
    joined = entries.join(told, on="car", how="left", maintain_order="left")
    nobody = pl.col("drivers").is_null() | (pl.col("drivers").list.len() == 0)
    no_class = (pl.col("car_class") == NO_CLASS) & pl.col("car_class_laps").is_not_null()
    nothing = pl.lit(None, dtype=pl.List(pl.String))
    return joined.with_columns(
        car_class=pl.when(no_class).then("car_class_laps").otherwise("car_class"),
        team=pl.coalesce("team", "team_laps"),
        manufacturer=pl.coalesce("manufacturer", "manufacturer_laps"),
        licences=pl.when(nobody).then(nothing).otherwise("licences"),
        countries=pl.when(nobody).then(nothing).otherwise("countries"),
        drivers=pl.when(nobody).then(pl.coalesce("drivers_laps", "drivers")).otherwise("drivers"),
    ).select(entries.columns)


_SESSION_RESULTS = f"""
WITH latest AS (
    SELECT r.*, row_number() OVER (PARTITION BY r.car ORDER BY s.start DESC, s.session_id) AS age
    FROM results r JOIN sessions s ON r.race_id = s.session_id
    WHERE s.race_id = ?
)
SELECT {_COLUMNS} FROM latest WHERE age = 1
"""

# Drivers in alphabetical order: the order in which they drove is not for a forecast to know.
_LAPS = """
WITH picked AS (
    SELECT session_id FROM sessions s
    WHERE s.race_id = ? AND EXISTS (SELECT 1 FROM laps l WHERE l.race_id = s.session_id)
    ORDER BY kind = 'race' DESC, start DESC LIMIT 1
)
SELECT car, min(car_class), mode(team), NULL, mode(manufacturer),
    list_sort(list(DISTINCT driver) FILTER (driver IS NOT NULL)), NULL, NULL
FROM laps WHERE race_id IN (SELECT session_id FROM picked) GROUP BY car
"""
