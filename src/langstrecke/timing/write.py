"""Write a canonical lap table as an Al Kamel lap file, so that simulated races read like real ones."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Literal

import polars as pl

from langstrecke.errors import TimingFileError
from langstrecke.timing.names import FLAG_CODES
from langstrecke.timing.readers.times import format_durations
from langstrecke.timing.schema import LAPS

Dialect = Literal["imsa", "wec"]

_HEADER = (
    "NUMBER", " DRIVER_NUMBER", " LAP_NUMBER", " LAP_TIME", " LAP_IMPROVEMENT", " CROSSING_FINISH_LINE_IN_PIT",
    " S1", " S1_IMPROVEMENT", " S2", " S2_IMPROVEMENT", " S3", " S3_IMPROVEMENT", " KPH", " ELAPSED", " HOUR",
    "S1_LARGE", "S2_LARGE", "S3_LARGE", "TOP_SPEED", "DRIVER_NAME", "PIT_TIME", "CLASS", "GROUP", "TEAM",
    "MANUFACTURER", "FLAG_AT_FL", "",
)  # fmt: skip
"""The columns of both dialects, with the leading blanks the published files have; rows end in a delimiter."""

_CODES = {flag: code for code, flag in reversed(FLAG_CODES.items())}


def write_alkamel(laps: pl.DataFrame, path: str | Path, *, dialect: Dialect = "imsa") -> None:
    """Write `laps` (as `schema.LAPS`) to `path` in the Al Kamel lap format.

    Dialect "imsa" is comma-separated with plain line ends, "wec" semicolon-separated with CRLF, as published.
    `alkamel.read_laps` gives the table back: times to the millisecond, speeds to 0.1 km/h, text with control
    characters and runs of blanks replaced by one blank; `race_id` is not part of the format, and clock times
    that are null stay out. Raises `TimingFileError` where a lap lacks what the format needs (car, class, lap,
    lap time, elapsed time) or the file cannot be written.
    """
    _check(laps, path)
    text = _rows(laps.sort("car", "lap")).write_csv
    buffer = io.BytesIO()
    comma, end = (",", "\n") if dialect == "imsa" else (";", "\r\n")
    buffer.write(b"\xef\xbb\xbf" + (comma.join(_HEADER) + end).encode())
    text(buffer, include_header=False, separator=comma, line_terminator=end, quote_style="necessary")
    try:
        Path(path).write_bytes(buffer.getvalue())
    except OSError as error:
        raise TimingFileError(f"cannot be written: {error.strerror}", file=path) from None


def _check(laps: pl.DataFrame, path: str | Path) -> None:
    missing = [name for name in LAPS.names() if name not in laps.columns and name != "race_id"]
    if missing:
        raise TimingFileError(f"laps cannot be written without {', '.join(missing)}", file=path)
    if laps.is_empty():
        raise TimingFileError("there are no laps to write", file=path)
    needed = ["car", "car_class", "lap", "lap_time_s", "elapsed_s", "in_pit"]
    empty = [name for name in needed if laps[name].null_count()]
    if empty:
        raise TimingFileError(f"laps cannot be written with empty {', '.join(empty)}", file=path)
    if not laps["car"].str.contains(r"^[0-9A-Za-z]{1,6}$").all():
        raise TimingFileError("a car number is not one to six letters or digits", file=path)


def _rows(laps: pl.DataFrame) -> pl.DataFrame:
    def clean(name: str) -> pl.Expr:
        return pl.col(name).str.replace_all(r"[\s\p{Cc}\u2028\u2029]+", " ").str.strip_chars().replace("", None)

    nothing = pl.lit(None, dtype=pl.String)
    drivers = pl.col("driver").rle_id().over("car")  # replaced below by the order of first appearance
    numbered = laps.with_columns(drive=drivers)
    first = numbered.group_by("car", "driver").agg(pl.col("drive").min())
    first = first.with_columns(number=pl.col("drive").rank("dense").over("car").cast(pl.Int32))
    numbered = laps.join(first, on=["car", "driver"], how="left", nulls_equal=True, maintain_order="left")
    zero = pl.lit(0, dtype=pl.Int32)
    sectors = {name: format_durations(laps[f"{name}_s"]) for name in ("s1", "s2", "s3")}
    # A table read from a file that prints hours to the minute is written like that file.
    minutes = (laps["clock_time"].drop_nulls().cast(pl.Int64) % 60_000_000_000 == 0).all()
    clock = pl.col("clock_time").dt.strftime("%H:%M" if minutes else "%H:%M:%S%.3f")
    columns: list[pl.Expr | pl.Series] = [
        pl.col("car"),
        pl.col("number"),
        pl.col("lap"),
        format_durations(laps["lap_time_s"]),
        zero.alias("i0"),
        pl.when(pl.col("in_pit")).then(pl.lit("B")).alias("in_pit"),
        *(piece for name in sectors for piece in (sectors[name], zero.alias(f"i_{name}"))),
        pl.col("kph").round(1).cast(pl.String),
        format_durations(laps["elapsed_s"]),
        clock,
        *(_large(sectors[name], f"large_{name}") for name in sectors),
        nothing.alias("top_speed"),
        clean("driver"),
        format_durations(laps["pit_time_s"], hours=True),
        clean("car_class"),
        nothing.alias("group"),
        clean("team"),
        clean("manufacturer"),
        pl.col("flag").cast(pl.String).replace_strict(_CODES, default=None, return_dtype=pl.String),
        nothing.alias("end"),
    ]
    return numbered.select(columns)


def _large(sector: pl.Series, name: str) -> pl.Series:
    """S1_LARGE prints the minute even where it is none: `0:35.987`."""
    short = ~sector.str.contains(":", literal=True)
    return sector.zip_with(~short, "0:" + sector.str.zfill(6)).rename(name)
