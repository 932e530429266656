"""A race under way as its timing shows it at one moment: the state of every car from the crossings so far.

    state = live_state(laps, card, 6 * 3600.0)
    state.car("01").stint_laps

Only rows whose crossing happened at or before that moment are looked at; the rest of the table might as well not be
there. Times are race seconds (the canonical `elapsed_s`), fuel is in green laps' worth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from langstrecke.racecard.schema import Entry, RaceCard
from langstrecke.racestate.boxes import InLaps, in_laps
from langstrecke.racestate.model import LiveCar, LiveState, Status
from langstrecke.racestate.run import Run, run_of
from langstrecke.timing.derive import neutralisations
from langstrecke.timing.people import person

LATE = 1.35
"""A car is overdue when it has not crossed for this many laps of its own (at the speed of the moment; default)."""
LATE_S = 25.0
"""... and this many seconds more (default)."""
STOP_SPARE_S = 45.0
"""Seconds a routine stop may take beyond the card's figures before the car counts as overdue (default)."""
STILL_S = 240.0
"""No car crosses for this long: the race stands still, and nobody is late meanwhile (a safety car's queue is round
sooner; default)."""
RECENT_LAPS = 1.2
"""Without flags, a slow stretch that lasted until this many laps ago is still under way: laps tell with delay."""


def laps_until(laps: pl.DataFrame, t: float) -> pl.DataFrame:
    """The rows known at race time t, ordered by (car, lap): nothing else may enter a forecast."""
    return laps.filter(pl.col("elapsed_s") <= t).sort("car", "lap")


def live_state(laps: pl.DataFrame, card: RaceCard, t: float) -> LiveState:
    """The state of every car of the card at race time `t`. `laps` is a canonical lap table, of any length."""
    known = laps_until(laps, t)
    periods = neutralisations(known)
    neutral, since = _neutral_now(known, periods, card, t)
    spans = [(a, b) for a, b in periods.select("start_s", "end_s").iter_rows()]
    ratio = card.neutralisation.lap_ratio if neutral else 1.0
    tables = {str(key[0]): rows for key, rows in known.group_by("car", maintain_order=True)}
    order = {name: _class_order(card, name, tables) for name in card.classes}
    usual = {name: _usual_lap(card, name, tables) for name in card.classes}
    still = _still(known, t)
    before_line = in_laps(known, spans)
    runs = {car: run_of(rows, spans) for car, rows in tables.items()}
    shared = {n: Moment(t, ratio, spans, still, usual[n], before_line, runs) for n in card.classes}
    cars = tuple(_car(e, card, tables.get(e.car), order[e.car_class], shared[e.car_class]) for e in card.entries)
    on_card = {e.car for e in card.entries}
    return LiveState(
        race_id=card.race.id,
        t=t,
        end=card.race.duration_s,
        neutral=neutral,
        neutral_since_s=since,
        wetness=_wetness(known, card, spans, t),
        cars=cars,
        strangers=tuple(sorted(set(tables) - on_card)),
    )


@dataclass(frozen=True)
class Moment:
    """What all cars share: the time, how slow a lap is now, neutralised periods, stretches without any crossing."""

    t: float
    ratio: float
    spans: list[tuple[float, float]]
    still: list[tuple[float, float]]
    lap_s: float
    """Usual lap of the car's class so far."""
    in_laps: InLaps
    runs: dict[str, Run]

    def racing_s(self, since: float) -> float:
        """Seconds from `since` until now in which the race did not stand still."""
        return self.t - since - sum(max(0.0, min(b, self.t) - max(a, since)) for a, b in self.still)


def _still(known: pl.DataFrame, t: float) -> list[tuple[float, float]]:
    """Stretches in which no car of the field crossed the line, up to now."""
    times = np.append(np.sort(known["elapsed_s"].to_numpy()), t)
    long = np.flatnonzero(np.diff(times) > STILL_S)
    return [(float(times[k]), float(times[k + 1])) for k in long]


def _neutral_now(
    known: pl.DataFrame, periods: pl.DataFrame, card: RaceCard, t: float
) -> tuple[Literal["", "safety_car", "fcy"], float]:
    """Whether the race is neutralised at t, by what, and since when."""
    if known.is_empty() or periods.is_empty():
        return "", 0.0
    last = periods.row(-1, named=True)
    until = float(known["elapsed_s"].to_numpy().max())
    if last["source"] == "pace":
        lap = max(f.lap_s for f in card.classes.values())
        under_way = last["end_s"] >= until - RECENT_LAPS * lap
    else:
        under_way = last["end_s"] >= until
    if not under_way or last["kind"] == "slow_zone":
        return "", 0.0
    apart = card.neutralisation.fcy_per_h > 0.0 and last["kind"] == "fcy" and last["source"] == "flags"
    start = float(last["start_s"])
    for row in reversed(periods.rows(named=True)[:-1]):  # a change of flag is a new period, not a new start
        if row["end_s"] < start - 1.0 or row["kind"] == "slow_zone":
            break
        start = float(row["start_s"])
    return ("fcy" if apart else "safety_car"), min(start, t)


def _usual_lap(card: RaceCard, name: str, tables: dict[str, pl.DataFrame]) -> float:
    """Lap of a class by its laps so far (the middle of its cars' medians); the card's while there are few."""
    own = [np.median(r["lap_time_s"].to_numpy()) for c in card.cars_of(name) if (r := tables.get(c)) is not None]
    many = [tables[c].height for c in card.cars_of(name) if c in tables]
    return float(np.median(own)) if sum(many) >= 3 * max(len(own), 1) and own else card.classes[name].lap_s


def _class_order(card: RaceCard, name: str, tables: dict[str, pl.DataFrame]) -> list[tuple[int, float, str]]:
    """(-laps, last crossing, car) of a class, best first; cars without a crossing are not in it."""
    found = []
    for car in card.cars_of(name):
        rows = tables.get(car)
        if rows is not None:
            found.append((-int(rows["lap"][-1]), float(rows["elapsed_s"][-1]), car))
    return sorted(found)


def _car(
    entry: Entry,
    card: RaceCard,
    rows: pl.DataFrame | None,
    order: list[tuple[int, float, str]],
    now: Moment,
) -> LiveCar:
    figures = card.classes[entry.car_class]
    lap_s = now.lap_s
    if rows is None:
        grid = 1.5 * (entry.grid or len(card.entries)) + entry.start_s
        late = now.racing_s(grid) - LATE * now.ratio * lap_s - LATE_S
        return LiveCar(
            car=entry.car, car_class=entry.car_class, status="overdue" if late > 0 else "not started", laps=0,
            crossed_s=0.0, gap_laps=-order[0][0] if order else 0, gap_s=float("nan"), position=len(order) + 1,
            stint_laps=0, fuel_laps=0.0, longest_stint=0.0, stops=0, in_pit=False, paid_s=0.0,
            overdue_s=max(late, 0.0), driver=None, driver_since_s=0.0, turn_stints=1, driven_s=(), last_out_s=(),
            stops_s=(), longest_stop_s=0.0,
        )  # fmt: skip
    run = now.runs[entry.car]
    end, in_pit = run.end, run.in_pit
    laps = int(rows["lap"][-1])
    stopped = run.stopped
    allowed = LATE * now.ratio * lap_s + LATE_S
    if in_pit[-1]:
        stop = figures.lane_s + max(figures.refuel_s, figures.driver_change_s, figures.tyres_s)
        allowed += stop + entry.stop_s + STOP_SPARE_S
    late = now.racing_s(float(end[-1])) - allowed
    status: Status = "overdue" if late > 0 else "in the pits" if in_pit[-1] else "running"
    lead_laps, lead_s, _ = order[0]
    same = next((s for n, s, _ in order if n == -laps), float(end[-1]))
    gap_s = float(end[-1]) - (lead_s if lead_laps == -laps else same)
    drove = _drivers(entry, rows, run)
    return LiveCar(
        car=entry.car,
        car_class=entry.car_class,
        status=status,
        laps=laps,
        crossed_s=float(end[-1]),
        gap_laps=-lead_laps - laps,
        gap_s=gap_s,
        position=1 + sum((n, s) < (-laps, float(end[-1])) for n, s, _ in order),
        stint_laps=len(end) - run.fresh,
        fuel_laps=float(run.burn[run.fresh :].sum()),
        longest_stint=run.longest_stint(),
        stops=len(stopped),
        in_pit=bool(in_pit[-1]),
        paid_s=now.in_laps.paid(entry.car, run, now.spans) if in_pit[-1] else 0.0,
        overdue_s=max(late, 0.0),
        driver=drove.aboard,
        driver_since_s=drove.since_s,
        turn_stints=drove.stints,
        driven_s=drove.driven_s,
        last_out_s=drove.last_out_s,
        stops_s=tuple(float(x) for x in end[stopped]),
        longest_stop_s=float(run.pit_s.max()),
    )


@dataclass(frozen=True)
class _Drove:
    aboard: str | None
    since_s: float
    stints: int
    driven_s: tuple[tuple[str, float], ...]
    last_out_s: tuple[tuple[str, float], ...]


def _drivers(
    entry: Entry,
    rows: pl.DataFrame,
    run: Run,
) -> _Drove:
    """Who drove when. Names are matched by `person`; laps of drivers the card does not know are nobody's."""
    names = {person(d.name): d.name for d in entry.drivers}
    who = [names.get(person(d)) if d else None for d in rows["driver"].to_list()]
    driven: dict[str, float] = {}
    out: dict[str, float] = {}
    for k, name in enumerate(who):
        if name is not None:
            driven[name] = driven.get(name, 0.0) + max(float(run.time[k] - run.pit_s[k]), 0.0)
            out[name] = float(run.end[k])
    first = len(who) - 1
    while first > 0 and who[first - 1] == who[-1]:
        first -= 1
    return _Drove(
        aboard=who[-1],
        since_s=float(run.end[first] - run.time[first]) + (float(run.pit_s[first]) if first else 0.0),
        stints=1 + int(run.in_pit[first:-1].sum()),
        driven_s=tuple(driven.items()),
        last_out_s=tuple((n, s) for n, s in out.items() if n != who[-1]),
    )


WET_FIELD = 1.05
"""Field pace over dry from which the track counts as wet (the ratings' figure is 1.045)."""
NOT_RAIN = 1.3
"""A field slower than this is neutralised, not rained on: rain costs up to a fifth."""
WET_WINDOW_S = 420.0
"""How far back the last green laps may lie."""


def _wetness(known: pl.DataFrame, card: RaceCard, spans: list[tuple[float, float]], t: float) -> float:
    """How wet the track is by the pace of the field on its last green laps (0.5: the card's `wet_ratio`)."""
    if known.is_empty():
        return 0.0
    rows = known.with_columns(out=pl.col("in_pit").shift(1).over("car").fill_null(False)).filter(
        ~pl.col("in_pit") & ~pl.col("out") & (pl.col("lap") > 1)
    )
    for a, b in spans:
        rows = rows.filter((pl.col("elapsed_s") <= a) | (pl.col("elapsed_s") - pl.col("lap_time_s") >= b))
    dry = rows.group_by("car").agg(dry=pl.col("lap_time_s").quantile(0.2, "lower"))
    recent = rows.filter(pl.col("elapsed_s") > t - WET_WINDOW_S).join(dry, on="car")
    if recent["car"].n_unique() < 5:
        return 0.0
    ratio = float(np.median((recent["lap_time_s"] / recent["dry"]).to_numpy()))
    if not WET_FIELD < ratio < NOT_RAIN:
        return 0.0
    return float(np.clip(0.5 * (ratio - 1.0) / max(card.weather.wet_ratio - 1.0, 0.02), 0.05, 1.0))
