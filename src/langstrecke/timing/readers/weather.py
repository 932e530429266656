"""From text columns to the canonical weather table."""

from __future__ import annotations

import polars as pl

from langstrecke.errors import TimingFileError
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers.checks import Sieve
from langstrecke.timing.readers.text import TextTable
from langstrecke.timing.schema import WEATHER

_HPA_PER_INHG = 33.8639
_MPS_PER_MPH = 0.44704

_SOURCES = {
    "air_c": "AIR_TEMP",
    "track_c": "TRACK_TEMP",
    "humidity": "HUMIDITY",
    "pressure_hpa": "PRESSURE",
    "wind_mps": "WIND_SPEED",
    "wind_deg": "WIND_DIRECTION",
}
NEEDED = ("TIME_UTC_SECONDS", "AIR_TEMP")
_BOUNDS = {
    "air_c": (-30.0, 60.0),
    "track_c": (-30.0, 90.0),
    "humidity": (0.0, 100.0),
    "pressure_hpa": (650.0, 1100.0),
    "wind_mps": (0.0, 75.0),
    "wind_deg": (0.0, 360.0),
}
"""Readings outside are a broken sensor or a misprint (the pressure reaches down to Mexico City)."""


def build_weather(table: TextTable) -> tuple[pl.DataFrame, list[Notice]]:
    """The canonical weather table, and what had to be left out."""
    frame = pl.DataFrame(
        {
            "line": table.frame["line"],
            "stamp": table.text("TIME_UTC_SECONDS").cast(pl.Int64, strict=False),
            "rain_code": table.text("RAIN").cast(pl.Float64, strict=False),
            **{name: table.text(source).cast(pl.Float64, strict=False) for name, source in _SOURCES.items()},
        }
    )
    sieve = Sieve(frame, list(table.notices))
    # 2000-01-01 to 2100-01-01 in seconds of the Unix clock
    outside = ~pl.col("stamp").is_between(946_684_800, 4_102_444_800)
    sieve.drop(pl.col("stamp").is_null() | outside, "reading dropped without a time")
    sieve.frame = _metric(sieve.frame).sort("stamp", maintain_order=True)
    sieve.drop(pl.col("stamp").is_first_distinct().not_(), "second reading of one time dropped")
    for name, (low, high) in _BOUNDS.items():
        wrong = pl.col(name).is_nan() | ~pl.col(name).is_between(low, high)
        sieve.blank(wrong, [name], f"impossible reading left out of {name}")
    if sieve.frame.is_empty():
        raise TimingFileError("holds no reading that can be understood", file=table.path, line=2)
    weather = sieve.frame.with_columns(
        race_id=pl.lit(table.path.stem),
        utc=pl.from_epoch("stamp", time_unit="s").dt.cast_time_unit("us").dt.replace_time_zone("UTC"),
        rain=pl.when(pl.col("rain_code") >= 0).then(pl.col("rain_code") > 0),
    )
    return weather.select(WEATHER.names()).cast(WEATHER), sieve.notices


def _metric(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn a file in US units into metric ones; inches of mercury are near 30, hectopascals near 1000."""
    pressure = frame["pressure_hpa"].median()
    if not isinstance(pressure, float) or not pressure < 100.0:
        return frame
    return frame.with_columns(
        ((pl.col("air_c", "track_c") - 32.0) / 1.8),
        pl.col("pressure_hpa") * _HPA_PER_INHG,
        pl.col("wind_mps") * _MPS_PER_MPH,
    )
