"""What a race scores: places in class to points for drivers, teams and makes, by the rule book.

The same functions count a real race and ten thousand simulated ones: places are an array [races, cars], points come
back as [races, cars]. Who collects them is a matter of names only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from langstrecke.rulebooks.points import PointsScale, Title
from langstrecke.rulebooks.schema import RuleBook

F64 = NDArray[np.float64]
I16 = NDArray[np.int16]

LAST = np.int16(32000)
"""A place behind everybody: not there, or not entitled to points."""


@dataclass(frozen=True)
class Scorer:
    """A car as points see it. All cars of one class of one round, in the order of the places."""

    car: str
    team: str
    make: str
    drivers: tuple[str, ...]
    guest: bool = False


def scale_points(scale: PointsScale, places: I16, share: float = 1.0) -> F64:
    """Points for places (1 is first); places from LAST on score nothing."""
    table = np.array([*scale.positions, scale.rest], np.float64) * share
    index = np.minimum(np.maximum(places, 1) - 1, len(table) - 1)
    return np.where(places >= LAST, 0.0, table[index])


def eligible_places(places: I16, eligible: Sequence[bool], *, hold: bool, close_ranks: bool = False) -> I16:
    """Places among the entitled; the others are out. With `hold` nobody moves up.

    `close_ranks`: places with gaps (a group within the overall order) become 1, 2, 3 even if all are entitled.
    """
    mask = np.asarray(eligible, bool)
    out: I16 = np.where(mask, places, LAST).astype(np.int16)
    if hold or (mask.all() and not close_ranks):
        return out
    ahead = (places[..., None, :] < places[..., :, None]) & mask
    moved: I16 = (1 + ahead.sum(axis=-1)).astype(np.int16)
    return np.where((out < LAST), moved, LAST).astype(np.int16)


def best_of_group(places: I16, groups: Sequence[str]) -> tuple[tuple[str, ...], I16]:
    """The best place of each group of cars (a make), ranked among the groups; [races, groups]."""
    names = tuple(dict.fromkeys(g for g in groups if g))
    best = np.stack(
        [places[..., [i for i, g in enumerate(groups) if g == name]].min(axis=-1) for name in names], axis=-1
    )
    rank = 1 + (best[..., None, :] < best[..., :, None]).sum(axis=-1)
    return names, np.where(best >= LAST, LAST, rank).astype(np.int16)


def pole_places(order: I16) -> I16:
    """Places for the point of the pole: the first of a qualifying order, and nobody else, whoever may not score."""
    return np.where(order == 1, order, LAST).astype(np.int16)


def pole_scale(points: float) -> PointsScale:
    """The scale that goes with `pole_places`."""
    return PointsScale(source="the rule book's points for the pole", confidence="high", positions=(points,))


@dataclass(frozen=True)
class RoundPoints:
    """Points of one class in one round: names and [races, names]."""

    drivers: tuple[tuple[str, ...], F64]
    teams: tuple[tuple[str, ...], F64]
    makes: tuple[tuple[str, ...], F64]


def team_of(book: RuleBook, car: str, team: str) -> str:
    """What a teams' title goes by: the car where every car has a line of its own, else the team."""
    return car if book.points.teams_score == "each_car" else team


def entitled(
    book: RuleBook, cars: Sequence[Scorer], full_season: frozenset[str] | None, title: Title | None = None
) -> list[bool]:
    """Who may score by the book: guests and, where it says so, cars not entered for the season do not.

    A title that names its entries is scored by those alone.
    """
    rule = book.points.eligible
    named = title.nominated(book.event or book.series) if title is not None else frozenset()
    if title is not None and title.cars:
        return [car.car in named for car in cars]
    return [
        car.car in named
        or (
            not (rule in ("no_guests", "full_season") and (car.guest or car.car in book.points.guests))
            and not (rule == "full_season" and full_season is not None and car.car not in full_season)
        )
        for car in cars
    ]


def score(
    scale: PointsScale,
    places: I16,
    cars: Sequence[Scorer],
    book: RuleBook,
    *,
    share: float = 1.0,
    full_season: frozenset[str] | None = None,
    title: Title | None = None,
) -> RoundPoints:
    """Points of one order of the cars of one title for drivers, teams and makes."""
    may = entitled(book, cars, full_season, title)
    places = eligible_places(
        places,
        may,
        hold=book.points.ineligible_hold_place,
        close_ranks=title is not None and len(title.classes) > 1,  # in the overall order, other classes invisible
    )
    if title is not None and title.cars:  # those not nominated have no line in its table
        kept = [i for i, here in enumerate(may) if here]
        cars, places = [cars[i] for i in kept], places[..., kept]
        if not cars:
            none = np.zeros((*places.shape[:-1], 0))
            return RoundPoints(((), none), ((), none), ((), none))
    per_car = scale_points(scale, places, share)
    drivers = tuple(dict.fromkeys(d for car in cars for d in car.drivers))
    index = {name: n for n, name in enumerate(drivers)}
    theirs = np.zeros((*places.shape[:-1], len(drivers)))
    for i, car in enumerate(cars):
        for name in car.drivers:  # whoever shares two cars scores with the better one
            theirs[..., index[name]] = np.maximum(theirs[..., index[name]], per_car[..., i])
    teams = [team_of(book, car.car, car.team) for car in cars]
    labels = tuple(dict.fromkeys(teams))
    if book.points.teams_score == "best_car_ranked":
        labels, ranks = best_of_group(places, teams)
        of_teams = scale_points(scale, ranks, share)
    else:
        of_teams = np.stack(
            [per_car[..., [i for i, t in enumerate(teams) if t == name]].max(axis=-1) for name in labels], axis=-1
        )
    makes = tuple(dict.fromkeys(car.make for car in cars if car.make))
    return RoundPoints((drivers, theirs), (labels, of_teams), (makes, _of_makes(scale, places, cars, share, title)))


def _of_makes(scale: PointsScale, places: I16, cars: Sequence[Scorer], share: float, title: Title | None) -> F64:
    """Points of makes: ranked by their best car, or the sum of the cars that count, each by its own place."""
    counted = title.cars_counted if title is not None else 0
    names, ranks = best_of_group(places, [car.make for car in cars])
    if not counted:
        return scale_points(scale, ranks, share)
    per_car = scale_points(scale, places, share)
    of_make = [[i for i, car in enumerate(cars) if car.make == name] for name in names]
    best = [-np.sort(-per_car[..., index], axis=-1)[..., :counted].sum(axis=-1) for index in of_make]
    return np.stack(best, axis=-1)


def race_share(book: RuleBook, run_s: float) -> float:
    """Full or half points by how much of the scheduled time was run."""
    least = book.points.half_below_share
    return 0.5 if least and run_s < least * book.race.duration_s else 1.0
