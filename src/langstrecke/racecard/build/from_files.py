"""A race card from result files of simulators: practice, qualifying and race logs of one server.

    card = card_from_files(["practice.xml", "qualify.xml", "race.xml"], length_s=6 * 3600)

Drivers are rated by name, without licences. What the files do not tell is a default, and the card's note says which.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from langstrecke.errors import CardError
from langstrecke.formatting import plural
from langstrecke.racecard.build.sim_laps import (
    LEAST_LAPS,
    clean_laps,
    driver_paces,
    fall_off,
    noise,
    stop_costs,
    tank_laps,
)
from langstrecke.racecard.schema import ActualResult, CircuitInfo, ClassFigures, Driver, Entry, RaceCard, RaceInfo
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers import simulators
from langstrecke.timing.readers.sim_session import SimSession

LANE_S = 30.0
"""Driving through the pit lane where no stop was timed (default)."""
RACES = ("race", "qualifying", "practice")


def card_from_files(
    paths: Sequence[str | Path],
    *,
    length_s: float | None = None,
    stint_laps: float | None = None,
    lane_s: float | None = None,
    name: str | None = None,
    notices: list[Notice] | None = None,
) -> RaceCard:
    """The card of the field in these files. `length_s`, `stint_laps` and `lane_s` stand for what no file tells.

    Raises `TimingFileError` for a file that cannot be read, `CardError` where too little is told to race by.
    """
    found: list[Notice] = notices if notices is not None else []
    sessions = [simulators.read(path, notices=found) for path in paths]
    tracks = {re.sub(r"\W+", "", s.track.casefold()) for s in sessions if s.track}
    if len(tracks) > 1:
        raise CardError("these files are of different tracks: " + ", ".join(sorted(s.track for s in sessions)))
    main = min(sessions, key=lambda s: (RACES.index(s.kind), s.results.is_empty()))
    length = length_s or main.duration_s
    if length is None:
        raise CardError("no file says how long the race is", hint="give --length 6h")
    clean = clean_laps(sessions)
    if clean.is_empty():
        raise CardError("no file holds racing laps: a result alone does not say how fast anybody is")
    entries, timed = _entries(main, sessions, clean)
    told: list[str] = [f"{plural(clean.height, 'racing lap')} of {plural(len(paths), 'file')}"]
    classes = {}
    for car_class in dict.fromkeys(entry["class"] for entry in entries):
        classes[car_class] = _figures(car_class, sessions, clean, stint_laps, lane_s, told)
    told.append(f"{plural(timed, 'driver')} timed on {LEAST_LAPS} laps or more; the others are the class's mean")
    told.append("yellows, rain, breakdowns and traffic are a card's defaults: no simulator's file tells them")
    track = main.track or "unknown"
    slug = re.sub(r"[^a-z0-9]+", "-", track.casefold()).strip("-") or "track"
    date = _date(main)
    return RaceCard(
        race=RaceInfo(
            id=f"sim-{date.year}-{slug}",
            name=name or f"{track}, {main.name}",
            series="none",
            season=date.year,
            date=date,
            rulebook="none",
            duration_s=length,
            knowledge="hand",
            note="; ".join(told),
        ),
        circuit=CircuitInfo(id=slug, name=track),
        classes=classes,
        entries=tuple(Entry.model_validate(entry) for entry in entries),
        result=tuple(
            ActualResult(car=row["car"], position=row["position"], position_in_class=row["position_in_class"],
                         laps=row["laps"], status=row["status"] or "")
            for row in main.results.iter_rows(named=True)
            if main.kind == "race" and row["car"] in {entry["car"] for entry in entries}
        ),
    )  # fmt: skip


def _date(session: SimSession) -> dt.date:
    printed = re.search(r"(\d{4})[-/](\d\d)[-/](\d\d)", session.began or "")
    try:
        return dt.date(*map(int, printed.groups())) if printed else dt.date(2000, 1, 1)
    except ValueError:
        return dt.date(2000, 1, 1)


def _class(text: str | None) -> str:
    return text or "car"


def _entries(
    main: SimSession, sessions: Sequence[SimSession], clean: pl.DataFrame
) -> tuple[list[dict[str, Any]], int]:
    """The field: the main session's cars, their crews and paces; and how many drivers were timed."""
    paces = {c: driver_paces(clean, c) for c in clean["car_class"].unique()}
    grid = next((s for s in sessions if s.kind == "qualifying" and not s.results.is_empty()), None)
    first = {tuple(row["drivers"]): row["position"] for row in grid.results.iter_rows(named=True)} if grid else {}
    rows = list(main.results.iter_rows(named=True))
    if not rows:
        cars = main.laps.unique("car", maintain_order=True)
        rows = [{"car": r["car"], "car_class": r["car_class"], "team": r["team"], "vehicle": None, "drivers": []}
                for r in cars.iter_rows(named=True)]  # fmt: skip
    timed, out = 0, []
    for row in rows:
        crew = list(dict.fromkeys([*row["drivers"], *main.drives.filter(car=row["car"])["driver"].to_list()]))
        drivers = []
        for who in crew or [f"car {row['car']}"]:
            pace = paces.get(_class(row["car_class"]), {}).get(who)
            seen = pace is not None and pace.laps >= LEAST_LAPS
            timed += seen
            drivers.append(
                Driver(name=who, pace_s=round(pace.pace_s, 3) if pace else 0.0,
                       pace_s_sd=round(pace.sd_s, 3) if pace else 1.0, evidence="laps" if seen else "prior")
            )  # fmt: skip
        entry = {"car": row["car"], "class": _class(row["car_class"]), "team": row["team"] or "",
                 "vehicle": row["vehicle"] or "", "drivers": tuple(drivers[:8])}  # fmt: skip
        place = first.get(tuple(row["drivers"]))
        out.append(entry | ({"grid": place} if place else {}))
    return out, timed


def _figures(
    car_class: str, sessions: Sequence[SimSession], clean: pl.DataFrame, stint_laps: float | None,
    lane_s: float | None, told: list[str],
) -> ClassFigures:  # fmt: skip
    own = clean.filter(pl.col("car_class") == car_class)
    if own.is_empty():
        raise CardError(f"no racing lap of the class {car_class!r} is told", hint="give a file in which it races")
    cars = set(own.select("session", "car").rows())
    tank = stint_laps or tank_laps(sessions, cars)
    if tank is None:
        raise CardError(f"no file tells how many laps a tank of {car_class} lasts", hint="give --stint-laps")
    stops = stop_costs(sessions, cars)
    slope = fall_off(clean, car_class)
    spread, tail = noise(clean, car_class)
    lane = lane_s if lane_s is not None else stops.lane_s
    told.append(
        f"{car_class}: a tank lasts {tank:.1f} laps ({'given' if stint_laps else 'by the fuel of the laps'}), "
        + (f"{plural(stops.seen, 'stop')} timed" if stops.seen else f"no stop timed, {lane or LANE_S:.0f} s taken")
        + ("" if slope is not None else ", fall-off not known")
    )
    return ClassFigures(
        lap_s=round(float(np.median(own["lap_time_s"].to_numpy())), 3),
        lap_s_sd=0.3,
        noise_s=round(spread, 3),
        noise_tail_s=round(tail, 3),
        stint_laps=round(tank, 2),
        lane_s=round(lane if lane is not None else LANE_S, 1),
        refuel_s=round(stops.refuel_s, 1),
        tyre_lap_s=round(slope or 0.0, 4),
    )
