"""Which laps tell a car's pace: fully green, away from the pits and restarts, no mishap."""

from __future__ import annotations

import polars as pl

from langstrecke.timing.derive.periods import neutralisations

_SLOWEST = 1.06
_FASTEST = 0.94
"""A lap outside these bounds of what car and driver usually did at that time of the race is a mishap or
misprint. Between two drivers of one car lie up to 4 %, a lap held up in traffic costs 1-3 %, a spin or a slow
zone more.
"""
_WINDOW_S = 900
_FEW = 5


def lap_quality(laps: pl.DataFrame, periods: pl.DataFrame | None = None) -> pl.DataFrame:
    """The laps with `green_share`, `clean` and `reason` added, in their order.

    `green_share` is the part of the lap's time outside neutralised periods (0 to 1). `clean` laps are fit for
    pace; for the others `reason` names the first that holds: "first_lap", "in_lap", "out_lap", "neutralised",
    "restart" (the first full lap after a neutralised one), "outlier" (far from what the car's driver usually
    did, measured against the whole class within a quarter of an hour, so that rain is no outlier).
    `periods` as from `neutralisations`, which is called where they are not given.
    """
    if periods is None:
        periods = neutralisations(laps)
    spans = [(row["start_s"], row["end_s"]) for row in periods.iter_rows(named=True)]
    began = pl.col("elapsed_s") - pl.col("lap_time_s")
    slowed = pl.lit(0.0)
    touched = pl.lit(False)
    for start, end in spans:
        inside = pl.min_horizontal(pl.col("elapsed_s"), pl.lit(end)) - pl.max_horizontal(began, pl.lit(start))
        slowed = slowed + inside.clip(lower_bound=0.0)
        touched = touched | ((pl.col("elapsed_s") > start) & (began < end))
    ordered = laps.with_row_index("place").sort("car", "lap")
    out = pl.col("in_pit").shift(1).over("car").fill_null(False)
    ordered = ordered.with_columns(
        green_share=(1.0 - slowed / pl.col("lap_time_s")).clip(0.0, 1.0), touched=touched, out=out
    )
    restart = pl.col("touched").shift(1).over("car").fill_null(False) & ~pl.col("touched")
    reason = (
        pl.when(pl.col("lap") == 1)
        .then(pl.lit("first_lap"))
        .when(pl.col("in_pit"))
        .then(pl.lit("in_lap"))
        .when(pl.col("out") | pl.col("pit_time_s").is_not_null())
        .then(pl.lit("out_lap"))
        .when(pl.col("touched") | pl.col("flag").is_in(["fcy", "safety_car", "red", "slow_zone"]).fill_null(False))
        .then(pl.lit("neutralised"))
        .when(restart)
        .then(pl.lit("restart"))
    )
    marked = _outliers(ordered.with_columns(reason=reason))
    marked = marked.with_columns(clean=pl.col("reason").is_null()).sort("place")
    return marked.select(*laps.columns, "green_share", "clean", "reason")


def _outliers(laps: pl.DataFrame) -> pl.DataFrame:
    """Mark candidate laps far from car-and-driver pace, after the pace of the class at that time is taken
    out.
    """
    candidates = laps.filter(pl.col("reason").is_null())
    if candidates.is_empty():
        return laps
    enough = pl.len().over("car", "driver") >= _FEW
    own = pl.when(enough).then(pl.col("lap_time_s").median().over("car", "driver"))
    usual = pl.coalesce(own, pl.col("lap_time_s").median().over("car"))
    candidates = candidates.with_columns(
        ratio=pl.col("lap_time_s") / usual, second=pl.col("elapsed_s").cast(pl.Int64)
    )
    # The level of the class in a window centred on the lap: shift the rolling window by half its width.
    level = (
        candidates.sort("second")
        .rolling("second", period=f"{_WINDOW_S}i", offset=f"-{_WINDOW_S // 2}i", group_by="car_class")
        .agg(level=pl.col("ratio").median())
        .unique(["car_class", "second"], keep="first")
    )
    candidates = candidates.join(level, on=["car_class", "second"], how="left")
    against = pl.col("ratio") / pl.col("level")
    odd = candidates.filter(~against.is_between(_FASTEST, _SLOWEST)).select("place", odd=pl.lit(True))
    marked = laps.join(odd, on="place", how="left", maintain_order="left")
    return marked.with_columns(reason=pl.when(pl.col("odd")).then(pl.lit("outlier")).otherwise("reason"))
