"""The fitted figures of the in-race forecast, and where they come from.

`scripts/fit/live.py` fits them on whole seasons and writes `data/live.toml`: one set per season left out, so that no
race is forecast with figures its own season helped to choose, and one on everything for races outside them, with
others for the WEC and Le Mans.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

from langstrecke.errors import LangstreckeError
from langstrecke.forecast.calibration import part_of


@dataclass(frozen=True)
class LiveFits:
    """One set. Logistic curves take the logarithm of minutes overdue plus one."""

    back_pit: tuple[float, float] = (2.0, -0.9)
    """Intercept and slope: chance that a car overdue out of the pits crosses the line again."""
    back_road: tuple[float, float] = (4.5, -2.0)
    """The same for one overdue on the road."""
    wait_pit: tuple[float, float] = (6.0, 0.35)
    """Log of the mean further wait in seconds, by the same logarithm."""
    wait_road: tuple[float, float] = (4.0, 0.8)
    stretch: tuple[float, float, float, float] = (2.3, -7.3, -3.3, -0.7)
    """Log odds that a car goes to the end without another stop: intercept, tanks' worth it lacks, that times the
    logarithm of the time left over half an hour, that logarithm."""
    pace_sd: float = 0.003
    """What the laps so far do not tell of a car's pace in the rest of the race, share of a lap: added to the
    posterior's standard deviation in quadrature. This and the next four were chosen among a few candidates by the
    scores of two IMSA seasons and judged on the third (docs/validation.md); half of both spreads in the WEC and at Le
    Mans, which is what the rest of a race shows everywhere (docs/validation_notes.md)."""
    driver_sd: float = 0.002
    """The same for each driver against the car."""
    mishaps: float = 1.5
    """Factor on the card's rates of retirements and repairs."""
    overtaking: float = 2.0
    """Factor on the card's `overtaking_s`: places are harder to take than pace differences say."""
    tank: float = 1.03
    """Factor on the laps on a tank in what is played: crews save when it decides the strategy. Of 1.0 and 1.03 the
    one with the lower log loss in the seasons a set was fitted on, at 75 and 90 % of their races."""
    seasons: tuple[str, ...] = ()
    """What the set was fitted on."""

    def back_chance(self, overdue_s: float, *, in_pit: bool) -> float:
        """Chance that a car this overdue crosses the line again before the end."""
        a, b = self.back_pit if in_pit else self.back_road
        return 1.0 / (1.0 + math.exp(-(a + b * math.log1p(overdue_s / 60.0))))

    def back_wait_s(self, overdue_s: float, *, in_pit: bool) -> float:
        """Mean further wait of one that does."""
        a, b = self.wait_pit if in_pit else self.wait_road
        return math.exp(a + b * math.log1p(overdue_s / 60.0))

    def goes_through(self, lacking: float, left_s: float) -> float:
        """Chance that a car stretches what it has to the end. `lacking`: tanks' worth it is short by (0: none).

        Against a car that lacks nothing: stops for other reasons are the simulation's own.
        """
        a, b, c, d = self.stretch
        late = math.log(max(left_s, 60.0) / 1800.0)
        short = max(lacking, 0.0)
        none = 1.0 + math.exp(-(a + d * late))
        return min(1.0, none / (1.0 + math.exp(min(-(a + b * short + c * short * late + d * late), 700.0))))


@cache
def live_table() -> dict[str, Any]:
    """The shipped live.toml as a table."""
    path = files("langstrecke.forecast") / "data" / "live.toml"
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise LangstreckeError(
            "the shipped figures of the in-race forecast cannot be read", file=str(path)
        ) from error


@cache
def live_fits(series: str, season: int) -> LiveFits:
    """The set that the season had no part in, else that of its part of the world on all seasons, else of all."""
    table = live_table()
    names = (f"without-{series}-{season}", part_of(series, season), "all")
    return fits_from(next(table[name] for name in names if name in table))


def fits_from(table: dict[str, Any]) -> LiveFits:
    """Read one set from its table."""
    known = {f.name for f in fields(LiveFits)}
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in table.items() if k in known}
    return LiveFits(**values)
