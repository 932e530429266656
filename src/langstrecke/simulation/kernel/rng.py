"""Counter-based random numbers: a draw is a pure function of (seed, race, car, index, stream).

Squares (B. Widynski, "Squares: A Fast Counter-Based RNG", arXiv:2004.06278), the 64-bit variant with five rounds.
No state is kept, so results are the same for any number of threads or machines, and two strategies meet the same
luck (common random numbers): what car 63 draws on lap 120 does not depend on what any other car did.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr, ndtri

from langstrecke.simulation.kernel.jit import hot

# Streams: which question a draw answers. Part of the counter, so they never collide.
LAP = 0  # lap noise (high half) and hazards (low half)
PASS = 1  # contested overtakes
STOP = 2  # pit stops
STINT = 3  # stint form, fuel margin
CAR = 4  # per-race draws of a car
DRIVER = 5  # per-race draws of a driver
RACE = 6  # per-race draws of class, rates
CAUTION = 7  # neutralisations
WEATHER = 8
TROUBLE = 9  # size of incidents and repairs

_TO_UNIT = 1.0 / 4294967296.0
QUANTILES = 1025
"""Knots of a quantile table; draws between knots are interpolated."""


@hot
def mix(value: np.uint64) -> np.uint64:
    """SplitMix64 finaliser (Steele, Lea, Flood 2014): spreads any 64-bit value."""
    z = value + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@hot
def race_key(seed: int, race: int) -> np.uint64:
    """The key of one simulated race; odd, as Squares wants it."""
    return mix(mix(np.uint64(seed)) ^ np.uint64(race)) | np.uint64(1)


@hot
def draw(key: np.uint64, stream: int, car: int, index: int) -> np.uint64:
    """64 random bits for this question."""
    counter = (np.uint64(index) << np.uint64(20)) | (np.uint64(car) << np.uint64(4)) | np.uint64(stream)
    x = counter * key
    y = x
    z = y + key
    x = x * x + y
    x = (x >> np.uint64(32)) | (x << np.uint64(32))
    x = x * x + z
    x = (x >> np.uint64(32)) | (x << np.uint64(32))
    x = x * x + y
    x = (x >> np.uint64(32)) | (x << np.uint64(32))
    x = x * x + z
    t = x
    x = (x >> np.uint64(32)) | (x << np.uint64(32))
    return t ^ ((x * x + y) >> np.uint64(32))


@hot
def high(bits: np.uint64) -> float:
    """A uniform in (0, 1) from the high 32 bits."""
    return (np.float64(bits >> np.uint64(32)) + 0.5) * _TO_UNIT


@hot
def low(bits: np.uint64) -> float:
    """A uniform in (0, 1) from the low 32 bits."""
    return (np.float64(bits & np.uint64(0xFFFFFFFF)) + 0.5) * _TO_UNIT


@hot
def look_up(table: NDArray[np.float64], u: float) -> float:
    """The value of a quantile table at u, between its knots linearly."""
    x = u * (QUANTILES - 1)
    k = int(x)
    return float(table[k] + (x - k) * (table[k + 1] - table[k]))


def normal_table() -> NDArray[np.float64]:
    """Quantiles of the standard normal at the knots; the outermost knots stand for the mean of their tail."""
    return _centred(ndtri(_knots()))


def noise_table(sd_s: float, tail_s: float) -> NDArray[np.float64]:
    """Quantiles of lap noise: a normal plus an exponential right tail, shifted to mean zero (seconds)."""
    if tail_s <= 1e-9:
        return normal_table() * sd_s
    if sd_s <= 1e-9:
        return _centred(-tail_s * np.log1p(-_knots()))
    # The quantile has no closed form: invert the distribution function on a fine grid.
    x = np.linspace(-5.0 * sd_s, 5.0 * sd_s + 12.0 * tail_s, 20_001)
    z = x / sd_s
    ratio = sd_s / tail_s
    below = ndtr(z) - np.exp(0.5 * ratio * ratio - z * ratio + log_ndtr(z - ratio))
    return _centred(np.interp(_knots(), np.maximum.accumulate(below), x))


def _knots() -> NDArray[np.float64]:
    u = np.linspace(0.0, 1.0, QUANTILES)
    edge = 0.25 / (QUANTILES - 1)
    u[0], u[-1] = edge, 1.0 - edge
    return u


def _centred(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """The table moved so that what interpolation between its knots gives has mean zero."""
    centred: NDArray[np.float64] = table - (table[1:] + table[:-1]).mean() / 2.0
    return centred
