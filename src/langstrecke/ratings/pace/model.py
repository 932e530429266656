"""The pace model: who is how fast, as one Gaussian over drivers, cars and the event at hand.

A level measured in session s for driver d in car c of class k is

    level = mean(s, k, channel) + car(c) + make + car at the event + driver(d) + driver at the event
            [+ one-lap form, in best laps] + form of the car in the session + error

with every term Gaussian and its spread taken from `PacePriors`. Drivers, cars and makes last (`PaceState`) and drift
in time; the rest lives for one event and is integrated out when the event is over. Given the spreads the
posterior is exact (a Kalman filter whose step is an event). Units: log lap time; smaller is faster.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

import numpy as np
import scipy.linalg as sla

from langstrecke.ratings.pace.priors import LICENCES, PacePriors
from langstrecke.ratings.pace.solve import ObservationData, lasting_root, observation_data, solve
from langstrecke.ratings.pace.types import EventCar, EventModel, EventPosterior, Floats, Key, Observation
from langstrecke.timing.car_classes import family, group_of

YEAR_S = 365.25 * 86400.0
MEAN_SD = 0.3
"""Prior spread of a session's class mean around the data's: flat for all purposes."""

FLOOR_SD = 0.0005
"""Form of a car in a session never counts as known better than this where outliers are judged (log)."""


@dataclass(frozen=True)
class PaceState:
    """What lasts: drivers, licence means, cars and makes. `mean` and `cov` follow `keys`."""

    keys: tuple[Key, ...] = ()
    mean: Floats = field(default_factory=lambda: np.zeros(0))
    cov: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    time: dt.datetime | None = None
    licences: dict[str, str] = field(default_factory=dict)
    """Driver -> licence under which the driver first came in."""


def advance(state: PaceState, to: dt.datetime, priors: PacePriors) -> PaceState:
    """Let time pass: drivers drift, cars' and makes' advantages fade."""
    if state.time is None or not state.keys:
        return replace(state, time=to)
    years = max((to - state.time).total_seconds() / YEAR_S, 0.0)
    if years == 0:
        return state
    fade = np.exp(-years / priors.team_years)
    kinds = np.array([k[0] for k in state.keys])
    factor = np.where(np.isin(kinds, ("car", "make")), fade, 1.0)
    added = np.zeros(len(kinds))
    added[kinds == "driver"] = priors.driver_drift**2 * years
    for i in np.flatnonzero(np.isin(kinds, ("car", "make"))):
        added[i] = (1 - fade**2) * _lasting_sd(state.keys[i], "", priors) ** 2
    cov = state.cov * factor[:, None] * factor[None, :]
    cov[np.diag_indices_from(cov)] += added
    return replace(state, mean=state.mean * factor, cov=cov, time=to)


def _lasting_sd(key: Key, licence: str, priors: PacePriors) -> float:
    kind = key[0]
    if kind == "driver":
        return priors.driver[LICENCES.index(licence)]
    if kind == "car":
        return priors.team * priors.scale[key[2]]
    if kind == "make":
        return priors.make * priors.scale["gt-am" if key[1] == "gt" else key[1]]
    return priors.licence_mean_sd


def enter(
    state: PaceState, series: str, cars: tuple[EventCar, ...], licences: dict[str, str], priors: PacePriors
) -> PaceState:
    """Bring in drivers, cars and makes not met before, at their prior."""
    known = set(state.keys)
    held = dict(state.licences)
    new: list[Key] = []
    for car in sorted(cars, key=lambda c: c.car):
        group = group_of(car.car_class)
        wanted: list[Key] = [("car", series, group, car.car), ("make", family(car.car_class), car.make)]
        for driver in car.drivers:
            wanted.append(("driver", driver))
            held.setdefault(driver, licences.get(driver, "none"))
            wanted.append(("licence", group, held[driver]))
        for key in wanted:
            if key not in known:
                known.add(key)
                new.append(key)
    if not new:
        return state
    n, m = len(state.keys), len(new)
    mean, cov = np.zeros(n + m), np.zeros((n + m, n + m))
    mean[:n], cov[:n, :n] = state.mean, state.cov
    for i, key in enumerate(new, start=n):
        if key[0] == "licence":
            mean[i] = priors.licence_mean[key[1]][LICENCES.index(key[2])]
        cov[i, i] = _lasting_sd(key, held.get(key[1], "none"), priors) ** 2
    return replace(state, keys=state.keys + tuple(new), mean=mean, cov=cov, licences=held)


def event_model(
    state: PaceState,
    series: str,
    cars: tuple[EventCar, ...],
    means: tuple[Key, ...],
    priors: PacePriors,
    day_of: str | None = None,
) -> EventModel:
    """Cut the involved part out of the lasting state and add what lives for the event only.

    `means` are the keys ("mean", session, class, channel) of the observations to come. `day_of` names the session
    (a race) in which each car's form of the day is wanted itself, not integrated out.
    """
    lasting: list[Key] = []
    local: dict[Key, float] = {}
    for car in sorted(cars, key=lambda c: c.car):
        group = group_of(car.car_class)
        scale = priors.scale[group]
        lasting += [("car", series, group, car.car), ("make", family(car.car_class), car.make)]
        local[("make-event", family(car.car_class), car.make)] = priors.make_event * scale
        local[("car-event", car.car)] = priors.car_event * scale
        local[("one-lap", car.car)] = priors.one_lap * scale
        if day_of is not None:
            local[("day", day_of, car.car)] = priors.day * scale
        for driver in car.drivers:
            licence = state.licences[driver]
            lasting += [("driver", driver), ("licence", group, licence)]
            local[("driver-event", driver)] = priors.driver_event * scale
    for key in means:
        local[key] = MEAN_SD
    lasting = list(dict.fromkeys(lasting))
    where = {key: i for i, key in enumerate(state.keys)}
    rows = np.array([where[key] for key in lasting], dtype=np.int64)
    n, m = len(lasting), len(local)
    mean = np.r_[state.mean[rows], np.zeros(m)]
    keys = tuple(lasting) + tuple(local)
    return EventModel(
        series,
        keys,
        {k: i for i, k in enumerate(keys)},
        mean,
        state.cov[np.ix_(rows, rows)],
        np.square(list(local.values())),
        n,
        priors,
        {c.car: c for c in cars},
        state.licences,
    )


def mean_keys(observations: tuple[Observation, ...]) -> tuple[Key, ...]:
    """The session means a set of observations needs."""
    return tuple(sorted({("mean", o.session, o.car_class, o.channel) for o in observations}))


ROBUST_Z = 2.5
ROBUST_NU = 4.0
"""A car's form in a session that is this many standard deviations off what everything else says (a damaged car, a
session not driven in earnest) is believed as a Student t with so many degrees of freedom would have it."""


def condition(model: EventModel, observations: tuple[Observation, ...], *, robust: bool = True) -> EventPosterior:
    """The posterior given observations; the shared form of a car in a session is integrated out.

    `robust`: cars far off in a session have their error widened (one step of reweighting) and it is solved anew.
    """
    if not observations:
        return EventPosterior(model, model.mean, lasting_root(model), None, 0.0, {})
    levels: dict[Key, list[float]] = {}
    for o in observations:
        levels.setdefault(("mean", o.session, o.car_class, o.channel), []).append(o.level)
    centre = {key: float(np.median(values)) for key, values in levels.items()}
    data = observation_data(model, observations, centre)
    found = solve(model, data)
    if robust:
        widened = _widened(data, found.mean)
        if widened is not None:
            found = solve(model, widened)
    return EventPosterior(model, found.mean, found.low, found.factor, found.evidence, centre)


def _widened(data: ObservationData, mean: Floats) -> ObservationData | None:
    """Errors multiplied where a block's mean residual is far out; None if there is none such."""
    inv = 1 / data.var
    n = len(data.block_var)
    total = np.bincount(data.block, inv, minlength=n)
    residual = np.bincount(data.block, inv * (data.y - data.h @ mean), minlength=n) / total
    z2 = residual**2 / (1 / total + data.block_var + FLOOR_SD**2)
    factor = np.where(z2 > ROBUST_Z**2, (ROBUST_NU + z2) / (ROBUST_NU + 1), 1.0)
    if np.all(factor == 1.0):
        return None
    block_var = np.where(factor > 1, (data.block_var + FLOOR_SD**2) * factor, data.block_var)
    return replace(data, var=data.var * factor[data.block], block_var=block_var)


def absorb(state: PaceState, posterior: EventPosterior) -> PaceState:
    """Carry an event's posterior over into the lasting state; the event's own effects are integrated out."""
    model = posterior.model
    n = model.n_lasting
    where = {key: i for i, key in enumerate(state.keys)}
    rows = np.array([where[key] for key in model.keys[:n]], dtype=np.int64)
    others = np.setdiff1d(np.arange(len(state.keys)), rows)
    before = state.cov[np.ix_(rows, rows)]
    gain = sla.solve(
        before + 1e-14 * np.eye(n), state.cov[np.ix_(rows, others)], assume_a="pos", check_finite=False
    ).T
    mean, cov = state.mean.copy(), state.cov.copy()
    after = posterior.lasting_cov()
    change = after - before
    mean[rows] = posterior.mean[:n]
    mean[others] += gain @ (posterior.mean[:n] - state.mean[rows])
    cross = gain @ after
    cov[np.ix_(rows, rows)] = after
    cov[np.ix_(others, rows)] = cross
    cov[np.ix_(rows, others)] = cross.T
    cov[np.ix_(others, others)] += gain @ change @ gain.T
    return replace(state, mean=mean, cov=0.5 * (cov + cov.T))
