"""What the pace model is made of: observations, the event at hand, what is believed about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.linalg as sla
from numpy.typing import NDArray

from langstrecke.ratings.pace.priors import PacePriors

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Key = tuple[str, ...]
"""Name of one unknown: ("driver", d), ("car", series, group, c), ("mean", session, class, channel), ..."""


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
    test: bool = False  # a test, not a session of a race weekend


@dataclass(frozen=True)
class EventCar:
    """A car, its class, make and the keys of its drivers, as the model needs them."""

    car: str
    car_class: str
    make: str
    drivers: tuple[str, ...]


@dataclass(frozen=True)
class EventModel:
    """The prior over everything that matters at one event, and how columns are named.

    The first `n_lasting` unknowns last beyond the event and hang together (`lasting_cov`); the others live for the
    event only and are independent beforehand (`local_var`).
    """

    series: str
    keys: tuple[Key, ...]
    index: dict[Key, int]
    mean: Floats
    lasting_cov: Floats
    local_var: Floats
    n_lasting: int
    priors: PacePriors
    cars: dict[str, EventCar]
    licences: dict[str, str]


@dataclass(frozen=True)
class EventPosterior:
    """The event model after seeing data. `log_evidence` is the log density of the data under the prior.

    The covariance is kept as roots (`low`: of the prior's lasting part, `factor`: of the whitened precision; None
    without data) and made for the combinations asked for.
    """

    model: EventModel
    mean: Floats
    low: Floats
    factor: Floats | None
    log_evidence: float
    centre: dict[Key, float]
    """What the session means (keys "mean") are counted from: log seconds."""

    def spread(self, weights: Floats) -> Floats:
        """Covariance of linear combinations: `weights` is [k, unknowns], the result [k, k]."""
        n = self.model.n_lasting
        root = np.concatenate(
            [self.low.T @ weights[:, :n].T, np.sqrt(self.model.local_var)[:, None] * weights[:, n:].T]
        )
        return self._gram(root)

    def lasting_cov(self) -> Floats:
        """Covariance of the lasting unknowns."""
        n, size = self.model.n_lasting, len(self.model.keys)
        root = np.zeros((size, n))
        root[:n] = self.low.T
        return self._gram(root)

    def _gram(self, root: Floats) -> Floats:
        if self.factor is not None:
            root = sla.solve_triangular(self.factor, root, lower=True, check_finite=False)
        return np.asarray(root.T @ root)
