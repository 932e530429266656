"""How far behind the leader of its class a car was, lap by lap."""

from __future__ import annotations

import polars as pl


def class_gaps(laps: pl.DataFrame) -> pl.DataFrame:
    """Every crossing with `gap_s`, the time since the first car of the class ended that same lap (0: it was first).

    Takes a canonical lap table of one race, real or simulated; returns `car, car_class, lap, elapsed_s, gap_s`
    (seconds) and `in_pit`, ordered by car and lap. A lap down reads as the time that lap took.
    """
    return (
        laps.select("car", "car_class", "lap", "elapsed_s", "in_pit")
        .with_columns(gap_s=pl.col("elapsed_s") - pl.col("elapsed_s").min().over("car_class", "lap"))
        .select("car", "car_class", "lap", "elapsed_s", "gap_s", "in_pit")
        .sort("car", "lap")
    )
