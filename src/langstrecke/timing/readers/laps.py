"""From text columns to the canonical lap table; shared by all readers of lap files."""

from __future__ import annotations

import polars as pl

from langstrecke.errors import TimingFileError
from langstrecke.timing.names import FLAG_CODES, class_name, driver_names, makers
from langstrecke.timing.notices import Notice
from langstrecke.timing.readers.checks import Sieve, check_laps
from langstrecke.timing.readers.numbers import decimals
from langstrecke.timing.readers.pits import settle_pits
from langstrecke.timing.readers.text import TextTable
from langstrecke.timing.readers.times import clock_times, durations
from langstrecke.timing.schema import LAPS

NEEDED = ("NUMBER", "LAP_NUMBER", "LAP_TIME")
NO_CLASS = "ALL"
"""The one class of a file that names none."""
_LONGEST_S = 30 * 3600.0
"""No session lasts longer; a larger elapsed time is a misprint."""
_SHORTEST_S = 15.0
"""No circuit is lapped faster."""
_HALF = 0.5
"""A lap below this share of the field's quick laps is a second crossing of the line, not a lap."""
_BELIEVED = 1 / 3
"""Where fewer rows of a file hold together than this share, the file is not what it says."""
_MANY = 12
_YES = ["B", "1", "X", "Y", "YES", "TRUE", "IN", "P", "PIT", "J", "JA", "WAHR"]
_NO = ["", "0", "N", "NO", "FALSE", "NEIN", "FALSCH", "-"]
CAR = r"^[0-9A-Za-z]{1,6}$"


def build_laps(table: TextTable, manufacturer: pl.Series) -> tuple[pl.DataFrame, list[Notice]]:
    """The canonical lap table of a file with Al Kamel columns, and what had to be dropped or mended.

    `manufacturer` is the column the format takes the maker from. Flags and pit times are null where the file
    has none; elapsed times that it lacks are summed from the lap times, cars without any class are one class, and
    a notice says so.
    """
    sieve = Sieve(_columns(table, manufacturer), list(table.notices))
    _drop_impossible(sieve)
    _settle_classes(sieve)
    _sum_elapsed(sieve)
    check_laps(sieve)
    settle_pits(sieve)
    if sieve.frame.is_empty():
        first = sieve.notices[0] if sieve.notices else Notice("no laps", 1, 2)
        raise TimingFileError(f"holds no lap that can be read: {first}", file=table.path, line=first.line)
    rows, kept = table.frame.height, sieve.frame.height
    if rows >= _MANY and kept < _BELIEVED * rows:
        most = max(sieve.notices, key=lambda notice: notice.count)
        what = f"only {kept:,} of its {rows:,} rows can be believed: {most}"
        raise TimingFileError(what, file=table.path, line=most.line, hint="are its columns what its header says?")
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
    car = table.text("NUMBER")
    return pl.DataFrame(
        {
            "line": table.frame["line"],
            "car": car.str.replace(r"^(\d{1,4})\.0$", "$1"),
            "car_text": car,
            "class_text": table.text("CLASS"),
            "lap": _lap_numbers(table.text("LAP_NUMBER")),
            "driver": driver_names(table.text("DRIVER_NAME")),
            **seconds,
            "elapsed_text": table.text("ELAPSED"),
            "in_pit": pit.is_in(_YES),
            "pit_odd": ~pit.is_in([*_YES, *_NO]),
            "pit_time_odd": seconds["pit_time_s"].is_null() & (table.text("PIT_TIME") != ""),
            "flag": flag.replace_strict(FLAG_CODES, default=None, return_dtype=LAPS["flag"]),
            "flag_text": flag,
            "kph": decimals(kph),
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
    return text.str.extract(r"^(\d{1,5})(?:[.,]0+)?$", 1).cast(pl.Int32, strict=False)


def _drop_impossible(sieve: Sieve) -> None:
    col = pl.col
    sieve.note(col("car") != col("car_text"), "car number written as a decimal, read as a whole one")
    sieve.drop(~col("car").str.contains(CAR), "row dropped without a car number")
    sieve.drop(col("lap").is_null() | (col("lap") < 1), "row dropped with an impossible lap number")
    bad = col("lap_time_s").is_null() | (col("lap_time_s") <= 0.0) | (col("lap_time_s") > _LONGEST_S)
    sieve.drop(bad, "row dropped with an impossible lap time")
    quick = _HALF * col("lap_time_s").quantile(0.2)
    short = col("lap_time_s") < pl.max_horizontal(quick, pl.lit(_SHORTEST_S))
    sieve.drop(short, "row dropped whose time is far too short for a lap")
    if (sieve.frame["elapsed_text"] != "").any():
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


def _sum_elapsed(sieve: Sieve) -> None:
    """Elapsed times of a file that prints none: the sum of the car's laps so far."""
    frame = sieve.frame
    if frame.is_empty() or frame["elapsed_s"].null_count() < frame.height:
        return
    frame = frame.sort("car", "lap", "line").filter(pl.struct("car", "lap").is_first_distinct())
    if frame.height < sieve.frame.height:
        sieve.notices.append(Notice("duplicate lap dropped", sieve.frame.height - frame.height))
    total = (pl.col("lap_time_s") * 1000).round().cast(pl.Int64).cum_sum().over("car")
    sieve.frame = frame.with_columns(elapsed_s=total / 1000.0)
    sieve.notices.append(Notice("file without elapsed times: summed from the lap times of each car", frame.height))


def _settle_classes(sieve: Sieve) -> None:
    """One class per car: known classes in one spelling, stray ones mended from the car's other laps."""
    if not sieve.frame.is_empty() and (sieve.frame["class_text"] == "").all():
        sieve.notices.append(Notice(f"file without classes: all its cars are taken as one class, {NO_CLASS!r}"))
        sieve.frame = sieve.frame.with_columns(car_class=pl.lit(NO_CLASS))
        return
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
