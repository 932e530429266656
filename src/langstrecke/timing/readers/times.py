"""Times as the timing providers print them, turned into seconds: whole columns at a time.

Printed forms: `35.987`, `1:50.132`, `12:01:01.418`, `3'18.596`, `24:00'42.784`, all with a decimal comma too;
clock times `15:04:19.994` and, in Le Mans 2015, `15:03` without seconds.
"""

from __future__ import annotations

import re

import polars as pl

_COMMON = r"^(?:\d{1,3}:[0-5]\d:[0-5]\d|\d{1,3}:[0-5]\d|\d{1,2})\.\d{3}$"
_ANY = re.compile(r"^(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,5})(?:\.(\d{1,9}))?$", re.ASCII)
_FEW = 200
"""Below this many rows a loop is faster than setting up the column arithmetic."""
_NO_TIME = pl.Series([None], dtype=pl.Float64)
_CLOCK = r"^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?$"


def parse_duration(text: str) -> float | None:
    """Seconds of one printed duration, rounded to the millisecond; None where it is not one.

    Minutes and seconds below a larger unit must be under 60: `1:72.000` is no time.
    """
    match = _ANY.match(text.strip().replace("'", ":").replace(",", "."))
    if match is None:
        return None
    hours, minutes, seconds, fraction = match.groups()
    if (hours is not None and int(minutes) > 59) or (minutes is not None and int(seconds) > 59):
        return None
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
    return (whole * 1000 + round(float(f"0.{fraction or 0}") * 1000)) / 1000


def durations(column: pl.Series) -> pl.Series:
    """Seconds (Float64) of a column of printed durations; null where the text is empty or no time.

    Equal to `parse_duration` of each text. Milliseconds are summed as integers and divided once, so that
    equal texts give equal floats.
    """
    if len(column) < _FEW:
        parsed = [parse_duration(text) if text else None for text in column]
        return pl.Series(column.name, parsed, dtype=pl.Float64)
    text = column.str.strip_chars().str.replace_all("'", ":", literal=True)
    if text.str.contains(",", literal=True).any():
        text = text.str.replace_all(",", ".", literal=True)
    millis = text.to_frame("text").select(_common_millis(pl.col("text"))).to_series()
    seconds = from_millis(millis)
    odd = text.filter(seconds.is_null() & (text != "")).unique()
    if not odd.is_empty():
        parsed_odd = {value: parse_duration(value) for value in odd}
        slow = text.replace_strict(parsed_odd, default=None, return_dtype=pl.Float64)
        seconds = seconds.fill_null(slow)
    return seconds.rename(column.name)


def from_millis(millis: pl.Series) -> pl.Series:
    """Seconds of whole milliseconds, the float nearest to each; null stays null.

    NumPy divides; Polars multiplies by 1/1000, which is off in the last bit.
    """
    return pl.Series(millis.name, millis.fill_null(0).to_numpy() / 1000.0).zip_with(millis.is_not_null(), _NO_TIME)


def _common_millis(text: pl.Expr) -> pl.Expr:
    # From the right every part stands at a fixed place: mmm at -3, ss at -6, mm at -9, hours before.
    padded = text.str.pad_start(13, "0")

    def part(offset: int, length: int) -> pl.Expr:
        return padded.str.slice(offset, length).str.strip_chars(":").cast(pl.Int64, strict=False)

    millis = part(10, 3) + 1000 * part(7, 2) + 60_000 * part(4, 2) + 3_600_000 * part(0, 3)
    return pl.when(text.str.contains(_COMMON)).then(millis)


def clock_times(column: pl.Series) -> pl.Series:
    """Clock times (Polars Time) of a column of printed hours; null where the text is no time of day.

    `15:03` becomes 15:03:00: such files print the minute only, so their clock is good to a minute.
    """
    text = column.str.strip_chars()
    if text.str.contains(",", literal=True).any():
        text = text.str.replace_all(",", ".", literal=True)
    good = text.str.contains(_CLOCK)
    parts = text.str.split_exact(":", 2)
    hours = parts.struct.field("field_0").cast(pl.Int64, strict=False)
    minutes = parts.struct.field("field_1").cast(pl.Int64, strict=False)
    seconds = parts.struct.field("field_2").cast(pl.Float64, strict=False).fill_null(0.0)
    micros = ((hours * 60 + minutes) * 60_000_000) + (seconds * 1000).round().cast(pl.Int64, strict=False) * 1000
    nothing = pl.Series([None], dtype=pl.Int64)
    return (micros.zip_with(good, nothing) * 1000).cast(pl.Time).rename(column.name)


def format_durations(column: pl.Series, *, hours: bool = False) -> pl.Series:
    """The Al Kamel print of a column of seconds: `35.987`, `1:50.132`, `12:01:01.418`; null stays null.

    Rounded to the millisecond. With `hours` the hour is always printed (`0:01:06.127`, as PIT_TIME is).
    """
    millis = (column * 1000).round().cast(pl.Int64)
    frame = pl.select(
        h=millis // 3_600_000, m=millis // 60_000 % 60, s=millis // 1000 % 60, r=millis % 1000, all_m=millis // 60_000
    )
    fraction = pl.col("r").cast(pl.String).str.zfill(3)
    padded_s = pl.col("s").cast(pl.String).str.zfill(2)
    padded_m = pl.col("m").cast(pl.String).str.zfill(2)
    long = pl.format("{}:{}:{}.{}", "h", padded_m, padded_s, fraction)
    if hours:
        text = long
    else:
        text = (
            pl.when(pl.col("h") > 0)
            .then(long)
            .when(pl.col("all_m") > 0)
            .then(pl.format("{}:{}.{}", "m", padded_s, fraction))
            .otherwise(pl.format("{}.{}", "s", fraction))
        )
    return frame.select(text.alias(column.name)).to_series()
