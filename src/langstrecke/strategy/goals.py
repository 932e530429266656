"""What a car races for, as a score per simulated race: higher is better."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from langstrecke.errors import LangstreckeError, NotFoundError
from langstrecke.racecard.schema import RaceCard
from langstrecke.rulebooks.load import for_event, load_rulebook
from langstrecke.rulebooks.points import PointsScale
from langstrecke.rulebooks.schema import RuleBook
from langstrecke.simulation.watch import CLASS_PLACE, PLACE, RETIRED, UNCLASSIFIED, Watched

F64 = NDArray[np.float64]

GOALS = ("class-win", "podium", "overall", "points", "safe")
PODIUM = 3


@dataclass(frozen=True)
class Goal:
    """A goal: its score per race, the moments it needs to know, how its figures read."""

    name: str
    title: str
    unit: str
    """`share` for a probability, else what it counts."""
    moments: tuple[float, ...]
    score: Callable[[Watched, int], F64]


def goal_named(name: str, card: RaceCard, car: str, book: RuleBook | None = None) -> Goal:
    """A goal by name: class-win, podium, overall (place), points, or safe.

    `points` counts the finish and the book's intermediate points (6 and 12 h of Spa, the segments of the IMSA
    Endurance Cup) by the order in class at that moment. `safe` is a classified finish in the better half of the
    class, under its own power: what a team leading a championship wants.
    """
    if name not in GOALS:
        raise NotFoundError.nearest("goal", name, list(GOALS), hint="one of " + ", ".join(GOALS))
    size = len(card.cars_of(card.entry(car).car_class))
    if name == "class-win":
        return Goal(name, "class win", "share", (), lambda w, k: in_class(w, k, 1))
    if name == "podium":
        return Goal(name, "class podium", "share", (), lambda w, k: in_class(w, k, PODIUM))
    if name == "overall":
        return Goal(name, "overall place", "places", (), lambda w, k: -column(w, k, PLACE))
    if name == "safe":
        half = (size + 1) // 2
        return Goal(name, f"home in the first {half} of the class", "share", (), lambda w, k: _safe(w, k, half))
    return _points(card, book)


def column(watched: Watched, k: int, which: int) -> F64:
    """One figure of a watched car, race by race."""
    figure: F64 = watched.cars[:, k, which].astype(np.float64)
    return figure


def in_class(watched: Watched, k: int, place: int) -> F64:
    """1 in races in which the car is classified this far up its class."""
    there = (column(watched, k, CLASS_PLACE) <= place) & (column(watched, k, UNCLASSIFIED) == 0)
    score: F64 = there.astype(np.float64)
    return score


def _safe(watched: Watched, k: int, place: int) -> F64:
    score: F64 = in_class(watched, k, place) * (column(watched, k, RETIRED) == 0)
    return score


def _points(card: RaceCard, book: RuleBook | None) -> Goal:
    book = book or load_rulebook(card.race.rulebook)
    with contextlib.suppress(LangstreckeError):  # the book may know nothing special of this event
        book = for_event(book, card.circuit.id)
    scale = book.points_scale(card.race.duration_s)
    if scale is None:
        raise LangstreckeError(f"rule book {book.id} has no points for this race", hint="choose another goal")
    segments = [s for s in book.points.intermediate if s.at_s <= card.race.duration_s]
    moments = tuple(s.at_s for s in segments if s.at_s < card.race.duration_s)
    scales = [book.points.scales[s.scale] for s in segments if s.at_s < card.race.duration_s]
    at_end = [book.points.scales[s.scale] for s in segments if s.at_s >= card.race.duration_s]
    by = PLACE if book.points.scored_by == "overall" else CLASS_PLACE

    def score(watched: Watched, k: int) -> F64:
        home = column(watched, k, UNCLASSIFIED) == 0
        place = column(watched, k, by)
        total: F64 = _of(scale, place) * home
        for extra in at_end:
            total += _of(extra, place) * home
        for m, extra in enumerate(scales):
            total += _of(extra, watched.places[:, k, m].astype(np.float64))
        return total

    return Goal("points", "points", "points", moments, score)


def _of(scale: PointsScale, places: F64) -> F64:
    table = np.array([0.0, *(scale.points(p) for p in range(1, int(places.max()) + 1))])
    points: F64 = table[places.astype(np.int64)]
    return points
