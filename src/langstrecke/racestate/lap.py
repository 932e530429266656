"""One lap of one car, as the canonical lap table has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from sys import intern
from typing import NamedTuple

import polars as pl

from langstrecke.timing.schema import LAPS


class Lap(NamedTuple):
    """One row of the lap table, in the order of `timing.schema.LAPS`."""

    race_id: str | None
    car: str
    car_class: str
    lap: int
    driver: str | None
    lap_time_s: float
    elapsed_s: float
    s1_s: float | None
    s2_s: float | None
    s3_s: float | None
    in_pit: bool
    pit_time_s: float | None
    flag: str | None
    kph: float | None
    team: str | None
    manufacturer: str | None
    clock_time: dt.time | None


assert Lap._fields == tuple(LAPS.names())


def laps_in(frame: pl.DataFrame) -> Iterator[Lap]:
    """The rows of a canonical lap table."""
    known = frame.select(LAPS.names()).with_columns(
        pl.col("in_pit").fill_null(False), pl.col("car_class").fill_null("")
    )
    for row in known.iter_rows():
        yield Lap(*row)


def once(text: str | None) -> str | None:
    """The text kept once in memory, not once a lap: a day's race would fill the memory with names."""
    return intern(text) if text is not None else None
