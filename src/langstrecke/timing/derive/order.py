"""The order of a race by its laps, where no official result is at hand."""

from __future__ import annotations

import polars as pl

from langstrecke.timing.schema import RESULTS


def classification(laps: pl.DataFrame) -> pl.DataFrame:
    """The order by laps completed and the time of the last crossing, as `schema.RESULTS`, best first.

    Not the official result: penalties are not in it, nor whether a car was running at the end or had gone the
    distance to be classified, so every car has a place and the status "from laps". Drivers are in alphabetical
    order; licences and countries are not known.
    """
    cars = (
        laps.sort("car", "lap")
        .group_by("car", maintain_order=True)
        .agg(
            pl.col("race_id").first(),
            pl.col("car_class").first(),
            laps=pl.col("lap").max(),
            total_time_s=pl.col("elapsed_s").max(),
            fastest_lap=pl.col("lap").sort_by("lap_time_s").first(),
            fastest_lap_s=pl.col("lap_time_s").min(),
            team=pl.col("team").drop_nulls().mode().sort().first(),
            manufacturer=pl.col("manufacturer").drop_nulls().mode().sort().first(),
            drivers=pl.col("driver").drop_nulls().unique().sort(),
        )
        .sort("laps", "total_time_s", "car", descending=[True, False, False])
    )
    if cars.is_empty():
        return pl.DataFrame(schema=RESULTS)
    down = pl.col("laps").first() - pl.col("laps")
    nothing = pl.lit(None, dtype=pl.String)
    ranked = cars.with_columns(
        position=pl.int_range(1, pl.len() + 1),
        position_in_class=pl.int_range(1, pl.len() + 1).over("car_class"),
        status=pl.lit("from laps"),
        gap_s=pl.when(down == 0).then(pl.col("total_time_s") - pl.col("total_time_s").first()),
        gap_laps=pl.when(down > 0).then(down),
        vehicle=nothing,
        tyres=nothing,
        licences=pl.col("drivers").list.eval(pl.element().replace_strict({}, default=None, return_dtype=pl.String)),
    )
    ranked = ranked.with_columns(countries="licences")
    return ranked.select(RESULTS.names()).cast(RESULTS)
