"""Stints and pit stops of each car, from its laps."""

from __future__ import annotations

import polars as pl

STINTS = pl.Schema(
    {
        "car": pl.String(),
        "car_class": pl.String(),
        "stint": pl.Int32(),  # from 1; a new one begins with every lap out of the pits
        "driver": pl.String(),  # of most of its laps
        "first_lap": pl.Int32(),
        "last_lap": pl.Int32(),
        "laps": pl.Int32(),
        "start_s": pl.Float64(),  # elapsed when its first lap began: at the line, so the stop is inside
        "end_s": pl.Float64(),  # elapsed when its last lap ended
        "out_lap": pl.Int32(),  # the first lap where it left the pits; null for the stint from the start
        "in_lap": pl.Int32(),  # the last lap where it entered the pits; null for a stint that ended on the track
        "driver_stint": pl.Int32(),  # counts drives: stints in a row of one driver share it
    }
)
STOPS = pl.Schema(
    {
        "car": pl.String(),
        "car_class": pl.String(),
        "stop": pl.Int32(),  # from 1
        "in_lap": pl.Int32(),
        "out_lap": pl.Int32(),  # null where the car did not come out again
        "in_s": pl.Float64(),  # elapsed when it crossed the line in the pit lane
        "pit_time_s": pl.Float64(),  # in the pit lane; null where not printed
        "lost_s": pl.Float64(),  # in-lap and out-lap together, over two median green laps of the car
        "flag": pl.String(),  # kind of the period in which it crossed the line, "green" otherwise
        "driver_in": pl.String(),
        "driver_out": pl.String(),
        "driver_change": pl.Boolean(),  # null where the car did not come out, or a name is missing
    }
)


def stints(laps: pl.DataFrame) -> pl.DataFrame:
    """The stints of every car, as `STINTS`, ordered by (car, stint).

    A stint runs from one stop to the next. Drive-throughs end a stint too: the timing does not tell them.
    """
    marked = _marked(laps)
    rows = marked.group_by("car", "stint", maintain_order=True).agg(
        pl.col("car_class").first(),
        pl.col("driver").drop_nulls().mode().sort().first(),
        first_lap=pl.col("lap").first(),
        last_lap=pl.col("lap").last(),
        laps=pl.len(),
        start_s=pl.col("elapsed_s").first() - pl.col("lap_time_s").first(),
        end_s=pl.col("elapsed_s").last(),
        out_lap=pl.when(pl.col("out").first()).then(pl.col("lap").first()),
        in_lap=pl.when(pl.col("in_pit").last()).then(pl.col("lap").last()),
    )
    changed = (pl.col("driver") != pl.col("driver").shift(1)).fill_null(True)
    rows = rows.with_columns(driver_stint=changed.cast(pl.Int32).cum_sum().over("car"))
    return rows.select(STINTS.names()).cast(STINTS)


def pit_stops(laps: pl.DataFrame, periods: pl.DataFrame | None = None) -> pl.DataFrame:
    """The pit stops of every car, as `STOPS`, ordered by (car, stop).

    `periods` are the race's neutralised periods (`neutralisations`); without them the flag at the line is
    taken, null where the file has none. The pit time stands on the out-lap, so a car that never came out has
    none; at the start from the pits there is no in-lap, hence no stop.
    """
    marked = _marked(laps)
    usual = (
        marked.filter(~pl.col("in_pit") & ~pl.col("out") & (pl.col("lap") > 1))
        .group_by("car")
        .agg(usual=pl.col("lap_time_s").median())
    )
    follows = pl.col("lap").shift(-1).over("car") == pl.col("lap") + 1

    def following(column: str) -> pl.Expr:
        return pl.when(follows).then(pl.col(column).shift(-1).over("car"))

    rows = marked.with_columns(
        out_lap=following("lap"),
        pit=following("pit_time_s"),
        out_time=following("lap_time_s"),
        driver_out=following("driver"),
    ).filter("in_pit")
    rows = rows.join(usual, on="car", how="left", maintain_order="left").with_columns(
        stop=pl.int_range(1, pl.len() + 1).over("car"),
        in_lap="lap",
        in_s="elapsed_s",
        pit_time_s="pit",
        lost_s=pl.col("lap_time_s") + pl.col("out_time") - 2 * pl.col("usual"),
        driver_in="driver",
        driver_change=pl.col("driver") != pl.col("driver_out"),
        flag=pl.col("flag").cast(pl.String),
    )
    if periods is not None:
        rows = _under(rows, periods)
    return rows.select(STOPS.names()).cast(STOPS)


def _marked(laps: pl.DataFrame) -> pl.DataFrame:
    """Laps in order with `out` (left the pits on this lap) and `stint`."""
    ordered = laps.sort("car", "lap").with_columns(out=pl.col("in_pit").shift(1).over("car").fill_null(False))
    return ordered.with_columns(stint=pl.col("out").cast(pl.Int32).cum_sum().over("car") + 1)


def _under(stops: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    spans = periods.select(in_s="start_s", until="end_s", kind="kind").sort("in_s")
    met = stops.with_row_index("place").sort("in_s").join_asof(spans, on="in_s", strategy="backward")
    kind = pl.when(pl.col("in_s") <= pl.col("until")).then("kind").otherwise(pl.lit("green"))
    return met.with_columns(flag=kind).sort("place")
