"""Fit the variance components of the pace model by their predictions of race pace.

The objective is the log density, as a Student t with 5 degrees of freedom (cars break; the fit should not be ruled by
them), of every car's realised race pace against its class, given everything before the race; plus, with less weight,
of each driver's against the car's. A weak prior holds components the data say little about. Moved by L-BFGS with
differences. Called by fit_priors.py.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from langstrecke.ratings.pace.check import check_drivers, check_race
from langstrecke.ratings.pace.class_level import channel_level
from langstrecke.ratings.pace.history import EventSessions, group_events, licences_of, walk
from langstrecke.ratings.pace.model import PaceState
from langstrecke.ratings.pace.priors import LICENCES, PacePriors
from langstrecke.ratings.pace.solve import level_terms
from langstrecke.ratings.sessions import SessionSummary
from langstrecke.timing.car_classes import GROUPS, group_of

POSITIVE = (
    "driver_drift",
    "team",
    "team_years",
    "make",
    "make_event",
    "car_event",
    "driver_event",
    "day",
    "one_lap",
    "long_car",
    "long_cell",
    "best_car",
    "best_cell",
    "qualifying_cell",
    "few_laps",
    "test_factor",
    "best_driver",
)
FREE = ("best_per_log_lap",)
SCALED = tuple(g for g in GROUPS if g != "gt-am")
DRIVER_WEIGHTS = (0.7, 0.85, 1.0, 1.2, 1.4, 1.7, 2.0)
NU = 5.0
DRIVER_WEIGHT = 0.3
ACO_WEIGHT = 0.3
PRIOR_SD = 0.8

_EVENTS: tuple[EventSessions, ...] = ()
_START = PaceState()
_LICENCES: dict[str, str] = {}


def pack(p: PacePriors) -> np.ndarray:
    """Components as a vector: logarithms of the positive ones."""
    logs = [np.log(getattr(p, n)) for n in POSITIVE] + [np.log(p.scale[g]) for g in SCALED]
    logs += [np.log(s) for s in p.driver]
    return np.array(logs + [getattr(p, n) * 100 for n in FREE])


def unpack(x: np.ndarray, start: PacePriors) -> PacePriors:
    """The reverse of `pack`."""
    n, m = len(POSITIVE), len(SCALED)
    values = {name: float(np.exp(v)) for name, v in zip(POSITIVE, x[:n], strict=True)}
    scale = {g: float(np.exp(v)) for g, v in zip(SCALED, x[n : n + m], strict=True)} | {"gt-am": 1.0}
    driver = tuple(float(np.exp(v)) for v in x[n + m : n + m + len(LICENCES)])
    free = {name: float(v) / 100 for name, v in zip(FREE, x[n + m + len(LICENCES) :], strict=True)}
    moved: dict[str, Any] = {**values, **free}
    return replace(start, scale={g: scale[g] for g in GROUPS}, driver=driver, **moved)


def t_log_density(z: np.ndarray, sd: np.ndarray) -> float:
    """Sum of Student t log densities of standardised residuals, scaled to unit variance."""
    shape = np.sqrt((NU - 2) / NU)
    u = z / shape
    constant = gammaln((NU + 1) / 2) - gammaln(NU / 2) - 0.5 * np.log(NU * np.pi)
    return float(np.sum(constant - (NU + 1) / 2 * np.log1p(u * u / NU) - np.log(shape * sd)))


def score(priors: PacePriors, events: tuple[EventSessions, ...], start: PaceState, licences: dict[str, str]) -> float:
    """The objective: larger is better."""
    total = 0.0
    for _, _, races in walk(events, priors, licences, start):
        for race in races:
            weight = 1.0 if race.race.info.series == "imsa" else ACO_WEIGHT
            for checks, share in ((check_race(race), 1.0), (check_drivers(race), DRIVER_WEIGHT)):
                if checks:
                    z = np.array([c.z for c in checks])
                    sd = np.array([c.sd for c in checks])
                    total += weight * share * t_log_density(z, sd)
    return total


def learn_licences(priors: PacePriors, events: tuple[EventSessions, ...]) -> PacePriors:
    """Licence means from a walk that starts knowing little about them."""
    wide = replace(priors, licence_mean_sd=0.006)
    state = None
    for _, after, _ in walk(events, wide, score=False):
        state = after
    means = {g: list(priors.licence_mean[g]) for g in GROUPS}
    if state is not None:
        for i, key in enumerate(state.keys):
            if key[0] == "licence":
                means[key[1]][LICENCES.index(key[2])] = float(state.mean[i])
    return replace(priors, licence_mean={g: tuple(v) for g, v in means.items()})


def learn_offsets(priors: PacePriors, events: tuple[EventSessions, ...]) -> PacePriors:
    """Class level in the race against practice and qualifying: mean and spread by group and channel."""
    gaps: dict[tuple[str, str], list[float]] = {}
    for _, _, races in walk(events, priors):
        for race in races:
            before = race.before
            for car_class in sorted({o.car_class for o in race.observed}):
                mine = [o for o in race.observed if o.car_class == car_class]
                if len(mine) < 5:
                    continue
                rows = [level_terms(before.model, o.car, o.driver) for o in mine]
                own = float(
                    np.median(
                        [o.level - sum(w * before.mean[c] for c, w in row) for o, row in zip(mine, rows, strict=True)]
                    )
                )
                for channel in ("long", "best", "qualifying"):
                    level = channel_level(before, car_class, channel)
                    if level is not None:
                        gaps.setdefault((group_of(car_class), channel), []).append(own - level)
    table: dict[str, dict[str, tuple[float, ...]]] = {}
    for (group, channel), values in gaps.items():
        if len(values) >= 6:
            middle = float(np.median(values))
            spread = float(1.48 * np.median(np.abs(np.array(values) - middle)))
            table.setdefault(group, {})[channel] = (middle, max(spread, 0.003))
    return replace(priors, race_offset=table)


def _share(events: tuple[EventSessions, ...], start: PaceState, licences: dict[str, str]) -> None:
    global _EVENTS, _START, _LICENCES
    _EVENTS, _START, _LICENCES = events, start, licences


def _evaluate(priors: PacePriors) -> float:
    return score(priors, _EVENTS, _START, _LICENCES)


def opening_state(events: tuple[EventSessions, ...], priors: PacePriors) -> tuple[PaceState, dict[str, str]]:
    """State after the events that have no sessions but the race (WEC, Le Mans): walked once, not per step."""
    state = PaceState()
    licences: dict[str, str] = {}
    for event, after, _ in walk(events, priors, score=False):
        state = after
        licences |= licences_of(event.sessions)
    return state, licences


def learn_driver_weights(
    priors: PacePriors,
    events: tuple[EventSessions, ...],
    start: PaceState,
    licences: dict[str, str],
) -> PacePriors:
    """The factor on drivers' skill in each group of classes, one after the other, against customer GT cars."""
    for group in ("lmp2", "lmp3", "top", "gt-pro"):
        options = [replace(priors, driver_weight=priors.driver_weight | {group: factor}) for factor in DRIVER_WEIGHTS]
        scores = [score(option, events, start, licences) for option in options]
        priors = options[int(np.argmax(scores))]
        print(f"  driver weight {group}: {priors.driver_weight[group]}  {max(scores):.1f}", flush=True)
    return priors


def fit_pace(summaries: tuple[SessionSummary, ...], start: PacePriors, rounds: int = 8) -> PacePriors:
    """Move the components from `start`; prints its way."""
    events = group_events(summaries)
    start = learn_licences(start, events)
    imsa = tuple(e for e in events if e.series == "imsa")
    before = tuple(e for e in events if e.series != "imsa" and e.start < imsa[0].start)
    centre = pack(start)
    step = 0.08
    began = time.perf_counter()
    with ProcessPoolExecutor(2, initializer=_share, initargs=(imsa, *opening_state(before, start))) as workers:

        def objective(x: np.ndarray) -> tuple[float, np.ndarray]:
            points = [x] + [x + step * e for e in np.eye(len(x))]
            values = np.array(list(workers.map(_evaluate, [unpack(p, start) for p in points])))
            penalty = np.array([0.5 * np.sum(((p - centre) / PRIOR_SD) ** 2) for p in points])
            cost = penalty - values
            print(f"  {time.perf_counter() - began:7.0f} s  {values[0]:.1f}", flush=True)
            return float(cost[0]), (cost[1:] - cost[0]) / step

        found = minimize(
            objective, centre, jac=True, method="L-BFGS-B", options={"maxiter": rounds, "maxfun": rounds + 4}
        )
    fitted = learn_licences(unpack(found.x, start), events)
    fitted = learn_driver_weights(fitted, imsa, *opening_state(before, fitted))
    return learn_offsets(fitted, events)
