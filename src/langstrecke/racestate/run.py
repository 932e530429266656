"""One car's laps so far as arrays: crossings, visits to the pits, fuel burnt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Spans = list[tuple[float, float]]

NEUTRAL_BURN = 0.5
"""Fuel burnt on a neutralised lap over a green one: the simulation's figure."""
SLOW_LAP = 1.2
"""A lap this much over the car's usual one inside a neutralised period was driven slowly (default)."""


@dataclass(frozen=True)
class Run:
    """n laps of one car in order. `end` is race time, `burn` green laps' worth of fuel."""

    end: Floats
    time: Floats
    in_pit: NDArray[np.bool_]
    pit_s: Floats
    """Seconds in the pit lane, on the out-lap; 0 elsewhere and where the timing does not give it."""
    burn: Floats

    @property
    def came_in(self) -> NDArray[np.int64]:
        """Rows of the in-laps."""
        return np.flatnonzero(self.in_pit)

    @property
    def stopped(self) -> NDArray[np.int64]:
        """Rows of the in-laps whose stop is over."""
        return self.came_in[self.came_in < len(self.end) - 1]

    @property
    def fresh(self) -> int:
        """First row of the stint under way, or being ended by the stop under way."""
        stopped = self.stopped
        return int(stopped[-1]) + 1 if len(stopped) else 0

    def longest_stint(self) -> float:
        """Fuel burnt in the longest stretch between two visits to the pits."""
        total = np.append(0.0, np.cumsum(self.burn))
        edges = np.unique(np.concatenate([[0], self.came_in + 1, [len(self.burn)]]))
        return float(np.diff(total[edges]).max())


def run_of(rows: pl.DataFrame, spans: Spans) -> Run:
    """From the rows of one car in order of laps, and the race's neutralised spans (start, end)."""
    end = rows["elapsed_s"].to_numpy()
    time = rows["lap_time_s"].to_numpy()
    return Run(
        end=end,
        time=time,
        in_pit=rows["in_pit"].fill_null(False).to_numpy().astype(bool),
        pit_s=rows["pit_time_s"].cast(pl.Float64).fill_null(0.0).to_numpy(),
        burn=np.where(_neutralised(end, time, spans), NEUTRAL_BURN, 1.0),
    )


def _neutralised(end: Floats, time: Floats, spans: Spans) -> NDArray[np.bool_]:
    """Laps of which half or more was driven under a neutralisation."""
    slowed = np.zeros(len(end))
    for a, b in spans:
        slowed += np.clip(np.minimum(end, b) - np.maximum(end - time, a), 0.0, None)
    usual = float(np.median(time))
    return np.asarray((slowed > 0.5 * time) & (time > SLOW_LAP * usual * 0.9), dtype=bool)
