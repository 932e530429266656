"""Every stop of a real race as a decision at its time: against stopping as its class did, with what was known then.

Judged is what was open to the crew: it knew its tank (told by the stints of the whole race), and a stop with a tank
that may have been empty, of a driver whose time was up, or through the lane without fuel was no choice. Under green
the other way is to stay out until the class's usual stop, under a yellow to stay out past it.

A first look at all stops with few races, then the best and the worst again on fresh races, so that what stands at
either end stands there for more than its luck in the first look.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.racecard.schema import RaceCard
from langstrecke.racestate.fold import RaceFold, fold_of
from langstrecke.racestate.model import LiveState
from langstrecke.racestate.state import live_state
from langstrecke.ratings.annotate import annotate
from langstrecke.ratings.stops import drive_throughs
from langstrecke.simulation.kernel.snapshot import OUT
from langstrecke.simulation.kernel.stops import LAST_LAPS_FUEL
from langstrecke.strategy.counterfactual.moment import Moment, moment
from langstrecke.strategy.lookup import car_index
from langstrecke.strategy.options import Answer, Option, stop_or_stay
from langstrecke.timing.derive import neutralisations, pit_stops

FIRST_LOOK = 96
SECOND_LOOK = 768
"""Races of the two looks."""
SHOWN = 5
FORCED_LAPS = 2.5
"""With less fuel than this, or a driver's time up within it, the stop was no choice (default)."""
RANGE = 1.28
"""Standard errors of what is on board by which it may have been less (80 % range)."""
LONG_STOP = 2.5
"""A stop longer than this many usual ones was for repair or penalty, not strategy."""
AGAIN = 2
"""As many times the shown stops are looked at again."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Scored:
    """One stop. `kind`: `choice`, `forced` (the tank may have been empty), `driver` (his time was up), `pass` (no
    fuel: a penalty, a minimum time in the lane) or `repair`; only choices are scored.
    """

    car: str
    car_class: str
    stop: int
    lap: int
    t: float
    flag: str
    kind: str
    fuel_left: float
    place: int
    driver_in: str
    driver_out: str
    pit_time_s: float | None
    answer: Answer | None = None

    @property
    def gain(self) -> float:
        """Places in class won by stopping rather than staying out; 0 for what was no choice."""
        return -self.answer.place.change if self.answer is not None else 0.0

    def to_json(self) -> dict[str, Any]:
        """Rounded figures."""
        keys = ("car", "car_class", "stop", "lap", "flag", "kind", "place", "driver_in", "driver_out")
        data: dict[str, Any] = {k: getattr(self, k) for k in keys}
        data |= {
            "at_s": round(self.t, 1),
            "fuel_left": round(self.fuel_left, 1),
            "places_gained": round(self.gain, 3),
        }
        if self.answer is not None:
            data |= {"win": self.answer.win.to_json(), "place_change": self.answer.place.to_json()}
        return data


@dataclass(frozen=True)
class Audit:
    """All stops of a race in order of time."""

    race: str
    stops: tuple[Scored, ...]
    seed: int

    def best(self, car_class: str, count: int = SHOWN) -> tuple[Scored, ...]:
        """The calls that won most, looked at twice; no call stands among the worst, too."""
        return tuple(sorted((s for s in self._twice(car_class) if s.gain > 0.0), key=lambda s: -s.gain)[:count])

    def worst(self, car_class: str, count: int = SHOWN) -> tuple[Scored, ...]:
        """The calls that lost most, looked at twice."""
        return tuple(sorted((s for s in self._twice(car_class) if s.gain < 0.0), key=lambda s: s.gain)[:count])

    def classes(self) -> tuple[str, ...]:
        """Classes with scored stops."""
        return tuple(dict.fromkeys(s.car_class for s in self.stops if s.answer is not None))

    def _twice(self, car_class: str) -> list[Scored]:
        found = [s for s in self.stops if s.car_class == car_class and s.answer is not None]
        return [s for s in found if s.answer is not None and s.answer.place.races > FIRST_LOOK] or found

    def to_json(self) -> dict[str, Any]:
        """The data of `langstrecke audit --json`."""
        return {
            "race": self.race,
            "seed": self.seed,
            "stops": [s.to_json() for s in self.stops],
            "classes": {
                name: {
                    "best": [s.to_json() for s in self.best(name)],
                    "worst": [s.to_json() for s in self.worst(name)],
                }
                for name in self.classes()
            },
        }


def audit(
    card: RaceCard,
    laps: pl.DataFrame,
    *,
    cars: Sequence[str] = (),
    classes: Sequence[str] = (),
    seed: int = 1,
    first_look: int = FIRST_LOOK,
    second_look: int = SECOND_LOOK,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Audit:
    """Score every stop of a race. `cars` and `classes` leave out the rest. LangstreckeError if no stop is left."""
    for car in cars:
        car_index(card, car)
    rows = _stops(card, laps, cars, classes)
    if not rows:
        raise LangstreckeError("no stop of these cars is in the laps")
    fold = fold_of(laps)
    tanks = live_state(fold, card, max(fold.newest_s, card.race.duration_s))
    field = _Field(_usual_pit_times(rows), _passes(laps))
    known: dict[float, Moment] = {}
    decisions = [_decision(card, fold, tanks, row, field, known) for row in rows]
    habits = _habits(decisions)

    def scored(place: int, races: int, first_race: int) -> Scored:
        stop, now, option = decisions[place]
        if stop.kind != "choice":
            return stop
        index = car_index(now.card, stop.car)
        early = habits.get(stop.car_class, 0.0)
        answer = stop_or_stay(
            _as_they_did(now, habits), index, option,
            races=races, seed=seed, first_race=first_race, threads=threads, early=early,
        )  # fmt: skip
        return replace(stop, answer=answer)

    found: list[Scored] = []
    for place in range(len(rows)):
        found.append(scored(place, first_look, 0))
        if progress is not None:
            progress(place + 1, len(rows))
    for place in _ends(found):
        found[place] = scored(place, second_look, 100_000)
    return Audit(card.race.id, tuple(found), seed)


@dataclass(frozen=True)
class _Field:
    """What all stops of a race share: usual times in the lane by class, visits that brought no fuel."""

    usual: dict[str, float]
    passes: frozenset[tuple[str, int]]


def _passes(laps: pl.DataFrame) -> frozenset[tuple[str, int]]:
    """(car, in-lap) of runs through the lane without fuel."""
    known = annotate(laps)
    return frozenset(
        (known.cars[known.car[row]], int(known.lap[row])) for row in np.flatnonzero(drive_throughs(known))
    )


def _habits(decisions: Sequence[tuple[Scored, Moment, Option]]) -> dict[str, float]:
    """Fuel left, in laps, at the middle one of each class's free stops under green."""
    left: dict[str, list[float]] = {}
    for stop, _, _ in decisions:
        if stop.kind == "choice" and stop.flag == "green":
            left.setdefault(stop.car_class, []).append(stop.fuel_left)
    return {name: median(values) for name, values in left.items()}


def _as_they_did(now: Moment, habits: Mapping[str, float]) -> Moment:
    """The moment with every class stopping under green as early as it did in this race."""
    cars = now.params.car.copy()
    for i, entry in enumerate(now.card.entries):
        cars["early_laps"][i] = max(0.0, habits.get(entry.car_class, 0.0) - LAST_LAPS_FUEL)
    return replace(now, params=now.params._replace(car=cars.view(np.recarray)))


def _ends(scored: list[Scored]) -> list[int]:
    """Places of the stops at either end of each class."""
    found: list[int] = []
    for name in dict.fromkeys(s.car_class for s in scored):
        own = [n for n, s in enumerate(scored) if s.car_class == name and s.answer is not None]
        own.sort(key=lambda n: scored[n].gain)
        found += sorted({*own[: AGAIN * SHOWN], *own[-AGAIN * SHOWN :]})
    return found


def _stops(card: RaceCard, laps: pl.DataFrame, cars: Sequence[str], classes: Sequence[str]) -> list[dict[str, Any]]:
    known = {e.car: e.car_class for e in card.entries}
    before = laps.select("car", in_lap=pl.col("lap") + 1, decided_s="elapsed_s")
    found = pit_stops(laps, neutralisations(laps)).join(
        before.with_columns(pl.col("in_lap").cast(pl.Int32)), on=["car", "in_lap"], how="inner"
    )
    found = found.filter(pl.col("car").is_in(list(known))).sort("decided_s")
    if cars:
        found = found.filter(pl.col("car").is_in(list(cars)))
    if classes:
        found = found.filter(pl.col("car").is_in([c for c, name in known.items() if name in classes]))
    end = card.race.duration_s
    return [row for row in found.iter_rows(named=True) if 0 < row["decided_s"] < end - 60.0]


def _usual_pit_times(rows: list[dict[str, Any]]) -> dict[str, float]:
    times: dict[str, list[float]] = {}
    for row in rows:
        if row["pit_time_s"]:
            times.setdefault(row["car_class"], []).append(row["pit_time_s"])
    return {name: sorted(t)[len(t) // 2] for name, t in times.items()}


def _decision(
    card: RaceCard, fold: RaceFold, tanks: LiveState, row: dict[str, Any], field: _Field, known: dict[float, Moment]
) -> tuple[Scored, Moment, Option]:
    """A stop, not scored yet, with the moment it was decided at and what was done."""
    t = float(row["decided_s"]) + 0.001
    if t not in known:
        known[t] = moment(card, fold, t, tanks)
    now = known[t]
    index = car_index(now.card, row["car"])
    crew = [d.name for d in now.card.entries[index].drivers]
    driver = crew.index(row["driver_out"]) if row["driver_out"] in crew else -1
    stop = Scored(
        car=row["car"],
        car_class=card.entries[index].car_class,
        stop=int(row["stop"]),
        lap=int(row["in_lap"]),
        t=t,
        flag=str(row["flag"] or "green"),
        kind=_kind(now, index, row, field),
        fuel_left=now.fuel_left(index),
        place=now.state.cars[index].position,
        driver_in=str(row["driver_in"] or ""),
        driver_out=str(row["driver_out"] or ""),
        pit_time_s=row["pit_time_s"],
    )
    return stop, now, Option("stop", int(row["in_lap"]), driver=driver)


def _kind(now: Moment, index: int, row: dict[str, Any], field: _Field) -> str:
    own, entry = now.snapshot.car[index], now.params.car[index]
    if (row["car"], int(row["in_lap"])) in field.passes:
        return "pass"
    long = LONG_STOP * field.usual.get(row["car_class"], math.inf)
    if int(own["status"]) == OUT or row["out_lap"] is None or (row["pit_time_s"] or 0.0) > long:
        return "repair"
    sd = math.hypot(float(now.params.cls["stint_sd"][int(entry["car_class"])]), now.state.cars[index].fuel_laps_sd)
    if now.fuel_left(index) - RANGE * sd < FORCED_LAPS:
        return "forced"
    d = int(own["driver"])
    time_s = float(entry["max_drive"][d]) - float(own["driven"][d])
    if float(entry["max_continuous"]) > 0.0:
        time_s = min(time_s, float(entry["max_continuous"]) - (now.t - float(own["turn_since"])))
    if row["driver_in"] != row["driver_out"] and time_s < FORCED_LAPS * now.lap_s(index):
        return "driver"
    return "choice"
