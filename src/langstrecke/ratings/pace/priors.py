"""Variance components of the pace model and where they come from.

All figures are in log lap time (0.001 is a tenth of a second on 100 s). `scripts/fit/priors.py` fits them on whole
seasons and writes `data/priors/`: one set per season left out, so that a race is never rated with components
its own season helped to choose, and one on all seasons for races outside them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from langstrecke.ratings.race_priors import priors_table

LICENCES = ("platinum", "gold", "silver", "bronze", "none")

_DEFAULT_SCALE = {"top": 1.0, "lmp1": 3.0, "lmp2": 1.3, "lmp3": 1.5, "gt-pro": 0.8, "gt-am": 1.0}
_DEFAULT_MEAN = {
    "top": (-0.001, 0.0, 0.004, 0.010, 0.0),
    "lmp1": (-0.002, 0.0, 0.004, 0.010, 0.0),
    "lmp2": (-0.003, 0.0, 0.006, 0.018, 0.0),
    "lmp3": (-0.003, 0.0, 0.005, 0.018, 0.004),
    "gt-pro": (-0.001, 0.0, 0.003, 0.010, 0.0),
    "gt-am": (-0.002, 0.0, 0.004, 0.010, 0.002),
}


@dataclass(frozen=True)
class PacePriors:
    """The pace model's fixed numbers. Standard deviations unless said; `scale` multiplies those of a group."""

    scale: dict[str, float] = field(default_factory=lambda: dict(_DEFAULT_SCALE))
    licence_mean: dict[str, tuple[float, ...]] = field(default_factory=lambda: dict(_DEFAULT_MEAN))
    """Group -> mean of a driver's pace by licence, as LICENCES."""
    driver_weight: dict[str, float] = field(default_factory=lambda: dict.fromkeys(_DEFAULT_SCALE, 1.0))
    """Group -> factor on a driver's skill in its cars: what separates drivers separates them more in a prototype."""
    licence_mean_sd: float = 0.002
    driver: tuple[float, ...] = (0.003, 0.003, 0.004, 0.006, 0.005)
    """Spread of drivers of one licence, as LICENCES."""
    driver_drift: float = 0.002  # per square root of a year
    team: float = 0.002  # a car's lasting advantage
    team_years: float = 0.7  # time constant of its decay in years
    make: float = 0.001  # a make's lasting advantage
    make_event: float = 0.0015  # a make's advantage at one event (balance of performance, circuit)
    car_event: float = 0.0015  # a car's own at one event
    driver_event: float = 0.001
    day: float = 0.001  # a car's form from session to session, race
    one_lap: float = 0.002  # shared by best laps of an event: strong over one lap, not over a stint
    long_car: float = 0.003  # a car in one practice, long runs
    long_cell: float = 0.003  # a driver in one practice, long runs
    best_car: float = 0.003  # a car in one practice, best lap
    best_cell: float = 0.004
    qualifying_cell: float = 0.004
    best_driver: float = 0.8  # factor on a driver's pace in best laps
    few_laps: float = 4.0  # laps at which the variance of a best lap's error is twice that of many laps
    test_factor: float = 1.3  # on the spreads above in tests (no race weekend)
    best_per_log_lap: float = -0.001  # best lap falls with the logarithm of laps tried
    race_offset: dict[str, dict[str, tuple[float, ...]]] = field(default_factory=dict)
    """Group -> channel -> (mean, sd) of the class level in the race minus the level in that channel."""
    seasons: tuple[str, ...] = ()
    """What they were fitted on."""


@cache
def load_pace_priors(name: str = "all") -> PacePriors:
    """One shipped set of components ("all", "without-imsa-2021", ...)."""
    table = priors_table(name)
    return from_table(table["pace"], tuple(table["seasons"]))


def from_table(table: dict[str, Any], seasons: tuple[str, ...]) -> PacePriors:
    """Read one set from its TOML table."""
    values = {f.name: _frozen(table[f.name]) for f in fields(PacePriors) if f.name in table}
    values["scale"] = _DEFAULT_SCALE | values.get("scale", {})
    values["driver_weight"] = dict.fromkeys(_DEFAULT_SCALE, 1.0) | values.get("driver_weight", {})
    values["licence_mean"] = _DEFAULT_MEAN | values.get("licence_mean", {})
    return PacePriors(**{**values, "seasons": seasons})


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _frozen(v) for k, v in value.items()}
    return tuple(value) if isinstance(value, list) else value


def to_table(priors: PacePriors) -> dict[str, object]:
    """The reverse of `from_table`, rounded to what the data can tell."""

    def plain(value: object) -> object:
        if isinstance(value, float):
            return float(f"{value:.4g}")
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items()}
        if isinstance(value, tuple):
            return [plain(v) for v in value]
        return value

    return {f.name: plain(getattr(priors, f.name)) for f in fields(priors) if f.name != "seasons"}
