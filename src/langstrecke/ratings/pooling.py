"""Partial pooling of a figure over races: group -> class -> circuit -> race.

A figure of one class in one race is modelled as

    group mean + class effect + season effect + circuit effect + race effect + error of measurement

with Gaussian effects whose variances are shares of the between-race variance of the group (`FigurePrior`). The best
estimate for a race, given any set of earlier races, is then a small linear system (kriging), exact and without
iteration. Rates are pooled the same way in counts: gamma-Poisson from series to circuit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from langstrecke.ratings.race_facts import Measured


@dataclass(frozen=True)
class FigurePrior:
    """Mean of a figure in a group, what is not known of it, its spread, and how much of that spread recurs.

    `mean_sd`: of the group mean; `sd`: between races of the group; `by_class`, `by_season`, `by_circuit`: shares of
    the variance that belong to the class of a series, to its season and to the circuit; the rest is the race's own.
    """

    mean: float
    mean_sd: float
    sd: float
    by_class: float = 0.3
    by_circuit: float = 0.3
    by_season: float = 0.0


@dataclass(frozen=True)
class Evidence:
    """One earlier estimate and where it comes from. `season` counts where the prior gives seasons a share."""

    race_id: str
    car_class: str
    circuit: str
    measured: Measured
    season: int = 0


def pool(prior: FigurePrior, evidence: list[Evidence], target: Evidence) -> Measured:
    """Estimate and standard error of a figure at `target` (whose own `measured` is not looked at)."""
    if not evidence:
        return Measured(prior.mean, float(np.hypot(prior.mean_sd, prior.sd)))
    every = [*evidence, target]
    same_class = np.array([[a.car_class == b.car_class for b in every] for a in every], dtype=float)
    same_circuit = np.array([[a.circuit == b.circuit for b in every] for a in every], dtype=float)
    same_race = np.array([[a.race_id == b.race_id for b in every] for a in every], dtype=float)
    v = prior.sd**2
    same_season = same_class * np.array([[a.season == b.season for b in every] for a in every], dtype=float)
    own = max(1 - prior.by_class - prior.by_season - prior.by_circuit, 0.05)
    cov = prior.mean_sd**2 + v * (
        prior.by_class * same_class
        + prior.by_season * same_season
        + prior.by_circuit * same_circuit
        + own * same_race * same_class
    )
    n = len(evidence)
    errors = np.array([e.measured.se for e in evidence])
    values = np.array([e.measured.value for e in evidence])
    weights = np.linalg.solve(cov[:n, :n] + np.diag(np.square(errors)), cov[:n, n])
    mean = prior.mean + float(weights @ (values - prior.mean))
    var = float(cov[n, n] - weights @ cov[:n, n])
    return Measured(mean, float(np.sqrt(max(var, 1e-12))))


@dataclass(frozen=True)
class RatePrior:
    """Events per hour in a group, and how many events that knowledge is worth."""

    per_h: float
    events: float


@dataclass(frozen=True)
class Rate:
    """Events per hour with the standard deviation of its logarithm."""

    per_h: float
    log_sd: float


def pool_rate(
    prior: RatePrior,
    series: tuple[float, float],
    circuit: tuple[float, float] = (0.0, 0.0),
    circuit_events: float = 4.0,
) -> Rate:
    """Gamma-Poisson: (events, hours) of the series update the prior, those of the circuit update the series.

    `circuit_events`: how many events the series' rate counts for against the circuit's own.
    """
    events = prior.events + series[0]
    per_h = events / (prior.events / max(prior.per_h, 1e-9) + series[1])
    if circuit[1] > 0:
        per_h = (circuit_events + circuit[0]) / (circuit_events / per_h + circuit[1])
        events = min(events, circuit_events) + circuit[0]
    return Rate(per_h, float(1 / np.sqrt(max(events, 0.5))))
