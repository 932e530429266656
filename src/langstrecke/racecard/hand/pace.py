"""Pace of cars without timing data: the spread of cars and drivers from the priors, moved by what qualifying says.

Everything is done in log lap time, as the pace model does it (ratings/pace_priors.py), and returned in seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from langstrecke.ratings.pace.priors import LICENCES, PacePriors, load_pace_priors

WIDER = 1.3
"""Factor on the priors' uncertainty of a card by hand (the project's own: series, tyres and cars are others')."""
UNKNOWN_WIDER = 1.5
"""The same, on top, for a car or driver of whom only the class is known."""


PLACE_WIDER = 1.2
"""A place in qualifying says less than a time: factor on its error."""


@dataclass(frozen=True)
class Seat:
    """A car as far as it is known before the race."""

    car: str
    car_class: str
    make: str
    group: str
    """Group of classes whose priors hold: gt-pro, gt-am."""
    drivers: tuple[tuple[str, str, str], ...]
    """Name, licence, and how it is known: `prior`, `hand` (licence guessed), `unknown`."""
    best_s: float | None = None
    """Qualifying time of one driver."""
    rank: int | None = None
    """Place in qualifying."""
    rank_drivers: int = 1
    """Drivers whose laps made that place."""
    known: bool = True


def car_paces(
    seats: list[Seat], lap_s: float, wider: float = WIDER
) -> list[tuple[float, float, list[tuple[float, float]]]]:
    """For every seat: pace and uncertainty of the car and of each driver, seconds a lap against the class."""
    priors = load_pace_priors("all")
    spread = _field_spread(priors, wider)
    timed = sorted(seat.best_s for seat in seats if seat.best_s is not None)
    size = max([len(seats), *(s.rank or 0 for s in seats)])
    level = _level(timed, size, spread)  # the known times are taken for the best of the whole field
    out = []
    for seat in seats:
        scale = wider * priors.scale.get(seat.group, 1.0)
        car_sd = scale * math.sqrt(priors.team**2 + priors.make**2 + priors.make_event**2 + priors.car_event**2)
        if not seat.known:
            car_sd *= UNKNOWN_WIDER
        mean, sd = 0.0, car_sd
        crew = [_licence_mean(priors, seat.group, licence) for _, licence, _ in seat.drivers]
        expected = priors.best_driver * (sum(crew) / len(crew))
        for gap, noise in _evidence(seat, level, spread, size, priors, scale):
            weight = sd**2 / (sd**2 + noise**2)
            mean, sd = mean + weight * (gap - expected - mean), sd * math.sqrt(1 - weight)
        drivers = [_driver(priors, seat, licence, kind, wider) for _, licence, kind in seat.drivers]
        out.append((lap_s * mean, lap_s * sd, [(lap_s * a, lap_s * b) for a, b in drivers]))
    return _centred(out, seats)


def _evidence(
    seat: Seat, level: float | None, spread: float, size: int, priors: PacePriors, scale: float
) -> list[tuple[float, float]]:
    """What qualifying says of a car against the middle of the field, and its error (log)."""
    found = []
    if seat.best_s is not None and level is not None:
        found.append((math.log(seat.best_s) - level, scale * math.hypot(priors.one_lap, priors.qualifying_cell)))
    if seat.rank is not None:
        noise = math.sqrt(priors.one_lap**2 + priors.qualifying_cell**2 / max(1, seat.rank_drivers))
        found.append((spread * _score(seat.rank, size), scale * PLACE_WIDER * noise))
    return found


def _driver(priors: PacePriors, seat: Seat, licence: str, kind: str, wider: float) -> tuple[float, float]:
    spread = priors.driver[LICENCES.index(licence)] * priors.scale.get(seat.group, 1.0)
    sd = math.hypot(spread, priors.licence_mean_sd) * wider
    if kind != "prior":
        sd *= UNKNOWN_WIDER
    return _licence_mean(priors, seat.group, licence), sd


def _licence_mean(priors: PacePriors, group: str, licence: str) -> float:
    return priors.licence_mean[group][LICENCES.index(licence)]


def _field_spread(priors: PacePriors, wider: float) -> float:
    """Standard deviation of one-lap pace from car to car."""
    car = priors.team**2 + priors.make**2 + priors.make_event**2 + priors.car_event**2
    return wider * priors.scale["gt-pro"] * math.sqrt(car + priors.one_lap**2 + priors.qualifying_cell**2 / 3)


def _score(rank: float, size: int) -> float:
    """Expected standard score of a place in a field (Blom's approximation)."""
    return NormalDist().inv_cdf(min(0.999, max(0.001, (rank - 0.375) / (size + 0.25))))


def _level(timed: list[float], size: int, spread: float) -> float | None:
    """Log time of the middle of the field, from the best times of it."""
    if not timed:
        return None
    logs = [math.log(t) - spread * _score(n, size) for n, t in enumerate(timed, start=1)]
    return sum(logs) / len(logs)


def _centred(
    paces: list[tuple[float, float, list[tuple[float, float]]]], seats: list[Seat]
) -> list[tuple[float, float, list[tuple[float, float]]]]:
    """Paces against the average car and driver of their class: that is what a class's `lap_s` stands for."""
    out = []
    for seat, (mean, sd, drivers) in zip(seats, paces, strict=True):
        mine = [p for s, p in zip(seats, paces, strict=True) if s.car_class == seat.car_class]
        car_mean = sum(p[0] for p in mine) / len(mine)
        crews = [d for p in mine for d, _ in p[2]]
        crew_mean = sum(crews) / len(crews)
        out.append((mean - car_mean, sd, [(d - crew_mean, s) for d, s in drivers]))
    return out
