"""What the ratings know about a session: its identity, and its laps boiled down once (`SessionSummary`).

Everything after `summarise` works on summaries only: a walk through seasons reads no lap twice. A summary is a pure
function of one session's tables; the order of their rows does not matter.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from langstrecke.ratings.annotate import AnnotatedLaps, annotate
from langstrecke.ratings.blas import on_one_thread
from langstrecke.ratings.pace.session import SessionPace, fit_session
from langstrecke.ratings.race_facts import RaceFacts, race_facts

Kind = Literal["practice", "qualifying", "warm-up", "race", "test"]


@dataclass(frozen=True)
class SessionInfo:
    """Which session: `event` groups the sessions that share a car's set-up and balance of performance."""

    id: str
    race_id: str
    series: str
    season: int
    circuit: str
    kind: Kind
    start: dt.datetime


@dataclass(frozen=True)
class Session:
    """A session's tables. `laps` may be empty (results only)."""

    info: SessionInfo
    laps: pl.DataFrame
    results: pl.DataFrame | None = None
    weather: pl.DataFrame | None = None


@dataclass(frozen=True)
class CarFact:
    """An entry fact: who drives what in this session."""

    car: str
    car_class: str
    team: str
    vehicle: str
    make: str
    drivers: tuple[str, ...]
    licences: tuple[str | None, ...]


@dataclass(frozen=True)
class BestLap:
    """A driver's best lap in one car: `level` is log seconds, `laps` how many flying laps it is the best of."""

    car: str
    driver: str
    car_class: str
    level: float
    laps: int


@dataclass(frozen=True)
class LapSummary:
    """The laps of one session boiled down: the part that costs time, and is kept in the cache."""

    pace: tuple[SessionPace, ...] = ()
    bests: tuple[BestLap, ...] = ()
    wet_share: float = 0.0
    length_km: float | None = None  # of the circuit, from average speeds
    facts: RaceFacts | None = None


@dataclass(frozen=True)
class SessionSummary:
    """One session boiled down: identity, entry facts, laps."""

    info: SessionInfo
    cars: tuple[CarFact, ...]
    laps: LapSummary

    @property
    def pace(self) -> tuple[SessionPace, ...]:
        """Pace by class."""
        return self.laps.pace

    @property
    def bests(self) -> tuple[BestLap, ...]:
        """Best laps by driver and car."""
        return self.laps.bests


def summarise(session: Session) -> SessionSummary:
    """Boil one session down to levels, best laps, entry facts and, for a race, everything else it shows."""
    return SessionSummary(session.info, car_facts(session), summarise_laps(session))


@on_one_thread
def summarise_laps(session: Session) -> LapSummary:
    """The lap part of `summarise`."""
    if session.laps.is_empty():
        return LapSummary()
    laps = annotate(session.laps, rain=rain_periods(session))
    if laps.n == 0:
        return LapSummary()
    fits = tuple(p for c in laps.classes if (p := fit_session(laps, c)) is not None)
    race = session.info.kind == "race"
    return LapSummary(
        pace=fits,
        bests=best_laps(laps),
        wet_share=float(laps.wet.mean()),
        length_km=_length_km(session.laps),
        facts=race_facts(laps, fits) if race else None,
    )


def _length_km(laps: pl.DataFrame) -> float | None:
    """Length of the circuit: average speed times lap time, the middle of all laps."""
    table = laps.select((pl.col("kph") * pl.col("lap_time_s") / 3600).alias("km")).drop_nulls()
    if table.height < 20:
        return None
    return round(float(np.median(table["km"].to_numpy())), 3)


def best_laps(laps: AnnotatedLaps) -> tuple[BestLap, ...]:
    """Best flying lap of every driver in every car (dry or wet; the caller decides what to believe)."""
    flying = ~laps.in_lap & ~laps.out_lap & ~laps.neutral
    found = []
    keys = laps.car * len(laps.drivers) + laps.driver
    for key in np.unique(keys[flying]):
        mine = flying & (keys == key)
        times = laps.lap_time_s[mine]
        row = int(np.flatnonzero(mine)[0])
        found.append(
            BestLap(
                laps.cars[laps.car[row]],
                laps.drivers[laps.driver[row]],
                laps.classes[laps.car_class[row]],
                float(np.log(times.min())),
                len(times),
            )
        )
    return tuple(found)


def rain_periods(session: Session) -> tuple[tuple[float, float], ...]:
    """(from, to) in session seconds in which the weather table says rain, counted from its first row."""
    weather = session.weather
    if weather is None or weather.is_empty():
        return ()
    table = weather.select("utc", "rain").drop_nulls().sort("utc")
    if table.is_empty() or not table["rain"].any():
        return ()
    seconds = (table["utc"] - table["utc"][0]).dt.total_seconds().to_numpy().astype(float)
    wet = table["rain"].to_numpy()
    edges = np.diff(np.r_[0, wet.astype(int), 0])
    last = len(seconds) - 1
    return tuple(
        (float(seconds[a]), float(seconds[min(b, last)]))
        for a, b in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)
    )


FACT_COLUMNS = ("car", "car_class", "team", "vehicle", "manufacturer", "drivers", "licences")
"""Columns of the result table that entry facts are made of."""


def car_fact(row: Mapping[str, Any]) -> CarFact:
    """The entry fact in one row of a result table."""
    return CarFact(
        car=row["car"],
        car_class=row["car_class"] or "",
        team=row["team"] or "",
        vehicle=row["vehicle"] or "",
        make=row["manufacturer"] or "",
        drivers=tuple(row["drivers"] or ()),
        licences=tuple(row["licences"] or ()),
    )


def car_facts(session: Session) -> tuple[CarFact, ...]:
    """Entry facts by car number, from the result table, or from the laps where there is none."""
    if session.results is None or session.results.is_empty():
        return facts_from_laps(session.laps)
    facts = {row["car"]: car_fact(row) for row in session.results.sort("car").iter_rows(named=True)}
    return tuple(facts.values())


def facts_from_laps(laps: pl.DataFrame) -> tuple[CarFact, ...]:
    """Entry facts by car number, as far as the laps tell."""
    if laps.is_empty():
        return ()
    facts = []
    for key, mine in laps.sort("car", "lap").group_by("car", maintain_order=True):
        drivers = tuple(d for d in mine["driver"].unique(maintain_order=True).to_list() if d)
        first = mine.row(0, named=True)
        facts.append(
            CarFact(
                str(key[0]),
                first["car_class"] or "",
                first["team"] or "",
                "",
                first["manufacturer"] or "",
                drivers,
                (None,) * len(drivers),
            )
        )
    return tuple(facts)
