"""The linear algebra of the pace model: observations as matrices, and the exact Gaussian posterior."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg as sla
import scipy.sparse as sp

from langstrecke.ratings.pace.priors import PacePriors
from langstrecke.ratings.pace.types import EventModel, Floats, Ints, Key, Observation
from langstrecke.timing.car_classes import family, group_of


def level_terms(model: EventModel, car: str, driver: str, best: bool = False) -> list[tuple[int, float]]:
    """Columns and weights that make up a driver's level in a car, without the session's mean."""
    known = model.cars[car]
    group, species = group_of(known.car_class), family(known.car_class)
    weight = model.priors.best_driver if best else 1.0
    skill = weight * model.priors.driver_weight[group]
    terms: list[tuple[Key, float]] = [
        (("car", model.series, group, car), 1.0),
        (("make", species, known.make), 1.0),
        (("make-event", species, known.make), 1.0),
        (("car-event", car), 1.0),
        (("driver", driver), skill),
        (("licence", group, model.licences[driver]), weight),
        (("driver-event", driver), weight),
    ]
    if best:
        terms.append((("one-lap", car), 1.0))
    return [(model.index[key], w) for key, w in terms]


@dataclass(frozen=True)
class ObservationData:
    """Observations as arrays: design, value, error variance, block of shared car form and its variance."""

    h: sp.csr_matrix
    y: Floats
    var: Floats
    block: Ints
    block_var: Floats


def spreads(p: PacePriors, o: Observation) -> tuple[float, float]:
    """(sd of one driver's error, sd of the car's form) of an observation, before the scale of its group."""
    if o.channel == "race":
        return 0.0, p.day
    factor = p.test_factor if o.test else 1.0
    if o.channel == "long":
        return p.long_cell * factor, p.long_car * factor
    few = float(np.sqrt(1 + p.few_laps / max(o.laps, 1)))
    if o.channel == "best":
        return p.best_cell * few * factor, p.best_car * factor
    return p.qualifying_cell * few * factor, 1e-6


def observation_data(
    model: EventModel, observations: tuple[Observation, ...], centre: dict[Key, float]
) -> ObservationData:
    """Design matrix and errors; `centre` is taken off the levels of each session mean."""
    p = model.priors
    rows, cols, vals, y, var = [], [], [], [], []
    block, block_var = [], []
    blocks: dict[Key, int] = {}
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
        cell, form = spreads(p, o)
        y.append(o.level - centre[mean_key] - (p.best_per_log_lap * np.log(max(o.laps, 1)) if best else 0.0))
        var.append(o.var + (cell * scale) ** 2)
        key = (o.session, o.channel, o.car)
        if key not in blocks:
            blocks[key] = len(blocks)
            block_var.append((form * scale) ** 2 if day is None else 1e-12)
        block.append(blocks[key])
    return ObservationData(
        sp.csr_matrix((vals, (rows, cols)), shape=(len(y), len(model.keys))),
        np.array(y),
        np.array(var),
        np.array(block, dtype=np.int64),
        np.array(block_var),
    )


def solve(model: EventModel, data: ObservationData) -> Solution:
    """The exact posterior of an event model given observations.

    The precision of the data is H' R^-1 H with R = diag(var) + shared block variance (Woodbury per block). The prior
    is whitened, so that the matrix inverted is I + L' H' R^-1 H L: well conditioned for any prior. The lasting part
    of L is a dense triangle, the rest diagonal; observations touch a handful of unknowns each, which keeps all but
    the lasting block sparse.
    """
    n = model.n_lasting
    low = lasting_root(model)
    sd = np.sqrt(model.local_var)
    inv = 1 / data.var
    n_blocks = len(data.block_var)
    h_last = np.asarray(data.h[:, :n] @ low)
    h_local = data.h[:, n:].multiply(sd[None, :]).tocsr()
    blocks = sp.csr_matrix((inv, (data.block, np.arange(len(inv)))), shape=(n_blocks, len(inv)))
    total = np.bincount(data.block, inv, minlength=n_blocks)
    shrink = data.block_var / (1 + data.block_var * total)
    g_last, g_local = np.asarray(blocks @ h_last), (blocks @ h_local).tocsr()
    scaled, g_scaled = h_last * inv[:, None], g_last * shrink[:, None]
    size = len(model.keys)
    inner = np.empty((size, size))
    inner[:n, :n] = h_last.T @ scaled - g_last.T @ g_scaled
    inner[n:, :n] = np.asarray(h_local.T @ scaled - g_local.T @ g_scaled)
    inner[:n, n:] = inner[n:, :n].T
    weighted = h_local.multiply(inv[:, None]).tocsr()
    shared = g_local.multiply(shrink[:, None]).tocsr()
    inner[n:, n:] = np.asarray((h_local.T @ weighted - g_local.T @ shared).todense())
    inner[np.diag_indices(size)] += 1.0
    residual = data.y - data.h @ model.mean
    pulled = blocks @ residual
    score = np.r_[
        scaled.T @ residual - g_last.T @ (shrink * pulled),
        weighted.T @ residual - g_local.T @ (shrink * pulled),
    ]
    factor = sla.cholesky(inner, lower=True, overwrite_a=True, check_finite=False)
    half = sla.solve_triangular(factor, score, lower=True, check_finite=False)
    white = sla.solve_triangular(factor, half, lower=True, trans="T", check_finite=False)
    log_det = float(np.sum(np.log(data.var)) + np.sum(np.log1p(data.block_var * total)))
    evidence = -0.5 * (
        float(np.sum(inv * residual**2) - np.sum(shrink * pulled**2))
        - float(half @ half)
        + log_det
        + 2 * float(np.sum(np.log(np.diag(factor))))
        + len(residual) * np.log(2 * np.pi)
    )
    mean = model.mean + np.r_[low @ white[:n], sd * white[n:]]
    return Solution(mean, low, factor, evidence)


@dataclass(frozen=True)
class Solution:
    """Posterior mean, and its covariance as L F^-T F^-1 L' with `low` the lasting part of L and `factor` F."""

    mean: Floats
    low: Floats
    factor: Floats
    evidence: float


def lasting_root(model: EventModel) -> Floats:
    """Cholesky root of the lasting part's prior covariance."""
    eye = 1e-14 * np.eye(model.n_lasting)
    return np.asarray(sla.cholesky(model.lasting_cov + eye, lower=True, check_finite=False))
