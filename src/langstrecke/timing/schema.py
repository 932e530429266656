"""The canonical tables every reader delivers (Polars schemas).

Durations are seconds (`_s`), never strings. Car numbers are text: "01" and "1" are two cars.
Rows of a lap table are ordered by (car, lap); `elapsed_s` is strictly increasing within a car.
"""

from __future__ import annotations

import polars as pl

FLAGS = ("green", "fcy", "safety_car", "red", "slow_zone", "finish")
"""Values of the `flag` column: the flag shown when the car crossed the line at the end of the lap."""

LAPS = pl.Schema(
    {
        "race_id": pl.String(),  # "imsa-2021-sebring/race"; readers leave the file's stem here
        "car": pl.String(),
        "car_class": pl.String(),
        "lap": pl.Int32(),
        "driver": pl.String(),
        "lap_time_s": pl.Float64(),
        "elapsed_s": pl.Float64(),  # since the green flag
        "s1_s": pl.Float64(),
        "s2_s": pl.Float64(),
        "s3_s": pl.Float64(),
        "in_pit": pl.Boolean(),  # crossed the line in the pit lane: the in-lap
        "pit_time_s": pl.Float64(),  # time in the pit lane, on the out-lap
        "flag": pl.Enum(list(FLAGS)),
        "kph": pl.Float64(),
        "team": pl.String(),
        "manufacturer": pl.String(),
        "clock_time": pl.Time(),
    }
)

RESULTS = pl.Schema(
    {
        "race_id": pl.String(),
        "position": pl.Int32(),  # overall; null where the car was not classified with a place
        "car": pl.String(),
        "car_class": pl.String(),
        "position_in_class": pl.Int32(),
        "status": pl.String(),  # as published: Classified, Not classified, DNF, DNS, DQ, ...
        "laps": pl.Int32(),
        "total_time_s": pl.Float64(),
        "gap_s": pl.Float64(),
        "gap_laps": pl.Int32(),
        "fastest_lap": pl.Int32(),
        "fastest_lap_s": pl.Float64(),
        "team": pl.String(),
        "vehicle": pl.String(),
        "manufacturer": pl.String(),
        "tyres": pl.String(),
        "drivers": pl.List(pl.String()),
        "licences": pl.List(pl.String()),  # platinum, gold, silver, bronze or null, beside `drivers`
        "countries": pl.List(pl.String()),
    }
)

WEATHER = pl.Schema(
    {
        "race_id": pl.String(),
        "utc": pl.Datetime("us", "UTC"),
        "air_c": pl.Float64(),
        "track_c": pl.Float64(),
        "humidity": pl.Float64(),  # percent
        "pressure_hpa": pl.Float64(),
        "wind_mps": pl.Float64(),
        "wind_deg": pl.Float64(),
        "rain": pl.Boolean(),
    }
)
