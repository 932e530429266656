"""What the pace model is made of: observations, the event at hand, what is believed about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from langstrecke.ratings.pace_priors import PacePriors

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
