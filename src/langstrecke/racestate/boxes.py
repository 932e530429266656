"""What of a stop falls before the line, read off the stops so far.

At Laguna Seca and VIR the boxes come before the line: the in-lap takes the time of the stop. At most circuits it is
the out-lap, and the in-lap only loses the way into the pit lane; at some (Daytona, Mosport, Watkins Glen) the line
divides the boxes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from langstrecke.racestate.model import CarState
from langstrecke.racestate.neutral import Spans

TELLS_S = 15.0
"""Seconds by which in-lap and out-lap of a stop have to differ to tell (default; lane and cold tyres cost both)."""
ALL_OF_IT_S = 1.0e6


@dataclass(frozen=True)
class InLaps:
    """Car -> its box lies before the line, and what an in-lap to a box behind it usually loses.

    `before` has "" for cars whose stops do not tell: what most cars' stops say.
    """

    before: dict[str, bool]
    way_in_s: float

    def paid(self, car: CarState, spans: Spans) -> float:
        """Seconds that the stop under way has cost a car until its crossing, the last of its laps."""
        if self.before.get(car.car, self.before[""]):
            return ALL_OF_IT_S
        if car.rows < 3 or _slowed(car.crossed_s - car.last_lap_s, car.crossed_s, spans):
            return self.way_in_s
        return float(np.clip(car.last_lap_s - car.usual_lap_s, 0.0, 2.0 * self.way_in_s))


def in_laps(known: pl.DataFrame, spans: Spans) -> InLaps:
    """From the laps so far; stops whose in-lap or out-lap met a neutralised span (start, end in s) do not count."""
    usual = pl.col("lap_time_s").filter(~pl.col("in_pit").fill_null(False)).median().over("car")
    rows = (
        known.with_columns(begin=pl.col("elapsed_s") - pl.col("lap_time_s"), over=pl.col("lap_time_s") - usual)
        .with_columns(
            out_over=pl.col("over").shift(-1).over("car"),
            out_end=pl.col("elapsed_s").shift(-1).over("car"),
        )
        .filter(pl.col("in_pit").fill_null(False) & pl.col("out_over").is_not_null() & (pl.col("lap") > 1))
    )
    signs: dict[str, float] = {}
    ways: list[float] = []
    for car, over, out_over, begin, end in rows.select("car", "over", "out_over", "begin", "out_end").iter_rows():
        if over is None or _slowed(begin, end, spans):
            continue
        if abs(over - out_over) > TELLS_S:
            signs[car] = signs.get(car, 0.0) + float(np.sign(over - out_over))
        if over < out_over:
            ways.append(float(over))
    before = {car: total > 0.0 for car, total in signs.items() if total != 0.0}
    before[""] = bool(before) and 2 * sum(before.values()) > len(before)
    return InLaps(before, max(0.0, float(np.median(ways))) if ways else 0.0)


def _slowed(begin: float, end: float, spans: Spans) -> bool:
    return any(a < end and b > begin for a, b in spans)
