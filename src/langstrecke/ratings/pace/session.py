"""Pace within one session and class: an ex-Gaussian mixed model, fitted by EM.

log lap time = car-and-driver level + stint deviation + slope in the stint + smooth of session time
             + traffic + following + Gaussian noise + exponential noise

The exponential part makes the right tail (mistakes, traffic the crossing order does not show), so levels are
free-air levels, not means dragged up by bad laps. EM for the ex-Gaussian: given the residual the exponential
part is a truncated normal; its mean is taken off and a penalised least-squares step follows. Standard errors are
widened for the information lost to the unseen exponential part (Louis, J. R. Stat. Soc. B 44, 1982, 226-233).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg as sla
import scipy.sparse as sp
from scipy.optimize import minimize
from scipy.special import log_ndtr

from langstrecke.ratings.annotate import AnnotatedLaps, Bools, Floats, Ints

EFFECTS = ("stint_lap", "passes", "passed", "following")
EFFECT_PRIOR_SD = (0.0005, 0.01, 0.01, 0.01)
"""Prior standard deviations of the effects (log lap time per lap, per car, per car, yes): wide against what any class
shows (a tenth of a per mille, three per mille, three per mille, two per mille)."""

KNOT_S = 1800.0
"""Spacing of the knots of the smooth in session time (documented default: half an hour)."""

DRIFT_SD = 0.002
"""Prior standard deviation of the smooth's change from knot to knot (0.2 % of a lap in half an hour)."""

MIN_CLEAN = 12
"""A class with fewer clean laps than this in a session is not fitted."""


@dataclass(frozen=True)
class Cell:
    """One driver in one car in one session: `level` is log seconds, `var` its error variance."""

    car: str
    driver: str
    level: float
    var: float
    laps: int
    stints: int


@dataclass(frozen=True)
class SessionPace:
    """What one session says about the pace of one class. Effects and spreads are in log lap time."""

    car_class: str
    cells: tuple[Cell, ...]
    effects: tuple[float, ...]  # as EFFECTS
    effect_sds: tuple[float, ...]
    sigma: float  # Gaussian noise
    tau: float  # mean of the exponential noise
    stint_sd: float
    mean_stint_lap: float
    laps: int


@dataclass(frozen=True)
class _Design:
    x: sp.csr_matrix
    y: Floats
    cells: list[tuple[int, int]]
    n_stints: int
    n_knots: int
    cell: Ints
    stint: Ints
    stint_lap_mean: float


def fit_session(laps: AnnotatedLaps, car_class: str, *, rows: Bools | None = None) -> SessionPace | None:
    """Fit one class of a session; None if it has too few clean laps.

    `rows` restricts the laps (used for a race so far).
    """
    use = laps.clean & (laps.car_class == laps.classes.index(car_class))
    if rows is not None:
        use &= rows
    index = np.flatnonzero(use)
    if len(index) < MIN_CLEAN:
        return None
    design = _design(laps, index)
    fit = _em(design)
    cells = []
    for i, (car, driver) in enumerate(design.cells):
        mine = design.cell == i
        cells.append(
            Cell(
                laps.cars[car],
                laps.drivers[driver],
                float(fit.b[i]),
                float(fit.var[i]),
                int(mine.sum()),
                len(np.unique(design.stint[mine])),
            )
        )
    last = slice(len(fit.b) - len(EFFECTS), None)
    return SessionPace(
        car_class=car_class,
        cells=tuple(cells),
        effects=tuple(float(v) for v in fit.b[last]),
        effect_sds=tuple(float(v) for v in np.sqrt(fit.var[last])),
        sigma=fit.sigma,
        tau=fit.tau,
        stint_sd=fit.stint_sd,
        mean_stint_lap=design.stint_lap_mean,
        laps=len(index),
    )


def session_drift(laps: AnnotatedLaps, car_class: str) -> tuple[Floats, Floats] | None:
    """How the track's pace for one class wandered: session times in s, a value every `KNOT_S`, and the log lap time
    against its mean. None for a class with too few clean laps.
    """
    index = np.flatnonzero(laps.clean & (laps.car_class == laps.classes.index(car_class)))
    if len(index) < MIN_CLEAN:
        return None
    design = _design(laps, index)
    first = len(design.cells) + design.n_stints
    values = _em(design).b[first : first + design.n_knots]
    begin = float((0.5 * (laps.start_s[index] + laps.end_s[index])).min())
    return np.asarray(begin + KNOT_S * np.arange(design.n_knots), np.float64), np.asarray(values - values.mean())


def _design(laps: AnnotatedLaps, index: Ints) -> _Design:
    """The sparse design matrix: cells, stints, knots of the time smooth, effects."""
    n = len(index)
    car, driver = laps.car[index], laps.driver[index]
    pairs, cell = np.unique(np.stack([car, driver], axis=1), axis=0, return_inverse=True)
    cell = cell.reshape(-1)
    _, stint = np.unique(np.stack([cell, laps.stint[index]], axis=1), axis=0, return_inverse=True)
    stint = stint.reshape(-1)
    n_cells, n_stints = len(pairs), int(stint.max()) + 1
    mid = 0.5 * (laps.start_s[index] + laps.end_s[index])
    knots, weight, left = _hat(mid)
    lap = laps.stint_lap[index].astype(float)
    lap_mean = float(lap.mean())
    effects = np.stack(
        [
            np.minimum(lap, 60) - min(lap_mean, 60),
            np.minimum(laps.passes[index], 5),
            np.minimum(laps.passed[index], 5),
            laps.following[index].astype(float),
        ],
        axis=1,
    )
    row = np.arange(n)
    k0 = n_cells + n_stints
    x = sp.csr_matrix(
        (
            np.concatenate([np.ones(n), np.ones(n), 1 - weight, weight, effects.T.ravel()]),
            (
                np.concatenate([row, row, row, row, np.tile(row, len(EFFECTS))]),
                np.concatenate(
                    [
                        cell,
                        n_cells + stint,
                        k0 + left,
                        k0 + left + 1,
                        np.repeat(k0 + knots + np.arange(len(EFFECTS)), n),
                    ]
                ),
            ),
        ),
        shape=(n, k0 + knots + len(EFFECTS)),
    )
    cells = [(int(c), int(d)) for c, d in pairs]
    return _Design(x, np.log(laps.lap_time_s[index]), cells, n_stints, knots, cell, stint, lap_mean)


def _hat(mid: Floats) -> tuple[int, Floats, Ints]:
    """Linear interpolation between knots every `KNOT_S`: their number, right-hand weight and left-hand knot."""
    position = (mid - mid.min()) / KNOT_S
    left = np.floor(position).astype(np.int64)
    return int(left.max()) + 2, position - left, left


@dataclass(frozen=True)
class _Fit:
    b: Floats
    var: Floats
    sigma: float
    tau: float
    stint_sd: float


def _penalty(design: _Design, stint_var: float) -> Floats:
    """Prior precision matrix (dense): flat-ish cells, stint deviations, random-walk knots, effects."""
    n_cells, n_stints, n_knots = len(design.cells), design.n_stints, design.n_knots
    size = design.x.shape[1]
    precision = np.zeros((size, size))
    diagonal = np.arange(size)
    precision[diagonal[:n_cells], diagonal[:n_cells]] = 1e-6
    s = diagonal[n_cells : n_cells + n_stints]
    precision[s, s] = 1 / stint_var
    k = n_cells + n_stints
    step = np.diff(np.eye(n_knots), axis=0)
    precision[k : k + n_knots, k : k + n_knots] = step.T @ step / DRIFT_SD**2 + np.eye(n_knots) / 0.01**2
    e = diagonal[k + n_knots :]
    precision[e, e] = 1 / np.square(EFFECT_PRIOR_SD)
    return precision


def _em(design: _Design, rounds: int = 5, inner: int = 8) -> _Fit:
    """Alternate the truncated-normal means of the exponential part and penalised least squares."""
    x, y = design.x, design.y
    n = len(y)
    xtx = np.asarray((x.T @ x).todense())
    start = np.array([np.quantile(y[design.cell == i], 0.35) for i in range(len(design.cells))])
    residual = y - start[design.cell]
    spread = float(np.quantile(residual, 0.5) - np.quantile(residual, 0.1)) + 1e-5
    sigma2, tau, stint_var = spread**2, spread, (0.002) ** 2
    extra = np.maximum(residual, 0) * 0.5
    s = slice(len(design.cells), len(design.cells) + design.n_stints)
    b = np.zeros(x.shape[1])
    inverse = np.zeros((1, 1))
    lost = 0.0
    for turn in range(rounds):
        factor = sla.cho_factor(xtx / sigma2 + _penalty(design, stint_var), lower=True, check_finite=False)
        for _ in range(inner):
            b = sla.cho_solve(factor, x.T @ (y - extra) / sigma2, check_finite=False)
            residual = y - x @ b
            extra, extra_var = _exponential_part(residual, sigma2, tau)
            tau = float(np.clip(extra.mean(), 1e-5, 0.03))
        inverse = sla.cho_solve(factor, np.eye(len(b)), check_finite=False)
        used = float(np.sum(inverse * xtx)) / sigma2
        lost = float(np.clip(extra_var.mean() / sigma2, 0, 0.9))
        if turn == 1:  # EM alone creeps along the ridge between the two kinds of noise: jump to its top once
            sigma2, tau = _noise_fit(residual, float(np.sqrt(sigma2)), tau)
            sigma2 *= n / max(n - used, 0.3 * n)
        else:
            squares = np.square(residual - extra).sum() + extra_var.sum()
            sigma2 = float(max(squares / max(n - used, 0.2 * n), 1e-8))
        stint_var = float(np.clip(np.mean(b[s] ** 2 + np.diag(inverse)[s]), 1e-8, 1e-4))
    var = np.diag(inverse).copy()
    var[: len(design.cells)] = _contrast_var(inverse[: len(design.cells), : len(design.cells)], design.cell)
    return _Fit(b, var / (1 - lost), float(np.sqrt(sigma2)), tau, float(np.sqrt(stint_var)))


def _contrast_var(cov: Floats, cell: Ints) -> Floats:
    """Error variances of the levels against their mean: what is common to the class is the track's, not theirs."""
    share = np.bincount(cell, minlength=len(cov)) / len(cell)
    across = cov @ share
    return np.asarray(np.diag(cov) - 2 * across + share @ across)


def _noise_fit(residual: Floats, sigma: float, tau: float) -> tuple[float, float]:
    """Variance of the Gaussian and mean of the exponential noise by maximum likelihood, location free.

    The residuals enter as quantiles, at most 300 of them, so that the time does not grow with the session.
    """
    if len(residual) > 300:
        residual = np.quantile(residual, (np.arange(300) + 0.5) / 300)
    unit = float(np.std(residual)) + 1e-6

    def cost(x: Floats) -> float:
        s, t = unit * np.exp(x[1]), unit * np.exp(x[2])
        r = residual - unit * x[0]
        return -float(np.mean(log_ndtr(r / s - s / t) - r / t) + 0.5 * (s / t) ** 2 - np.log(t))

    start = np.array([0.0, np.log(sigma / unit), np.log(tau / unit)])
    found = minimize(cost, start, method="L-BFGS-B", bounds=[(-3, 3), (-3, 1), (-4, 1)], options={"maxiter": 25})
    return float((unit * np.exp(found.x[1])) ** 2), float(unit * np.exp(found.x[2]))


def _exponential_part(residual: Floats, sigma2: float, tau: float) -> tuple[Floats, Floats]:
    """Mean and variance of the exponential noise given the residual (a normal cut off at zero)."""
    sigma = np.sqrt(sigma2)
    z = (residual - sigma2 / tau) / sigma
    ratio = np.exp(-0.5 * z * z - 0.5 * np.log(2 * np.pi) - log_ndtr(z))
    mean = sigma * (z + ratio)
    var = sigma2 * (1 - ratio * (z + ratio))
    return np.maximum(mean, 0), np.clip(var, 0, sigma2)
