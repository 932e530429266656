"""The belief about a field's race pace, and how laps of the race itself change it.

    posterior = race_posterior(history, archive, race, entries)      # before the green flag
    posterior = update_pace(posterior, laps_so_far)                  # at 06:00 in the morning

Units: log lap time. A row is one driver in one car; its level against the class mean is `mean`, and `cov` the joint
covariance of all rows (cars of one make move together, drivers of one car share it).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from langstrecke.ratings.annotate import AnnotatedLaps, annotate
from langstrecke.ratings.blas import on_one_thread
from langstrecke.ratings.pace.session import SessionPace, fit_session
from langstrecke.ratings.pace.solve import level_terms
from langstrecke.ratings.pace.types import EventPosterior, Floats
from langstrecke.ratings.race_facts import Measured
from langstrecke.timing.people import person


@dataclass(frozen=True)
class Row:
    """One driver in one car."""

    car: str
    car_class: str
    driver: str  # key, see `sessions.person`


@dataclass(frozen=True)
class PacePosterior:
    """Joint belief about every driver of the field in a race; `levels` are the classes' zero points (log seconds)."""

    rows: tuple[Row, ...]
    mean: Floats
    cov: Floats
    levels: dict[str, Measured]

    def of_car(self, car: str) -> np.ndarray:
        """Indices of a car's rows, in the order of its drivers."""
        return np.array([i for i, r in enumerate(self.rows) if r.car == car], dtype=np.int64)


def from_event(
    posterior: EventPosterior, rows: tuple[Row, ...], race: str, levels: dict[str, Measured]
) -> PacePosterior:
    """Read the rows out of an event posterior, each car's form of the day in `race` included."""
    model = posterior.model
    a = np.zeros((len(rows), len(model.keys)))
    for i, row in enumerate(rows):
        for column, weight in level_terms(model, row.car, row.driver):
            a[i, column] += weight
        day = model.index.get(("day", race, row.car))
        if day is not None:
            a[i, day] += 1.0
    return PacePosterior(rows, a @ posterior.mean, posterior.spread(a), levels)


@on_one_thread
def update_pace(
    posterior: PacePosterior, laps_so_far: pl.DataFrame | AnnotatedLaps | tuple[SessionPace, ...]
) -> PacePosterior:
    """Condition on the race's own laps seen so far (canonical lap table, annotated laps or their fits).

    A conjugate Gaussian step: each driver's fitted level is an observation of class level plus row. Cars and drivers
    the posterior does not know are left aside. The class levels move along.
    """
    if isinstance(laps_so_far, pl.DataFrame):
        laps_so_far = annotate(laps_so_far)
    if isinstance(laps_so_far, AnnotatedLaps):
        laps = laps_so_far
        fits = tuple(p for c in laps.classes if (p := fit_session(laps, c)) is not None)
    else:
        fits = laps_so_far
    for fit in fits:
        posterior = _update_class(posterior, fit)
    return posterior


def _update_class(posterior: PacePosterior, fit: SessionPace) -> PacePosterior:
    where = {(r.car, r.driver): i for i, r in enumerate(posterior.rows)}
    seen = [(where[k], c) for c in fit.cells if (k := (c.car, person(c.driver))) in where]
    if not seen or fit.car_class not in posterior.levels:
        return posterior
    index = np.array([i for i, _ in seen])
    level = posterior.levels[fit.car_class]
    residual = np.array([c.level for _, c in seen]) - level.value - posterior.mean[index]
    noise = np.array([c.var for _, c in seen])
    across = posterior.cov[:, index]
    total = posterior.cov[np.ix_(index, index)] + np.diag(noise) + level.se**2
    gain = np.linalg.solve(total, across.T).T
    level_gain = np.linalg.solve(total, np.full(len(index), level.se**2))
    levels = dict(posterior.levels)
    levels[fit.car_class] = Measured(
        level.value + float(level_gain @ residual),
        float(np.sqrt(max(level.se**2 * (1 - level_gain.sum()), 1e-12))),
    )
    cov = posterior.cov - gain @ across.T
    return replace(posterior, mean=posterior.mean + gain @ residual, cov=0.5 * (cov + cov.T), levels=levels)


@dataclass(frozen=True)
class CarPace:
    """A car against its class (log): average driver, and each driver against that average."""

    pace: float
    sd: float
    drivers: tuple[tuple[float, float], ...]  # (pace, sd) in the order of the rows


def car_paces(posterior: PacePosterior, car_class: str) -> tuple[float, dict[str, CarPace]]:
    """(log level of the average car, car -> pace) of a class. Cars count equally, drivers within a car too.

    What is common to the class (its level) is not in the cars' uncertainty: it belongs to the class's lap time.
    """
    cars = list(dict.fromkeys(r.car for r in posterior.rows if r.car_class == car_class))
    n = len(posterior.rows)
    weights = np.zeros((len(cars), n))
    for i, car in enumerate(cars):
        mine = posterior.of_car(car)
        weights[i, mine] = 1 / len(mine)
    centred = weights - weights.mean(axis=0)
    average = float(weights.mean(axis=0) @ posterior.mean)
    sds = np.sqrt(np.einsum("ij,jk,ik->i", centred, posterior.cov, centred))
    result = {}
    for i, car in enumerate(cars):
        mine = posterior.of_car(car)
        own = posterior.mean[mine] - posterior.mean[mine].mean()
        spread = np.eye(len(mine)) - 1 / len(mine)
        own_cov = spread @ posterior.cov[np.ix_(mine, mine)] @ spread.T
        result[car] = CarPace(
            float(centred[i] @ posterior.mean),
            float(sds[i]),
            tuple((float(p), float(np.sqrt(max(v, 0)))) for p, v in zip(own, np.diag(own_cov), strict=True)),
        )
    return average, result


def level_of(levels: Mapping[str, Measured], car_class: str, average: float) -> Measured:
    """Lap time in seconds, and its sd, of the average car of a class (Gaussian part of the noise only)."""
    known = levels[car_class]
    lap = float(np.exp(known.value + average))
    return Measured(lap, lap * known.se)
