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
import scipy.sparse as sp
from numpy.typing import NDArray

from langstrecke.ratings.pace_priors import LICENCES, PacePriors
from langstrecke.ratings.sessions import group_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

YEAR_S = 365.25 * 86400.0
MEAN_SD = 0.3
"""Prior spread of a session's class mean around the data's: flat for all purposes."""

Key = tuple[str, ...]


@dataclass(frozen=True)
class PaceState:
    """What lasts: drivers, licence means, cars and makes. `mean` and `cov` follow `keys`."""

    keys: tuple[Key, ...] = ()
    mean: Floats = field(default_factory=lambda: np.zeros(0))
    cov: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    time: dt.datetime | None = None
    licences: dict[str, str] = field(default_factory=dict)
    """Driver -> licence under which the driver first came in."""


@dataclass(frozen=True)
class Observation:
    """One measured level."""

    session: str
    channel: str  # race, long, best, qualifying
    car_class: str
    car: str
    driver: str  # key, see `sessions.person`
    level: float
    var: float
    laps: int


@dataclass(frozen=True)
class EventCar:
    """A car, its class, make and the keys of its drivers, as the model needs them."""

    car: str
    car_class: str
    make: str
    drivers: tuple[str, ...]


@dataclass(frozen=True)
class EventModel:
    """The prior over everything that matters at one event, and how columns are named."""

    series: str
    keys: tuple[Key, ...]
    index: dict[Key, int]
    mean: Floats
    cov: Floats
    n_lasting: int
    priors: PacePriors
    cars: dict[str, EventCar]
    licences: dict[str, str]


@dataclass(frozen=True)
class EventPosterior:
    """The event model after seeing data. `log_evidence` is the log density of the data under the prior."""

    model: EventModel
    mean: Floats
    cov: Floats
    log_evidence: float
    centre: dict[Key, float]
    """What the session means (keys "mean") are counted from: log seconds."""


def family(car_class: str) -> str:
    """Classes whose cars are one species share make effects (GTD and GTD Pro race the same cars)."""
    group = group_of(car_class)
    return "gt" if group.startswith("gt") else group


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
    mean, cov = np.zeros(n + m), np.zeros((n + m, n + m))
    mean[:n], cov[:n, :n] = state.mean[rows], state.cov[np.ix_(rows, rows)]
    cov[np.arange(n, n + m), np.arange(n, n + m)] = np.square(list(local.values()))
    keys = tuple(lasting) + tuple(local)
    return EventModel(
        series,
        keys,
        {k: i for i, k in enumerate(keys)},
        mean,
        cov,
        n,
        priors,
        {c.car: c for c in cars},
        state.licences,
    )


def level_terms(model: EventModel, car: str, driver: str, best: bool = False) -> list[tuple[int, float]]:
    """Columns and weights that make up a driver's level in a car, without the session's mean."""
    known = model.cars[car]
    group, species = group_of(known.car_class), family(known.car_class)
    weight = model.priors.best_driver if best else 1.0
    terms: list[tuple[Key, float]] = [
        (("car", model.series, group, car), 1.0),
        (("make", species, known.make), 1.0),
        (("make-event", species, known.make), 1.0),
        (("car-event", car), 1.0),
        (("driver", driver), weight),
        (("licence", group, model.licences[driver]), weight),
        (("driver-event", driver), weight),
    ]
    if best:
        terms.append((("one-lap", car), 1.0))
    return [(model.index[key], w) for key, w in terms]


def mean_keys(observations: tuple[Observation, ...]) -> tuple[Key, ...]:
    """The session means a set of observations needs."""
    return tuple(sorted({("mean", o.session, o.car_class, o.channel) for o in observations}))


@dataclass(frozen=True)
class _Data:
    """Observations as arrays: design, value, error variance, block of shared car form and its variance."""

    h: sp.csr_matrix
    y: Floats
    var: Floats
    block: Ints
    block_var: Floats


def _data(model: EventModel, observations: tuple[Observation, ...], centre: dict[Key, float]) -> _Data:
    p = model.priors
    cell = {"race": 0.0, "long": p.long_cell, "best": p.best_cell, "qualifying": p.qualifying_cell}
    form = {"race": p.day, "long": p.long_car, "best": p.best_car, "qualifying": 1e-6}
    rows, cols, vals, y, var = [], [], [], [], []
    block, block_var, blocks = [], [], {}
    for i, o in enumerate(observations):
        best = o.channel in ("best", "qualifying")
        mean_key = ("mean", o.session, o.car_class, o.channel)
        terms = level_terms(model, o.car, o.driver, best)
        day = model.index.get(("day", o.session, o.car))
        if day is not None:
            terms.append((day, 1.0))
        for c, w in [*terms, (model.index[mean_key], 1.0)]:
            rows.append(i)
            cols.append(c)
            vals.append(w)
        scale = p.scale[group_of(o.car_class)]
        y.append(o.level - centre[mean_key] - (p.best_per_log_lap * np.log(max(o.laps, 1)) if best else 0.0))
        var.append(o.var + (cell[o.channel] * scale) ** 2)
        key = (o.session, o.channel, o.car)
        if key not in blocks:
            blocks[key] = len(blocks)
            block_var.append((form[o.channel] * scale) ** 2 if day is None else 1e-12)
        block.append(blocks[key])
    shape = (len(y), len(model.keys))
    return _Data(
        sp.csr_matrix((vals, (rows, cols)), shape=shape),
        np.array(y),
        np.array(var),
        np.array(block, dtype=np.int64),
        np.array(block_var),
    )


def condition(model: EventModel, observations: tuple[Observation, ...]) -> EventPosterior:
    """The posterior given observations, exactly; the shared form of a car in a session is integrated out."""
    if not observations:
        return EventPosterior(model, model.mean, model.cov, 0.0, {})
    centre: dict[Key, float] = {}
    for key in mean_keys(observations):
        levels = [o.level for o in observations if ("mean", o.session, o.car_class, o.channel) == key]
        centre[key] = float(np.median(levels))
    data = _data(model, observations, centre)
    # information of the data: H' R^-1 H with R = diag(var) + shared block variance
    inv = 1 / data.var
    weighted = data.h.multiply(inv[:, None]).tocsr()
    blocks = sp.csr_matrix(
        (np.ones(len(inv)), (data.block, np.arange(len(inv)))), shape=(len(data.block_var), len(inv))
    )
    g = np.asarray((blocks @ weighted).todense())
    total = np.bincount(data.block, inv, minlength=len(data.block_var))
    shrink = data.block_var / (1 + data.block_var * total)
    residual = data.y - data.h @ model.mean
    pulled = np.bincount(data.block, inv * residual, minlength=len(data.block_var))
    information = np.asarray((data.h.T @ weighted).todense()) - (g * shrink[:, None]).T @ g
    score = weighted.T @ residual - g.T @ (shrink * pulled)
    quadratic = float(np.sum(inv * residual**2) - np.sum(shrink * pulled**2))
    log_det_r = float(np.sum(np.log(data.var)) + np.sum(np.log1p(data.block_var * total)))
    # posterior in the whitened coordinates of the prior: (I + L' A L) is well conditioned
    low = sla.cholesky(model.cov + 1e-14 * np.eye(len(model.mean)), lower=True, check_finite=False)
    inner = np.eye(len(low)) + low.T @ information @ low
    factor = sla.cholesky(inner, lower=True, check_finite=False)
    half = sla.solve_triangular(factor, low.T, lower=True, check_finite=False)
    cov = half.T @ half
    shift = cov @ score
    evidence = -0.5 * (
        quadratic
        - float(score @ shift)
        + log_det_r
        + 2 * float(np.sum(np.log(np.diag(factor))))
        + len(residual) * np.log(2 * np.pi)
    )
    return EventPosterior(model, model.mean + shift, cov, evidence, centre)


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
    after = posterior.cov[:n, :n]
    change = after - before
    mean[rows] = posterior.mean[:n]
    mean[others] += gain @ (posterior.mean[:n] - state.mean[rows])
    cross = gain @ after
    cov[np.ix_(rows, rows)] = after
    cov[np.ix_(others, rows)] = cross
    cov[np.ix_(rows, others)] = cross.T
    cov[np.ix_(others, others)] += gain @ change @ gain.T
    return replace(state, mean=mean, cov=0.5 * (cov + cov.T))
