"""A race under way as its timing shows it at one moment: the state of every car of a card.

    state = live_state(laps, card, 6 * 3600.0)
    state.car("01").stint_laps

Only laps that ended at or before that moment are looked at; the rest of the table might as well not be there. Times
are race seconds (the canonical `elapsed_s`), fuel is in green laps' worth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from langstrecke.racecard.schema import Entry, RaceCard
from langstrecke.racestate.boxes import InLaps, in_laps
from langstrecke.racestate.car import person_key
from langstrecke.racestate.fold import RaceFold, fold_of, laps_until
from langstrecke.racestate.fuel import OnBoard, fuel_of
from langstrecke.racestate.gaps import LEADS, Gap, behind_s, gap_to, order_key
from langstrecke.racestate.model import CarState, LiveCar, LiveState, Spell
from langstrecke.racestate.neutral import Spans, neutral_at
from langstrecke.racestate.status import STOPPED, Watch, expected, lap_ratio, usual_laps
from langstrecke.racestate.wetness import wetness


def live_state(laps: pl.DataFrame | RaceFold, card: RaceCard, t: float) -> LiveState:
    """The state of every car of the card at race time `t`, of a canonical lap table of any length or its fold.

    Whoever asks for many moments of one race folds its laps once (`fold_of`).
    """
    fold = laps if isinstance(laps, RaceFold) else fold_of(laps_until(laps, t))
    known = fold.laps_until(t)
    neutral = neutral_at(known, card, t)
    states = {number: car.state(t, neutral.spans) for number, car in fold.cars.items()}
    cars = {number: state for number, state in states.items() if state is not None}
    named = {e.car: e.car_class for e in card.entries}
    mine = [_of_class(cars[number], name) for number, name in named.items() if number in cars]
    flags = known["flag"].null_count() < known.height
    watch = Watch(
        now_s=t,
        ratio=lap_ratio(mine, card, t, neutral=neutral.kind != "", flags=flags),
        lap_s=usual_laps(mine, card),
        still=fold.silences(t),
    )
    order = {name: _class_order(card, name, cars) for name in card.classes}
    fuel = fuel_of(card, {number: car.stretches for number, car in cars.items()})
    shared = _Shared(fold, watch, neutral.spans, in_laps(known, neutral.spans), fuel)
    return LiveState(
        race_id=card.race.id,
        t=t,
        end=card.race.duration_s,
        neutral=neutral.kind,
        neutral_since_s=neutral.since_s,
        wetness=wetness(known, card, neutral.spans, t),
        cars=tuple(_car(e, card, cars.get(e.car), order[e.car_class], shared) for e in card.entries),
        still_since_s=watch.still_since_s,
        strangers=tuple(sorted(set(cars) - set(named))),
    )


@dataclass(frozen=True)
class _Shared:
    """What all cars share."""

    fold: RaceFold
    watch: Watch
    spans: Spans
    in_laps: InLaps
    fuel: dict[str, OnBoard]


def _of_class(car: CarState, name: str) -> CarState:
    """The car in the class of the card, whatever the timing calls it."""
    return car if car.car_class == name else replace(car, car_class=name)


def _class_order(card: RaceCard, name: str, cars: dict[str, CarState]) -> list[tuple[int, float, str]]:
    """(-laps, last crossing, car) of a class, best first; cars without a crossing are not in it."""
    return sorted(order_key(c.laps, c.crossed_s, c.car) for n in card.cars_of(name) if (c := cars.get(n)) is not None)


def _car(
    entry: Entry, card: RaceCard, car: CarState | None, order: list[tuple[int, float, str]], now: _Shared
) -> LiveCar:
    status, overdue_s = now.watch.status(expected(entry, card), car)
    if car is None:
        return LiveCar(
            car=entry.car, car_class=entry.car_class, status=status, laps=0, crossed_s=0.0,
            gap=Gap(-order[0][0] if order else 0, None), behind_s=None, position=len(order) + 1, stint_laps=0,
            fuel_laps=0.0, fuel_laps_sd=0.0, stints=(), stops=0, in_pit=False, paid_s=0.0, overdue_s=overdue_s,
            driver=None, driver_since_s=0.0, turn_stints=1, driven_s=(), last_out_s=(), spells=(), stops_s=(),
            longest_stop_s=0.0,
        )  # fmt: skip
    leader = order[0][2]
    stopped = status in STOPPED
    gap = gap_to(car.laps, car.crossed_s, now.fold.cars[leader], now.watch.now_s, stopped=stopped)
    behind = behind_s(car.laps, car.crossed_s, now.fold.cars[leader])
    aboard = _aboard(entry, car)
    fuel = now.fuel[car.car]
    return LiveCar(
        car=entry.car,
        car_class=entry.car_class,
        status=status,
        laps=car.laps,
        crossed_s=car.crossed_s,
        gap=LEADS if car.car == leader else gap,
        behind_s=0.0 if car.car == leader else behind,
        position=1 + sum((n, s) < (-car.laps, car.crossed_s) for n, s, _ in order),
        stint_laps=car.stint_laps,
        fuel_laps=fuel.used,
        fuel_laps_sd=fuel.used_sd,
        stints=fuel.stints,
        stops=car.stops,
        in_pit=car.in_pit,
        paid_s=now.in_laps.paid(car, now.spans) if car.in_pit else 0.0,
        overdue_s=overdue_s,
        driver=aboard.driver,
        driver_since_s=aboard.since_s,
        turn_stints=aboard.stints,
        driven_s=aboard.driven_s,
        last_out_s=aboard.last_out_s,
        spells=aboard.spells,
        stops_s=car.stops_s,
        longest_stop_s=car.longest_stop_s,
    )


@dataclass(frozen=True)
class _Aboard:
    driver: str | None
    since_s: float
    stints: int
    driven_s: tuple[tuple[str, float], ...]
    last_out_s: tuple[tuple[str, float], ...]
    spells: tuple[Spell, ...]


def _aboard(entry: Entry, car: CarState) -> _Aboard:
    """Who of the card drove when. Laps of drivers the card does not know are nobody's."""
    names = {person_key(d.name): d.name for d in entry.drivers}

    def name_of(driver: str | None) -> str | None:
        return names.get(person_key(driver)) if driver else None

    who = [name_of(spell.driver) for spell in car.spells]
    first = len(who) - 1
    while first > 0 and who[first - 1] == who[-1]:
        first -= 1
    out = {name: spell.end_s for name, spell in zip(who, car.spells, strict=True) if name is not None}
    driven = [(name, seconds) for driver, seconds in car.driven_s if (name := name_of(driver)) is not None]
    return _Aboard(
        driver=who[-1],
        since_s=car.spells[first].start_s,
        stints=len(who) - first,
        driven_s=tuple(driven),
        last_out_s=tuple((name, at) for name, at in out.items() if name != who[-1]),
        spells=tuple(replace(spell, driver=name) for name, spell in zip(who, car.spells, strict=True)),
    )
