"""How the lap times of a car fall off within its stints: by driver and stint, tyres told from fuel as far as known.

Laps show the sum of two things, tyres that wear and fuel that gets less. The slope of the clean laps of a stint is
Theil and Sen's (the median of the slopes of all pairs: one slow lap moves it little). What of it is the tyres' is it
and what the burnt fuel has given, by the card and at the ends of what is believed of it (`strategy.tyres`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.stats import theilslopes

from langstrecke.racecard.schema import RaceCard
from langstrecke.racestate.fold import laps_until
from langstrecke.ratings.annotate import annotate
from langstrecke.strategy.tyres import FUEL_BELIEF

LEAST_LAPS = 6
"""Clean laps of a stint from which a slope is told (default)."""
SURE = 0.9
"""The interval of a slope holds it with this probability (default)."""


@dataclass(frozen=True)
class StintFall:
    """One stint. Slopes are seconds a lap, lap on lap; positive: slower."""

    driver: str
    stint: int
    """Counted from 1."""
    laps: int
    """Clean laps it is told from."""
    level_s: float
    """Middle clean lap."""
    slope_s: float
    low_s: float
    high_s: float
    tyres_s: float
    """The tyres' part by the card's fuel effect ..."""
    tyres_low_s: float
    tyres_high_s: float
    """... and at the ends of what is believed of it and of the slope."""
    points: tuple[tuple[int, float], ...]
    """(lap of the stint, lap time) of the clean laps."""

    def to_json(self) -> dict[str, Any]:
        """Rounded figures."""
        return {
            "driver": self.driver,
            "stint": self.stint,
            "clean_laps": self.laps,
            "level_s": round(self.level_s, 3),
            "slope_s": round(self.slope_s, 4),
            "slope_range_s": [round(self.low_s, 4), round(self.high_s, 4)],
            "tyres_s": round(self.tyres_s, 4),
            "tyres_range_s": [round(self.tyres_low_s, 4), round(self.tyres_high_s, 4)],
        }


def fall_off(card: RaceCard, laps: pl.DataFrame, car: str, t: float) -> tuple[StintFall, ...]:
    """The stints of a car until race time t that have clean laps enough, in order; none where there are too few.

    A clean lap is green, dry, neither in- nor out-lap, and not far off the car's pace (`ratings.annotate`).
    """
    known = annotate(laps_until(laps, t))
    if car not in known.cars:
        return ()
    fuel = card.classes[card.entry(car).car_class].fuel_lap_s
    mine = (known.car == known.cars.index(car)) & known.clean
    found = []
    for stint in np.unique(known.stint[mine]):
        rows = np.flatnonzero(mine & (known.stint == stint))
        if len(rows) < LEAST_LAPS:
            continue
        at, times = known.stint_lap[rows], known.lap_time_s[rows]
        slope, _, low, high = theilslopes(times, at, SURE)
        ends = [float(s) + share * fuel for s in (low, high) for share in FUEL_BELIEF]
        found.append(
            StintFall(
                driver=known.drivers[known.driver[rows[0]]],
                stint=int(stint) + 1,
                laps=len(rows),
                level_s=float(np.median(times)),
                slope_s=float(slope),
                low_s=float(low),
                high_s=float(high),
                tyres_s=float(slope) + fuel,
                tyres_low_s=min(ends),
                tyres_high_s=max(ends),
                points=tuple((int(n), float(s)) for n, s in zip(at, times, strict=True)),
            )
        )
    return tuple(found)
