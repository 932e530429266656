"""Ratings to look at: drivers and cars of a series, season and class, with intervals.

Ratings are those held after the last of the selected sessions, from everything run until then in any series.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from langstrecke.errors import NotFoundError
from langstrecke.ratings.archive import Archive
from langstrecke.ratings.pace.history import group_events, make_of
from langstrecke.ratings.pace.model import PaceState
from langstrecke.ratings.pace.race import PaceHistory
from langstrecke.ratings.pace.types import Key
from langstrecke.ratings.sessions import SessionSummary
from langstrecke.timing.car_classes import family, group_of
from langstrecke.timing.people import person

Z90 = 1.645


@dataclass(frozen=True)
class Rated:
    """One driver or car. `pace` is percent of a lap against the mean of the list; low and high bound 90 %."""

    name: str
    detail: str  # licence, or make
    pace: float
    low: float
    high: float
    laps: int


def rated_drivers(
    archive: Archive,
    history: PaceHistory,
    *,
    series: str | None = None,
    season: int | None = None,
    car_class: str | None = None,
) -> list[Rated]:
    """Drivers who drove in the selected sessions, fastest first: skill as if all drove the same car."""
    chosen = _select(archive, series, season, car_class)
    laps: Counter[str] = Counter()
    names: dict[str, str] = {}
    group: dict[str, Counter[str]] = {}
    for s in chosen:
        for p in s.pace:
            if car_class is None or p.car_class == car_class:
                for c in p.cells:
                    key = person(c.driver)
                    laps[key] += c.laps
                    names[key] = c.driver
                    group.setdefault(key, Counter())[group_of(p.car_class)] += c.laps
    state = _state(archive, history, chosen)
    where = {k: i for i, k in enumerate(state.keys)}
    rows: list[tuple[str, list[Key]]] = []
    for key in sorted(laps):
        licence = state.licences.get(key, "none")
        terms: list[Key] = [("driver", key), ("licence", group[key].most_common(1)[0][0], licence)]
        if all(t in where for t in terms):
            rows.append((key, terms))
    rated = _against_mean(state, where, [terms for _, terms in rows])
    found = [
        Rated(names[key], state.licences.get(key, "none"), *figures, laps[key])
        for (key, _), figures in zip(rows, rated, strict=True)
    ]
    return sorted(found, key=lambda r: (r.pace, r.name))


def rated_cars(
    archive: Archive,
    history: PaceHistory,
    *,
    series: str | None = None,
    season: int | None = None,
    car_class: str | None = None,
) -> list[Rated]:
    """Cars of the selected sessions, fastest first: what lasts of car, crew and make, drivers set aside."""
    chosen = _select(archive, series, season, car_class)
    makes = make_of(chosen)
    laps: Counter[tuple[str, str, str]] = Counter()
    for s in chosen:
        for p in s.pace:
            if car_class is None or p.car_class == car_class:
                for c in p.cells:
                    laps[s.info.series, p.car_class, c.car] += c.laps
    state = _state(archive, history, chosen)
    where = {k: i for i, k in enumerate(state.keys)}
    rows = []
    for key in sorted(laps):
        run_in, of_class, car = key
        terms: list[Key] = [
            ("car", run_in, group_of(of_class), car),
            ("make", family(of_class), makes.get(car, "")),
        ]
        if all(t in where for t in terms):
            rows.append((key, terms))
    rated = _against_mean(state, where, [terms for _, terms in rows])
    found = [
        Rated(f"#{car} {of_class}", makes.get(car, ""), *figures, laps[key])
        for (key, _), figures in zip(rows, rated, strict=True)
        for _, of_class, car in [key]
    ]
    return sorted(found, key=lambda r: (r.pace, r.name))


def _select(
    archive: Archive, series: str | None, season: int | None, car_class: str | None
) -> tuple[SessionSummary, ...]:
    found = tuple(
        s
        for s in archive.summaries
        if (series is None or s.info.series == series)
        and (season is None or s.info.season == season)
        and (car_class is None or any(p.car_class == car_class for p in s.pace))
    )
    if found:
        return found
    if series is not None and not any(s.info.series == series for s in archive.summaries):
        raise NotFoundError.nearest("series", series, sorted({s.info.series for s in archive.summaries}))
    if car_class is not None:
        known = sorted({p.car_class for s in archive.summaries for p in s.pace})
        if car_class not in known:
            raise NotFoundError.nearest("class", car_class, known)
    raise NotFoundError(
        "nothing in the store was run in that series, year and class", hint="langstrecke races lists what is there"
    )


def _state(archive: Archive, history: PaceHistory, chosen: tuple[SessionSummary, ...]) -> PaceState:
    until = max(s.info.start for s in chosen)
    events = group_events(tuple(s for s in archive.summaries if s.info.start <= until))
    return history.after(events, archive.licences)[0]


def _against_mean(state: PaceState, where: dict[Key, int], rows: list[list[Key]]) -> list[tuple[float, float, float]]:
    """(pace, low, high) in percent against the mean of the rows, covariance and all."""
    if not rows:
        return []
    a = np.zeros((len(rows), len(state.keys)))
    for i, terms in enumerate(rows):
        for term in terms:
            a[i, where[term]] += 1.0
    a -= a.mean(axis=0)
    mean = 100 * (a @ state.mean)
    sd = 100 * np.sqrt(np.einsum("ij,jk,ik->i", a, state.cov, a))
    return [(float(m), float(m - Z90 * s), float(m + Z90 * s)) for m, s in zip(mean, sd, strict=True)]
