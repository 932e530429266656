"""What counts as a pit stop: the in-lap settled from both marks, `B` at the line and the time in the pit lane.

A provider marks the in-lap with `B` and prints the time in the lane on the out-lap. One of the two can be missing;
and a safety car may lead the whole field through the pit lane, which is no stop.
"""

from __future__ import annotations

import polars as pl

from langstrecke.timing.readers.checks import Sieve

_STANDS_S = 3.0
"""A shorter time in the pit lane is a slip of the timing."""
_FIELD = 0.8
"""This share of the cars that are running is the whole field: some retire, one may really stop."""
_SAME_S = 4.0
"""Cars led through the lane in one queue need the same time for it; stops of a field differ by far more."""
_FEW = 5
"""With fewer cars equal times say nothing."""
_NEUTRAL = ["safety_car", "fcy", "red"]


def settle_pits(sieve: Sieve) -> None:
    """Set `in_pit` where only PIT_TIME tells of a stop, and clear it where the field was led through the lane.

    Needs the laps sorted by (car, lap) without duplicates.
    """
    _told_by_time(sieve)
    _led_through(sieve)


def _told_by_time(sieve: Sieve) -> None:
    col = pl.col
    if sieve.frame["pit_time_s"].null_count() == sieve.frame.height:
        return
    follows = col("lap").shift(-1).over("car") == col("lap") + 1
    time, time_next = col("pit_time_s"), col("pit_time_s").shift(-1).over("car")
    frame = sieve.frame.with_columns(
        told=(follows & (time_next >= _STANDS_S) & ~col("in_pit") & ~col("in_pit").shift(-1).over("car")).fill_null(
            False
        ),
        # Its own in-lap carries the time, the out-lap none: the file prints it a lap earlier.
        early=(
            col("in_pit") & (time >= _STANDS_S) & time_next.is_null() & follows
            & ~col("in_pit").shift(1).over("car").fill_null(False) & (col("lap") > 1)
        ).fill_null(False),
    )  # fmt: skip
    sieve.frame = frame
    sieve.note(col("told"), "pit stop told by its time in the pit lane alone")
    # A single lap of this kind is a car that stood in the lane under a red flag; a habit is the file's own.
    habit = int(frame["early"].sum()) > max(3, int(frame["in_pit"].sum()) // 2)
    if habit:
        sieve.note(col("early"), "time in the pit lane printed on the in-lap, moved to the out-lap")
        moved = pl.when(col("early").shift(1).over("car").fill_null(False)).then(time.shift(1).over("car"))
        frame = frame.with_columns(pit_time_s=moved.otherwise(pl.when(~col("early")).then(time)))
    sieve.frame = frame.with_columns(in_pit=col("in_pit") | col("told")).drop("told", "early")


def _led_through(sieve: Sieve) -> None:
    """Clear the marks of crossings in the pit lane that (nearly) every running car made in one queue."""
    col = pl.col
    frame = sieve.frame
    slowed = col("flag").is_null() | col("flag").is_in(_NEUTRAL)
    chained = (col("lap").shift(1).over("car") == col("lap") - 1) & col("in_pit").shift(1).over("car")
    in_run = chained | ((col("lap").shift(-1).over("car") == col("lap") + 1) & col("in_pit").shift(-1).over("car"))
    rows = frame.with_columns(
        again=in_run.fill_null(False),
        through=pl.when(col("lap").shift(-1).over("car") == col("lap") + 1).then(
            col("pit_time_s").shift(-1).over("car")
        ),
        changes=(col("driver") != col("driver").shift(-1).over("car")).fill_null(False),
    ).filter(col("in_pit") & slowed)  # fmt: skip
    if rows.is_empty():
        return
    ends = frame.group_by("car").agg(
        first=col("elapsed_s").min() - col("lap_time_s").first(), last=col("elapsed_s").max()
    )
    lines = [line for wave in _waves(rows) for line in _whole_field(wave, ends)]
    led = col("line").is_in(lines)
    sieve.note(led, "crossing of the line in the pit lane behind the safety car, with the whole field: no stop")
    sieve.frame = frame.with_columns(in_pit=col("in_pit") & ~led)


def _waves(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """Crossings in the pit lane that follow each other within a slow lap, each car at most once in a wave."""
    waves: list[list[dict[str, object]]] = []
    seen: set[object] = set()
    last = None
    for row in rows.sort("elapsed_s").iter_rows(named=True):
        gap = last is None or row["elapsed_s"] - last > row["lap_time_s"]
        if gap or row["car"] in seen:
            waves.append([])
            seen = set()
        waves[-1].append(row)
        seen.add(row["car"])
        last = row["elapsed_s"]
    return [pl.DataFrame(wave, schema=rows.schema) for wave in waves]


def _whole_field(wave: pl.DataFrame, ends: pl.DataFrame) -> list[int]:
    """Lines of a wave that was the whole field led through the lane; none where cars stopped."""
    if wave.height < 2:
        return []
    at = wave["elapsed_s"].median()
    running = ends.filter((pl.col("first") <= at) & (pl.col("last") >= at)).height
    if wave.height < _FIELD * running:
        return []
    # On laps in a row nobody stops each time; in a single one equal times without a change of driver tell it.
    usual = wave["through"].median()
    if wave["again"].mean() >= _FIELD:  # type: ignore[operator]
        stood = (pl.col("through") > 1.5 * usual + 20.0) if isinstance(usual, float) else pl.lit(False)
        return wave.filter(~stood.fill_null(False))["line"].to_list()
    if wave.height < _FEW or not isinstance(usual, float):
        return []
    alike = ((wave["through"] - usual).abs() <= _SAME_S).fill_null(False) & ~wave["changes"]
    return wave.filter(alike)["line"].to_list() if alike.mean() >= _FIELD else []  # type: ignore[operator]
