"""Every stop of a real race as a decision at its time: against stopping as its class did, with what was known then.

Judged is what was open to the crew (`audit_field`): it knew its tank (told by the stints of the whole race), and a
stop with a tank that may have been empty, of a driver whose time was up, through the lane without fuel, or far out of
turn for no reason that the laps tell was no choice. Under green the other way is the class's usual stop: who came in
before it is judged then, who stayed out past it when it was due. Under a yellow it is to stay out past it.

A first look at all stops with few races, then the best and the worst again on fresh races, so that what stands at
either end stands there for more than its luck in the first look.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import race_time, signed
from langstrecke.racecard.schema import RaceCard
from langstrecke.racestate.fold import RaceFold, fold_of
from langstrecke.racestate.state import live_state
from langstrecke.simulation.kernel.snapshot import OUT
from langstrecke.simulation.kernel.stops import LAST_LAPS_FUEL, LEAST_BURNT
from langstrecke.strategy.audit_field import Shown, as_open, shown
from langstrecke.strategy.counterfactual.moment import Moment, moment
from langstrecke.strategy.counterfactual.paired import SURE
from langstrecke.strategy.lookup import car_index, class_known
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
OUT_OF_TURN = 0.35
"""A stop under green with this much of a tank more on board than at the class's usual stop had another reason than
strategy (default: no undercut is that long)."""
LONG_STOP = 2.5
"""A stop longer than this many usual ones was for repair or penalty, not strategy."""
AGAIN = 2
"""As many times the shown stops are looked at again."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Scored:
    """One stop. `kind`: `choice`, `forced` (the tank may have been empty), `driver` (his time was up), `pass` (no
    fuel: a penalty, a minimum time in the lane), `repair` or `unplanned` (under green far out of turn or with fuel
    to the flag, under a yellow with a full tank: a puncture, damage, nobody knows); only choices are scored.
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

    @property
    def clear(self) -> bool:
        """Whether the interval of the places won leaves nought out."""
        return self.answer is not None and not self.answer.place.low <= 0.0 <= self.answer.place.high

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

    def headline(self) -> str:
        """The call that won most and the one that lost most, whatever the class, in one sentence; clear ones only."""
        best = [s for name in self.classes() for s in self.best(name, len(self.stops)) if s.clear]
        worst = [s for name in self.classes() for s in self.worst(name, len(self.stops)) if s.clear]
        told = []
        if best:
            told.append(f"Best call: {_told(max(best, key=lambda s: s.gain))}")
        if worst:
            told.append(f"{'worst' if told else 'Worst call'}: {_told(min(worst, key=lambda s: s.gain))}")
        return f"{'; '.join(told)}." if told else "No stop that was a choice clearly won or lost places."

    def _twice(self, car_class: str) -> list[Scored]:
        found = [s for s in self.stops if s.car_class == car_class and s.answer is not None]
        return [s for s in found if s.answer is not None and s.answer.place.races > FIRST_LOOK] or found

    def to_json(self) -> dict[str, Any]:
        """The data of `langstrecke audit --json`."""
        return {
            "race": self.race,
            "seed": self.seed,
            "headline": self.headline(),
            "stops": [s.to_json() for s in self.stops],
            "classes": {
                name: {
                    "best": [s.to_json() for s in self.best(name)],
                    "worst": [s.to_json() for s in self.worst(name)],
                }
                for name in self.classes()
            },
        }


def _told(stop: Scored) -> str:
    assert stop.answer is not None
    change = f"{signed(stop.gain, 2)} places ± {SURE * stop.answer.place.se:.2f}"
    return f"car {stop.car} at {race_time(stop.t)} ({stop.car_class}, {change})"


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
    """Score every stop of a race. `cars` and `classes` leave out the rest. LangstreckeError if no stop is left,
    NotFoundError for a car or class the card does not have.
    """
    for car in cars:
        car_index(card, car)
    for name in classes:
        class_known(card, name)
    rows = _stops(card, laps, cars, classes)
    if not rows:
        raise LangstreckeError("no stop of these cars is in the laps")
    fold = fold_of(laps)
    tanks = live_state(fold, card, max(fold.newest_s, card.race.duration_s))
    field = shown(card, laps, rows, tanks)
    known: dict[float, Moment] = {}

    def at(t: float) -> Moment:
        if t not in known:
            known[t] = as_open(moment(card, fold, t, tanks), field)
        return known[t]

    decisions = [_decision(at, fold, row, field) for row in rows]

    def scored(place: int, races: int, first_race: int) -> Scored:
        choice = decisions[place]
        if choice.stop.kind != "choice":
            return choice.stop
        index = car_index(card, choice.stop.car)
        answer = stop_or_stay(
            choice.now, index, choice.option,
            races=races, seed=seed, first_race=first_race, threads=threads, against=choice.against,
        )  # fmt: skip
        return replace(choice.stop, answer=answer)

    found: list[Scored] = []
    for place in range(len(rows)):
        found.append(scored(place, first_look, 0))
        if progress is not None:
            progress(place + 1, len(rows))
    for place in _ends(found):
        found[place] = scored(place, second_look, 100_000)
    return Audit(card.race.id, tuple(found), seed)


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


@dataclass(frozen=True)
class _Choice:
    """A stop, not scored yet: when it was decided on, what was done, and the other way (None: to stay out)."""

    stop: Scored
    now: Moment
    option: Option
    against: Option | None


def _decision(at: Callable[[float], Moment], fold: RaceFold, row: dict[str, Any], field: Shown) -> _Choice:
    t, lap = float(row["decided_s"]) + 0.001, int(row["in_lap"])
    now = at(t)
    index = car_index(now.card, row["car"])
    entry = now.card.entries[index]
    crew = [d.name for d in entry.drivers]
    driver = crew.index(row["driver_out"]) if row["driver_out"] in crew else -1
    stop = Scored(
        car=row["car"],
        car_class=entry.car_class,
        stop=int(row["stop"]),
        lap=lap,
        t=t,
        flag=str(row["flag"] or "green"),
        kind=_kind(now, index, row, field),
        fuel_left=now.fuel_left(index),
        place=now.state.cars[index].position,
        driver_in=str(row["driver_in"] or ""),
        driver_out=str(row["driver_out"] or ""),
        pit_time_s=row["pit_time_s"],
    )
    option = Option("stop", lap, driver=driver)
    if stop.kind == "choice" and stop.flag != "green" and _nothing_to_fill(now, index, stop):
        return _Choice(replace(stop, kind="unplanned"), now, option, None)
    if stop.kind != "choice" or stop.flag != "green":
        return _Choice(stop, now, option, None)
    early = field.usual_burnt.get(entry.car_class, math.inf) - (now.state.cars[index].fuel_laps + 1.0)
    if _unplanned(now, index, stop, early):
        return _Choice(replace(stop, kind="unplanned"), now, option, None)
    usual = lap + round(min(max(early, -_laps_over_minimum(now, index, stop)), stop.fuel_left - 1.0))
    crossed = fold.cars[stop.car].crossing_of(usual - 1)
    if early < 0.0 and crossed is not None and at(crossed + 0.001).state.neutral == "":
        now = at(crossed + 0.001)
    return _Choice(stop, now, option, Option("stop as its class does", usual, driver=driver))


def _laps_over_minimum(now: Moment, index: int, stop: Scored) -> float:
    """Laps the driver who got out drove beyond his minimum: so many earlier he could have got out at the most."""
    least = float(now.params.car["min_drive"][index][int(now.snapshot.car["driver"][index])])
    if stop.driver_in == stop.driver_out or least <= 0.0:
        return math.inf
    driven = float(now.snapshot.car["driven"][index][int(now.snapshot.car["driver"][index])])
    return max(0.0, math.floor((driven - least) / now.lap_s(index)))  # the lap of the stop itself is to spare


def _nothing_to_fill(now: Moment, index: int, stop: Scored) -> bool:
    """A stop under a yellow with a tank as good as full, the same driver going on."""
    full = now.state.cars[index].fuel_laps + 1.0 < LEAST_BURNT * float(now.params.car["stint_laps"][index])
    return full and stop.driver_in == stop.driver_out


def _unplanned(now: Moment, index: int, stop: Scored, early: float) -> bool:
    """A stop under green that nothing in the laps explains: so many laps early, or with fuel to the flag."""
    home = stop.fuel_left > now.to_go_s() / now.lap_s(index) + LAST_LAPS_FUEL and stop.driver_in == stop.driver_out
    return home or early > OUT_OF_TURN * float(now.params.car["stint_laps"][index])


def _kind(now: Moment, index: int, row: dict[str, Any], field: Shown) -> str:
    own, entry = now.snapshot.car[index], now.params.car[index]
    if (row["car"], int(row["in_lap"])) in field.passes:
        return "pass"
    long = LONG_STOP * field.usual_s.get(row["car_class"], math.inf)
    if int(own["status"]) == OUT or row["out_lap"] is None or (row["pit_time_s"] or 0.0) > long:
        return "repair"
    burnt, most = now.state.cars[index].fuel_laps, field.reach[row["car_class"]]
    sd = math.hypot(float(now.params.cls["stint_sd"][int(entry["car_class"])]), now.state.cars[index].fuel_laps_sd)
    if min(now.fuel_left(index) - RANGE * sd, most - burnt) < FORCED_LAPS:  # nobody went further all day
        return "forced"
    d = int(own["driver"])
    time_s = float(entry["max_drive"][d]) - float(own["driven"][d])
    if float(entry["max_continuous"]) > 0.0:
        time_s = min(time_s, float(entry["max_continuous"]) - (now.t - float(own["turn_since"])))
    if row["driver_in"] != row["driver_out"] and time_s < FORCED_LAPS * now.lap_s(index):
        return "driver"
    return "choice"
