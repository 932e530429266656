"""Every stop of a real race as a decision at its time: against staying out, with what was known then.

A first look at all stops with few races, then the best and the worst again on fresh races, so that what stands at
either end stands there for more than its luck in the first look.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.racecard.schema import RaceCard
from langstrecke.racestate.fold import RaceFold, fold_of
from langstrecke.simulation.kernel.snapshot import OUT
from langstrecke.strategy.counterfactual.moment import Moment, moment
from langstrecke.strategy.lookup import car_index
from langstrecke.strategy.options import Answer, Option, stop_or_stay
from langstrecke.timing.derive import neutralisations, pit_stops

FIRST_LOOK = 96
SECOND_LOOK = 768
"""Races of the two looks."""
SHOWN = 5
FORCED_LAPS = 2.5
"""With less fuel than this the stop was no choice."""
LONG_STOP = 2.5
"""A stop longer than this many usual ones was for repair or penalty, not strategy."""
AGAIN = 2
"""As many times the shown stops are looked at again."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Scored:
    """One stop. `kind`: `choice`, `forced` (the tank was empty) or `repair`; only choices are scored."""

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
        """The calls that won most, looked at twice."""
        return tuple(sorted(self._twice(car_class), key=lambda s: -s.gain)[:count])

    def worst(self, car_class: str, count: int = SHOWN) -> tuple[Scored, ...]:
        """The calls that lost most, looked at twice."""
        return tuple(sorted(self._twice(car_class), key=lambda s: s.gain)[:count])

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
    usual = _usual_pit_times(rows)
    fold = fold_of(laps)
    scored: list[Scored] = []
    cache: dict[float, Moment] = {}
    for number, row in enumerate(rows):
        scored.append(_score(card, fold, row, usual, first_look, 0, seed, threads, cache))
        if progress is not None:
            progress(number + 1, len(rows))
    again = _ends(scored)
    for place in again:
        scored[place] = _score(card, fold, rows[place], usual, second_look, 100_000, seed, threads, cache)
    return Audit(card.race.id, tuple(scored), seed)


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


def _score(
    card: RaceCard,
    fold: RaceFold,
    row: dict[str, Any],
    usual: dict[str, float],
    races: int,
    first_race: int,
    seed: int,
    threads: int | None,
    cache: dict[float, Moment],
) -> Scored:
    t = float(row["decided_s"]) + 0.001
    if t not in cache:
        if len(cache) > 2000:
            cache.clear()
        cache[t] = moment(card, fold, t)
    now = cache[t]
    index = car_index(now.card, row["car"])
    left = now.fuel_left(index)
    long = LONG_STOP * usual.get(row["car_class"], math.inf)
    kind = "choice"
    if int(now.snapshot.car["status"][index]) == OUT or row["out_lap"] is None or (row["pit_time_s"] or 0.0) > long:
        kind = "repair"
    elif left < FORCED_LAPS:
        kind = "forced"
    answer = None
    if kind == "choice":
        crew = [d.name for d in now.card.entries[index].drivers]
        driver = crew.index(row["driver_out"]) if row["driver_out"] in crew else -1
        option = Option("stop", int(row["in_lap"]), driver=driver)
        answer = stop_or_stay(now, index, option, races=races, seed=seed, first_race=first_race, threads=threads)
    return Scored(
        car=row["car"],
        car_class=card.entries[car_index(card, row["car"])].car_class,
        stop=int(row["stop"]),
        lap=int(row["in_lap"]),
        t=t,
        flag=str(row["flag"] or "green"),
        kind=kind,
        fuel_left=left,
        place=now.state.car(row["car"]).position,
        driver_in=str(row["driver_in"] or ""),
        driver_out=str(row["driver_out"] or ""),
        pit_time_s=row["pit_time_s"],
        answer=answer,
    )
