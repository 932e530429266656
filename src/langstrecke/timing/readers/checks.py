"""What a lap table must satisfy: rows that cannot be believed are dropped or mended, each kind counted.

A lap is printed with redundant figures: lap time, elapsed time, three sectors, hour of day. Where they
disagree, the figure that stands alone is the wrong one.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

import polars as pl

from langstrecke.timing.notices import Notice

_TOLERANCE_S = 0.0105
"""Printed figures are rounded to a millisecond each; sums of three stay well below this."""

_DAY_MS = 86_400_000


@dataclass
class Sieve:
    """A table on its way through the checks; `frame` must carry `line`."""

    frame: pl.DataFrame
    notices: list[Notice] = field(default_factory=list)

    def note(self, mask: pl.Expr, what: str) -> None:
        """Count the rows under `mask` without touching them."""
        hits = self.frame.filter(mask)["line"]
        if len(hits):
            self.notices.append(Notice(what, len(hits), int(hits.min())))  # type: ignore[arg-type]

    def drop(self, mask: pl.Expr, what: str) -> None:
        """Drop and count the rows under `mask` (a null mask keeps the row)."""
        before = len(self.notices)
        self.note(mask, what)
        if len(self.notices) > before:
            self.frame = self.frame.filter(~mask.fill_null(False))

    def blank(self, mask: pl.Expr, columns: list[str], what: str) -> None:
        """Set `columns` to null under `mask`, and count."""
        before = len(self.notices)
        self.note(mask, what)
        if len(self.notices) > before:
            keep = ~mask.fill_null(False)
            self.frame = self.frame.with_columns(pl.when(keep).then(pl.col(c)).alias(c) for c in columns)


def check_laps(sieve: Sieve) -> None:
    """Leave the frame sorted by (car, lap), without duplicate laps, elapsed strictly increasing within a car.

    Needs `car, lap, lap_time_s, elapsed_s, s1_s, s2_s, s3_s, clock_time, clock_ms, clock_fine` besides `line`;
    `clock_fine` is false where the hour is printed to the minute only.
    """
    sieve.frame = sieve.frame.sort("car", "lap", "line")
    _drop_duplicates(sieve)
    _drop_disagreeing(sieve)
    _drop_backwards(sieve)
    _blank_sectors(sieve)
    _blank_clocks(sieve)
    _drop_misnumbered(sieve)
    gap = (pl.col("lap") - pl.col("lap").shift(1).over("car").fill_null(0)) > 1
    sieve.note(gap, "place where laps of a car are missing")


def _drop_duplicates(sieve: Sieve) -> None:
    doubled = pl.struct("car", "lap").is_duplicated()
    if not sieve.frame.select(doubled.any()).item():
        return
    # Of two rows for one lap the one that continues the lap before it is the car's own.
    frame = sieve.frame.with_columns(began=pl.col("elapsed_s") - pl.col("lap_time_s"))
    before = frame.select("car", lap=pl.col("lap") + 1, before="elapsed_s").unique(["car", "lap"], keep="first")
    frame = frame.join(before, on=["car", "lap"], how="left", maintain_order="left")
    misfit = ((pl.col("began") - pl.col("before").fill_null(0.0)).abs() > _TOLERANCE_S).cast(pl.Int8)
    frame = frame.with_columns(misfit=misfit).sort("car", "lap", "misfit", "line")
    sieve.frame = frame.drop("began", "before", "misfit")
    again = pl.struct("car", "lap").is_first_distinct().not_()
    sieve.drop(again, "duplicate lap dropped")


def _drop_disagreeing(sieve: Sieve) -> None:
    """Drop laps whose lap time, or whose elapsed time, stands against all other figures of the car."""
    consecutive = (pl.col("lap") - pl.col("lap").shift(1).over("car")) == 1
    step = pl.col("elapsed_s") - pl.col("elapsed_s").shift(1).over("car")
    step = pl.when(consecutive).then(step).when(pl.col("lap") == 1).then(pl.col("elapsed_s"))
    off = (step - pl.col("lap_time_s")).round(3)
    frame = sieve.frame.with_columns(off=off.fill_null(0.0))
    if not frame.select((pl.col("off").abs() > _TOLERANCE_S).any()).item():
        return
    clock_step = (pl.col("clock_ms") - pl.col("clock_ms").shift(1).over("car")) % 86_400_000 / 1000
    sieve.frame = frame.with_columns(
        off_next=pl.col("off").shift(-1).over("car").fill_null(0.0),
        sum_off=(pl.sum_horizontal("s1_s", "s2_s", "s3_s", ignore_nulls=False) - pl.col("lap_time_s")).abs(),
        clock_off=pl.when("clock_fine").then((clock_step - pl.col("lap_time_s")).abs()),
    )
    odd = pl.col("off").abs() > _TOLERANCE_S
    # A wrong elapsed time makes one lap too long and the next too short by the same amount.
    mirrored = (pl.col("off") + pl.col("off_next")).abs() <= 2 * _TOLERANCE_S
    sieve.drop(odd & mirrored, "lap dropped whose elapsed time fits neither the lap before nor the lap after")
    witness = pl.when(pl.col("sum_off").is_not_null()).then("sum_off").otherwise("clock_off")
    lone = (witness > _TOLERANCE_S).fill_null(True)
    first = pl.col("lap") == 1  # a first lap may begin before the clock does
    sum_s = pl.sum_horizontal("s1_s", "s2_s", "s3_s", ignore_nulls=False)
    alone = first & ((pl.col("elapsed_s") - sum_s).abs() <= _TOLERANCE_S).fill_null(False)
    sieve.drop(
        odd & ((~mirrored & lone & ~first) | alone), "lap dropped whose time fits neither elapsed time nor sectors"
    )
    # The lap time is borne out by the sectors or the hour: the race clock stood still, as under a red flag.
    sieve.note(
        odd & ~first,
        "lap longer or shorter than its elapsed time says (a stopped race clock looks like this)",
    )
    sieve.frame = sieve.frame.drop("off", "off_next", "sum_off", "clock_off")


def _drop_backwards(sieve: Sieve) -> None:
    back = pl.col("elapsed_s") <= pl.col("elapsed_s").shift(1).over("car")
    cars = sieve.frame.filter(back)["car"].unique()
    if cars.is_empty():
        return
    keep: set[int] = set()
    for _, rows in sieve.frame.filter(pl.col("car").is_in(cars.implode())).group_by("car", maintain_order=True):
        keep.update(rows["line"][index] for index in _longest_rise(rows["elapsed_s"].to_list()))
    lost = pl.col("car").is_in(cars.implode()) & ~pl.col("line").is_in(list(keep))
    sieve.drop(lost, "lap dropped whose elapsed time runs backwards")


def _drop_misnumbered(sieve: Sieve) -> None:
    """Drop a car's last lap where its number leaps, but its elapsed time follows on the lap before."""
    leaps = (pl.col("lap") - pl.col("lap").shift(1).over("car")) > 1
    step = pl.col("elapsed_s") - pl.col("elapsed_s").shift(1).over("car")
    follows = (step - pl.col("lap_time_s")).abs() <= _TOLERANCE_S
    last = pl.col("lap") == pl.col("lap").max().over("car")
    sieve.drop(leaps & follows & last, "lap dropped whose number leaps, though no time is missing before it")


def _longest_rise(values: list[float]) -> list[int]:
    """Indices of a longest strictly increasing subsequence: the fewest rows go."""
    tails: list[float] = []
    tail_index: list[int] = []
    previous = [-1] * len(values)
    for index, value in enumerate(values):
        place = bisect_left(tails, value)
        previous[index] = tail_index[place - 1] if place else -1
        tails[place : place + 1] = [value]
        tail_index[place : place + 1] = [index]
    chain = []
    index = tail_index[-1] if tail_index else -1
    while index >= 0:
        chain.append(index)
        index = previous[index]
    return chain[::-1]


def _blank_sectors(sieve: Sieve) -> None:
    total = pl.sum_horizontal("s1_s", "s2_s", "s3_s", ignore_nulls=False)
    wrong = (total - pl.col("lap_time_s")).abs() > _TOLERANCE_S
    sieve.blank(wrong, ["s1_s", "s2_s", "s3_s"], "lap whose sectors do not add up; its sectors left out")


def _blank_clocks(sieve: Sieve) -> None:
    """Leave out an hour of day that stands against those of the laps before and after."""
    off = (pl.col("clock_ms") - (pl.col("elapsed_s") * 1000).round().cast(pl.Int64)) % _DAY_MS
    frame = sieve.frame.with_columns(off=off)
    before, after = pl.col("off").shift(1).over("car"), pl.col("off").shift(-1).over("car")
    slack = pl.when("clock_fine").then(2_000).otherwise(61_000)

    def apart(one: pl.Expr, other: pl.Expr) -> pl.Expr:
        return ((one - other + _DAY_MS // 2) % _DAY_MS - _DAY_MS // 2).abs() > slack

    # A stopped race clock shifts all laps that follow; a misprint stands alone.
    lone = apart(pl.col("off"), before) & apart(pl.col("off"), after) & ~apart(before, after)
    sieve.frame = frame.with_columns(lone=lone)
    sieve.blank(pl.col("lone"), ["clock_time"], "hour of day that fits no other lap left out")
    sieve.frame = sieve.frame.drop("off", "lone")
