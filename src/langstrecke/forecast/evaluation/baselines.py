"""The forecasts a sceptic would pick: Plackett-Luce on a few numbers everybody can see.

A car's strength is the exponential of a weighted sum of its features; the winner is drawn by strength, then the
second from those who are left, and so on (R. L. Plackett, Appl. Stat. 24, 1975, 193-202; R. D. Luce 1959). Weights
are fitted by maximum likelihood on whole finishing orders of other races.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from langstrecke.forecast.evaluation.truth import Order

Floats = NDArray[np.float64]

RIDGE = 0.5
"""Weight of the squared coefficients against the log likelihood (standardised features)."""
DRAWS = 8000
"""Orders drawn for the probabilities of places (their error is below 0.6 %)."""


@dataclass(frozen=True)
class Field:
    """One class of one race: features by car (rows as `cars`) and, once known, the order."""

    race: str
    car_class: str
    season: str
    cars: tuple[str, ...]
    features: Floats
    order: Order


@dataclass(frozen=True)
class PlackettLuce:
    """Fitted weights; features are standardised by `mean` and `sd` first."""

    mean: Floats
    sd: Floats
    weights: Floats

    def strengths(self, features: Floats) -> Floats:
        """Log strength of every car."""
        return np.asarray((features - self.mean) / self.sd @ self.weights)


def fit_plackett_luce(fields: Sequence[Field], *, places: int | None = None) -> PlackettLuce:
    """Fit on finishing orders; only the first `places` of each with it. Tied groups end the order they are in."""
    every = np.concatenate([f.features for f in fields])
    mean, sd = every.mean(axis=0), np.maximum(every.std(axis=0), 1e-9)
    data = [((f.features - mean) / sd, _ranked(f, places)) for f in fields]

    def loss(w: Floats) -> tuple[float, Floats]:
        value, slope = RIDGE * float(w @ w), 2 * RIDGE * w
        for x, ranks in data:
            z = x @ w
            left = np.ones(len(z), dtype=bool)
            for i in ranks:
                top = z[left].max()
                e = np.exp(z[left] - top)
                total = e.sum()
                value -= float(z[i] - top - np.log(total))
                slope = slope - x[i] + (e / total) @ x[left]
                left[i] = False
        return value, slope

    found = minimize(loss, np.zeros(every.shape[1]), jac=True, method="L-BFGS-B")
    return PlackettLuce(mean, sd, np.asarray(found.x))


def _ranked(f: Field, places: int | None) -> list[int]:
    """Indices in finishing order, as far as it is told without ties; the last car is no choice."""
    ranks: list[int] = []
    for group in f.order:
        if len(group) > 1:
            break
        ranks.append(f.cars.index(group[0]))
    return ranks[: min(len(f.cars) - 1, places or len(f.cars))]


def place_probabilities(strengths: Floats, seed: int = 1) -> Floats:
    """`[i, k]`: probability that car i comes (k+1)-th. The winner's column is exact, the others are drawn."""
    n = len(strengths)
    rng = np.random.default_rng(seed)
    noise = -np.log(-np.log(rng.uniform(1e-12, 1.0, (DRAWS, n))))
    order = np.argsort(-(strengths[None, :] + noise), axis=1)
    table = np.zeros((n, n))
    for k in range(n):
        table[:, k] = np.bincount(order[:, k], minlength=n) / DRAWS
    e = np.exp(strengths - strengths.max())
    win = e / e.sum()
    rest = table[:, 1:].sum(axis=1)
    scale = np.divide(1.0 - win, rest, out=np.zeros(n), where=rest > 0)
    table[:, 1:] *= scale[:, None]
    table[:, 0] = np.where(rest > 0, win, 1.0)
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def uniform(n: int) -> Floats:
    """Every place as likely as any other."""
    return np.full((n, n), 1.0 / n)
