"""What a whole race shows of what was open to its crews: crews knew then what the laps tell only afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from langstrecke.racecard.schema import RaceCard
from langstrecke.racestate.model import LiveState
from langstrecke.ratings.annotate import annotate
from langstrecke.ratings.stops import drive_throughs, stood_under_red
from langstrecke.ratings.tank import CAR_SHARE
from langstrecke.strategy.counterfactual.moment import Moment
from langstrecke.timing.neutral import NEUTRAL_BURN
from langstrecke.timing.people import person

SPARE = 0.5
"""Laps a tank holds beyond the longest stint any car of the class drove (default)."""


@dataclass(frozen=True)
class Shown:
    """Usual times in the lane, the longest and the usual stint by class, visits without fuel, who drove how long."""

    usual_s: dict[str, float]
    reach: dict[str, float]
    """Green laps' worth of fuel."""
    usual_burnt: dict[str, float]
    """The same in the middle one of the stints that ended under green."""
    passes: frozenset[tuple[str, int]]
    """(car, in-lap)."""
    driven_s: dict[str, dict[str, float]]


def shown(card: RaceCard, laps: pl.DataFrame, stops: Iterable[Mapping[str, Any]], end: LiveState) -> Shown:
    """From all laps of a race, its stops, and its state after the flag."""
    times: dict[str, list[float]] = {}
    for row in stops:
        if row["pit_time_s"]:
            times.setdefault(row["car_class"], []).append(row["pit_time_s"])
    known = annotate(laps)
    passes = frozenset(
        (known.cars[known.car[row]], int(known.lap[row]))
        for row in np.flatnonzero(drive_throughs(known) | stood_under_red(known))
    )
    stints = [(car.car_class, s.green + NEUTRAL_BURN * s.neutral, s.bound) for car in end.cars for s in car.stints]
    reach = {name: max(burnt for c, burnt, _ in stints if c == name) for name in {c for c, _, _ in stints}}
    ended = {name: [burnt for c, burnt, bound in stints if c == name and not bound] for name in reach}
    usual = {name: median(burnt) for name, burnt in ended.items() if burnt}
    driven = {car.car: {person(name): seconds for name, seconds in car.driven_s} for car in end.cars}
    return Shown({name: sorted(t)[len(t) // 2] for name, t in times.items()}, reach, usual, passes, driven)


def as_open(now: Moment, field: Shown) -> Moment:
    """The moment with what crews knew of their cars: each may go as far as any of its class went that day, and stops
    under green as early as its class did; tanks differ as those of one class do; a driver who drove less than a
    minimum the whole race long was not held to it.
    """
    cars, classes = now.params.car.copy(), now.params.cls.copy()
    for i, entry in enumerate(now.card.entries):
        most = max(float(cars["stint_laps"][i]), field.reach.get(entry.car_class, 0.0) + SPARE)
        cars["stint_laps"][i] = most
        cars["early_laps"][i] = max(0.0, most - field.usual_burnt.get(entry.car_class, most) - 1.0)
        for d, driver in enumerate(entry.drivers):
            drove = field.driven_s.get(entry.car, {}).get(person(driver.name))
            if drove is not None and drove < float(cars["min_drive"][i][d]):
                cars["min_drive"][i][d] = 0.0
    for k, name in enumerate(now.card.classes):
        classes["stint_sd"][k] = CAR_SHARE * now.card.classes[name].stint_laps
    played = now.params._replace(car=cars.view(np.recarray), cls=classes.view(np.recarray))
    return replace(now, params=played)
