"""From text columns to the canonical lap table; shared by all readers of Al Kamel columns."""

from __future__ import annotations

import polars as pl

from langstrecke.errors import TimingFileError
from langstrecke.timing.names import FLAG_CODES, class_name, driver_names, makers
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers.checks import Sieve, check_laps
from langstrecke.timing.readers.text import TextTable
from langstrecke.timing.readers.times import clock_times, durations
from langstrecke.timing.schema import LAPS

NEEDED = (
    "NUMBER",
    "LAP_NUMBER",
    "LAP_TIME",
    "CROSSING_FINISH_LINE_IN_PIT",
    "ELAPSED",
    "DRIVER_NAME",
    "CLASS",
)
_LONGEST_S = 30 * 3600.0
"""No session lasts longer; a larger elapsed time is a misprint."""


def build_laps(table: TextTable, manufacturer: pl.Series) -> tuple[pl.DataFrame, list[Notice]]:
    """The canonical lap table of a file with Al Kamel columns, and what had to be dropped or mended.

    `manufacturer` is the column the format takes the maker from. Flags and pit times are null where the file
    has none.
    """
    sieve = Sieve(_columns(table, manufacturer), list(table.notices))
    _drop_impossible(sieve)
    _settle_classes(sieve)
    check_laps(sieve)
    if sieve.frame.is_empty():
        first = sieve.notices[0] if sieve.notices else Notice("no laps", 1, 2)
        raise TimingFileError(f"holds no lap that can be read: {first}", file=table.path, line=first.line)
    laps = sieve.frame.with_columns(race_id=pl.lit(table.path.stem)).select(LAPS.names()).cast(LAPS)
    return laps, sieve.notices


def _columns(table: TextTable, manufacturer: pl.Series) -> pl.DataFrame:
    hour = table.text("HOUR")
    flag = table.text("FLAG_AT_FL").str.to_uppercase()
    pit = table.text("CROSSING_FINISH_LINE_IN_PIT").str.to_uppercase()
    clock = clock_times(hour)
    seconds = {
        name: durations(table.text(source))
        for name, source in {
            "lap_time_s": "LAP_TIME", "elapsed_s": "ELAPSED", "s1_s": "S1", "s2_s": "S2", "s3_s": "S3",
            "pit_time_s": "PIT_TIME",
        }.items()
    }  # fmt: skip
    kph = table.text("KPH")
    return pl.DataFrame(
        {
            "line": table.frame["line"],
            "car": table.text("NUMBER"),
            "class_text": table.text("CLASS"),
            "lap": _lap_numbers(table.text("LAP_NUMBER")),
            "driver": driver_names(table.text("DRIVER_NAME")),
            **seconds,
            "in_pit": pit == "B",
            "pit_odd": ~pit.is_in(["", "B"]),
            "pit_time_odd": seconds["pit_time_s"].is_null() & (table.text("PIT_TIME") != ""),
            "flag": flag.replace_strict(FLAG_CODES, default=None, return_dtype=LAPS["flag"]),
            "flag_text": flag,
            "kph": kph.cast(pl.Float64, strict=False),
            "kph_text": kph,
            "team": table.text("TEAM").str.replace_all(r"\s+", " ").replace("", None),
            "manufacturer": makers(manufacturer),
            "clock_time": clock,
            "clock_ms": clock.cast(pl.Int64) // 1_000_000,
            "clock_fine": hour.str.count_matches(":", literal=True) == 2,
            "hour_text": hour,
        }
    )


def _lap_numbers(text: pl.Series) -> pl.Series:
    good = text.str.contains(r"^\d{1,5}$")
    return text.zip_with(good, pl.Series([None], dtype=pl.String)).cast(pl.Int32, strict=False)


def _drop_impossible(sieve: Sieve) -> None:
    col = pl.col
    sieve.drop(~col("car").str.contains(r"^[0-9A-Za-z]{1,6}$"), "row dropped without a car number")
    sieve.drop(col("lap").is_null() | (col("lap") < 1), "row dropped with an impossible lap number")
    bad = col("lap_time_s").is_null() | (col("lap_time_s") <= 0.0) | (col("lap_time_s") > _LONGEST_S)
    sieve.drop(bad, "row dropped with an impossible lap time")
    bad = col("elapsed_s").is_null() | (col("elapsed_s") <= 0.0) | (col("elapsed_s") > _LONGEST_S)
    sieve.drop(bad, "row dropped with an impossible elapsed time")
    kph = col("kph_text").ne("") & (col("kph").is_null() | ~col("kph").is_between(0.0, 500.0))
    sieve.blank(kph, ["kph"], "impossible speed left out")
    odd = col("clock_time").is_null() & col("hour_text").ne("")
    sieve.note(odd, "impossible hour of day left out")
    sieve.blank(col("pit_time_odd"), ["pit_time_s"], "impossible pit time left out")
    sieve.note(col("pit_odd"), "unknown mark in CROSSING_FINISH_LINE_IN_PIT, taken as on the track")
    sieve.note(col("flag").is_null() & col("flag_text").ne(""), "unknown flag left out")
    sieve.note(col("driver").is_null(), "lap without a driver's name")


def _settle_classes(sieve: Sieve) -> None:
    """One class per car: known classes in one spelling, stray ones mended from the car's other laps."""
    texts = {text: class_name(text) or text for text in sieve.frame["class_text"].unique()}
    frame = sieve.frame.with_columns(car_class=pl.col("class_text").replace_strict(texts, return_dtype=pl.String))
    if frame.is_empty():
        sieve.frame = frame
        return
    known = pl.col("class_text").map_elements(lambda t: class_name(t) is not None, return_dtype=pl.Boolean)
    votes = frame.group_by("car", "car_class", "class_text").agg(n=pl.len(), line=pl.col("line").min())
    votes = votes.with_columns(known=known).sort("car", "known", "n", "line", descending=[False, True, True, False])
    own = votes.group_by("car", maintain_order=True).first().select("car", own="car_class", own_known="known")
    sieve.frame = frame.join(own, on="car", how="left", maintain_order="left")
    sieve.note(pl.col("car_class") != pl.col("own"), "lap whose class is not its car's; the car's class taken")
    sieve.drop(pl.col("own") == "", "lap of a car without a class dropped")
    if not own["own_known"].all():
        for name in own.filter(~pl.col("own_known") & (pl.col("own") != ""))["own"].unique().sort():
            sieve.note(pl.col("own") == name, f"lap in the unknown class {name!r}, kept as written")
    sieve.frame = sieve.frame.with_columns(car_class="own").drop("own", "own_known")
