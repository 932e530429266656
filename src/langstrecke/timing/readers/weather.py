"""From text columns to the canonical weather table."""

from __future__ import annotations

import polars as pl

from langstrecke.errors import TimingFileError
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers.checks import Sieve
from langstrecke.timing.readers.numbers import decimals
from langstrecke.timing.readers.text import TextTable
from langstrecke.timing.schema import WEATHER

_HPA_PER_INHG = 33.8639
_MPS_PER_MPH = 0.44704
_KPH_PER_MPS = 3.6

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
_INHG = (15.0, 35.0)
"""Inches of mercury; hectopascals are near 1000."""
_FAHRENHEIT = 46.0
"""No race is run in air of more than this in Celsius; where the pressure tells nothing, above it are Fahrenheit."""
_DEAD_C = 8.0
"""A track at exactly 0.0 degrees under air that is this far from freezing is a sensor that is not there."""


def build_weather(table: TextTable) -> tuple[pl.DataFrame, list[Notice]]:
    """The canonical weather table, and what had to be left out."""
    text = {name: table.text(source) for name, source in _SOURCES.items()}
    frame = pl.DataFrame(
        {
            "line": table.frame["line"],
            "stamp": decimals(table.text("TIME_UTC_SECONDS")).floor().cast(pl.Int64, strict=False),
            "rain_code": decimals(table.text("RAIN")),
            **{name: decimals(cells) for name, cells in text.items()},
            **{f"{name}_odd": decimals(cells).is_null() & ~cells.is_in(["", "-"]) for name, cells in text.items()},
        }
    )
    sieve = Sieve(frame, list(table.notices))
    # 2000-01-01 to 2100-01-01 in seconds of the Unix clock
    outside = ~pl.col("stamp").is_between(946_684_800, 4_102_444_800)
    sieve.drop(pl.col("stamp").is_null() | outside, "reading dropped without a time")
    for name in _SOURCES:
        sieve.note(pl.col(f"{name}_odd"), f"reading that is no number left out of {name}")
    if not sieve.frame.is_empty():
        sieve.frame = _metric(sieve).sort("stamp", maintain_order=True)
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


def _metric(sieve: Sieve) -> pl.DataFrame:
    """Degrees Celsius, hectopascals and metres a second, whatever the file is in; dead sensors left out.

    US files are in degrees Fahrenheit, inches of mercury and miles an hour; metric ones give the wind in km/h.
    The pressure tells which; where it is missing or nought, the air does.
    """
    col = pl.col
    sieve.blank(col("pressure_hpa") == 0.0, ["pressure_hpa"], "pressure of 0 is no reading; left out")
    pressure, air = sieve.frame["pressure_hpa"].median(), sieve.frame["air_c"].quantile(0.25, "lower")
    inches = isinstance(pressure, float) and _INHG[0] < pressure < _INHG[1]
    told = isinstance(pressure, float)
    fahrenheit = inches or (isinstance(air, float) and air > _FAHRENHEIT)
    raw_track, raw_air = sieve.frame["track_c"], sieve.frame["air_c"]
    dead = (raw_track == 0.0) & ((raw_air - (32.0 if fahrenheit else 0.0)).abs() > (14.4 if fahrenheit else _DEAD_C))
    sieve.frame = sieve.frame.with_columns(dead=dead.fill_null(False))
    sieve.blank(col("dead"), ["track_c"], "track temperature of exactly 0 is a dead sensor; left out")
    if fahrenheit and not inches:
        why = "the pressure is not in inches of mercury" if told else "no pressure is given"
        sieve.notices.append(
            Notice(f"temperatures taken as Fahrenheit, for the air is above {_FAHRENHEIT:.0f} ({why})")
        )
    frame = sieve.frame
    if fahrenheit:
        frame = frame.with_columns((col("air_c", "track_c") - 32.0) / 1.8, col("wind_mps") * _MPS_PER_MPH)
    else:
        frame = frame.with_columns(col("wind_mps") / _KPH_PER_MPS)
    return frame.with_columns(pressure_hpa=col("pressure_hpa") * _HPA_PER_INHG) if inches else frame
