"""What the readers of simulators' files deliver: laps and results in the canonical tables, and what only a simulator
tells: fuel, energy and tyres lap by lap, who drove which laps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from langstrecke.timing.notices import Notice
from langstrecke.timing.schema import LAPS, RESULTS

Simulator = Literal["acc", "rfactor2", "iracing"]
SessionKind = Literal["race", "qualifying", "practice"]

SHEET = pl.Schema(
    {
        "car": pl.String(),
        "lap": pl.Int32(),
        "driver": pl.String(),
        "timed": pl.Boolean(),  # the lap stands in the lap table too
        "counted": pl.Boolean(),  # the simulator lets it count for a best time; null where it does not say
        "position": pl.Int32(),  # overall, as the lap ended
        "fuel": pl.Float64(),  # share of the tank left as the lap ended, 0..1; null where hidden
        "fuel_used": pl.Float64(),  # share of the tank used on the lap, as printed
        "energy": pl.Float64(),  # share of the virtual energy left (LMU)
        "energy_used": pl.Float64(),
        "tyre_fl": pl.Float64(),  # share of the tyre left, 0..1
        "tyre_fr": pl.Float64(),
        "tyre_rl": pl.Float64(),
        "tyre_rr": pl.Float64(),
        "front": pl.String(),  # compound
        "rear": pl.String(),
    }
)
"""Every lap the file lists, also those without a time."""

DRIVES = pl.Schema(
    {
        "car": pl.String(),
        "driver": pl.String(),
        "first_lap": pl.Int32(),  # null where the file gives a driver's laps as a count only
        "last_lap": pl.Int32(),
        "laps": pl.Int32(),
    }
)
"""Who drove which laps: one row from one swap to the next, so a car has one swap fewer than rows."""

STOP_COUNTS = pl.Schema({"car": pl.String(), "stops": pl.Int32()})
"""Stops as the simulator counted them; a car is missing where it does not."""


@dataclass(frozen=True)
class SimSession:
    """One session of a simulator's file. Tables are empty, never absent."""

    simulator: Simulator
    kind: SessionKind
    name: str  # as the file calls it: "Race", "Practice1", "Open Qualifying"
    track: str
    laps: pl.DataFrame
    results: pl.DataFrame
    sheet: pl.DataFrame
    drives: pl.DataFrame
    stop_counts: pl.DataFrame
    duration_s: float | None = None  # as set for the session
    began: str | None = None  # as printed


@dataclass
class Tally:
    """Blemishes counted by kind; each keeps where it was met first."""

    _counts: dict[str, int] = field(default_factory=dict)
    _first: dict[str, str] = field(default_factory=dict)

    def add(self, what: str, place: str = "", count: int = 1) -> None:
        """Count `what`; `place` says where ("car 91, lap 3")."""
        self._counts[what] = self._counts.get(what, 0) + count
        self._first.setdefault(what, place)

    def notices(self) -> list[Notice]:
        """One notice per kind, in the order met."""
        return [
            Notice(f"{what}, first {self._first[what]}" if self._first[what] else what, count)
            for what, count in self._counts.items()
        ]


Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Tables:
    """The rows of a session's tables, with some of the columns of each."""

    laps: Rows = ()
    results: Rows = ()
    sheet: Rows = ()
    drives: Rows = ()
    stops: Mapping[str, int] = field(default_factory=dict)


def sim_session(
    simulator: Simulator,
    kind: SessionKind,
    name: str,
    track: str,
    race_id: str,
    rows: Tables,
    *,
    duration_s: float | None = None,
    began: str | None = None,
) -> SimSession:
    """A session from its rows; columns a row lacks are null."""
    named = {"race_id": race_id}
    return SimSession(
        simulator=simulator,
        kind=kind,
        name=name,
        track=track,
        laps=_table(LAPS, [{**named, **row} for row in rows.laps]),
        results=_table(RESULTS, [{**named, **row} for row in rows.results]),
        sheet=_table(SHEET, rows.sheet),
        drives=_table(DRIVES, rows.drives),
        stop_counts=_table(STOP_COUNTS, [{"car": car, "stops": n} for car, n in rows.stops.items()]),
        duration_s=duration_s,
        began=began,
    )


def drives_of(car: str, laps: Sequence[int], drivers: Sequence[str | None]) -> list[dict[str, Any]]:
    """The drives of one car, from the driver of each lap in order; laps without a name end a drive."""
    found: list[dict[str, Any]] = []
    before: str | None = None
    for lap, driver in zip(laps, drivers, strict=True):
        if driver is not None and driver == before:
            found[-1].update(last_lap=lap, laps=found[-1]["laps"] + 1)
        elif driver is not None:
            found.append({"car": car, "driver": driver, "first_lap": lap, "last_lap": lap, "laps": 1})
        before = driver
    return found


def own_numbers(numbers: Sequence[str], tally: Tally) -> list[str]:
    """A number for each car that no other has: simulators let several cars carry one.

    The first keeps it, the next are "17b", "17c"; a car without one is "x1", "x2".
    """
    taken: set[str] = set()
    out = []
    for at, number in enumerate(numbers):
        own, nth = number or f"x{at + 1}", 1
        while own in taken:
            own, nth = f"{number or 'x'}{chr(ord('a') + nth) if nth < 26 else nth}", nth + 1
        if not number:
            tally.add("car without a number, called by its place in the file", f"{own}")
        elif own != number:
            tally.add("car with the number of another, called by a letter more", f"{own}")
        taken.add(own)
        out.append(own)
    return out


def settle_places(places: list[int | None], cars: Sequence[str], tally: Tally) -> list[int | None]:
    """Places with those left out that cannot be: below 1, above the number of cars, or claimed twice."""
    held = [p for p in places if p is not None]
    out: list[int | None] = []
    for place, car in zip(places, cars, strict=True):
        if place is not None and not 1 <= place <= len(cars):
            tally.add("impossible place in the result left out", f"car {car}")
            place = None
        elif place is not None and held.count(place) > 1:
            tally.add("place in the result claimed by two cars, left out for both", f"car {car}")
            place = None
        out.append(place)
    return out


def _table(schema: pl.Schema, rows: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
