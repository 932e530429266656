"""Lap by lap context: stints, clean laps, traffic, following, wet running.

Everything here is derived from the canonical lap table of one session; nothing depends on the order of its rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FOLLOW_GAP_S = 1.5
"""A car that starts a lap less than this behind a car of its own class is counted as following (documented
default: about one and a half seconds is where drivers report losing downforce and the slipstream begins)."""

SLOW_LAP = 1.06
"""A green lap this far over the car's lower quartile is an incident, a slow zone or a shower, not pace noise."""

WET_RATIO = 1.045
"""Field pace over its dry level from which a stretch of a session counts as wet even if no rain was recorded."""

NEUTRAL_RATIO = 1.27
"""Pace of the field's quicker quarter over its green pace from which the race was neutralised (no flags in the file;
rain slows a field by up to a fifth, a safety car by two fifths and more)."""

NEUTRAL_SLOT_S = 90.0

WINDOW_S = 300.0
"""Width of the stretches in which the field's pace is compared with its dry level."""


@dataclass(frozen=True)
class AnnotatedLaps:
    """One session's laps as arrays, ordered by (car, lap); all of length `n` unless said.

    `cars`, `classes`, `drivers` hold the names that `car`, `car_class`, `driver` index. Times in seconds.
    """

    cars: tuple[str, ...]
    classes: tuple[str, ...]
    drivers: tuple[str, ...]
    car: Ints
    car_class: Ints
    driver: Ints
    lap: Ints
    lap_time_s: Floats
    start_s: Floats
    end_s: Floats
    best_sectors_s: Floats  # sum of the three sectors of the lap, nan where one is missing
    in_lap: Bools  # ends in the pit lane
    out_lap: Bools  # began in the pit lane
    pit_time_s: Floats  # time in the pit lane before this out-lap, nan else
    flagged: Bools  # crossed the line under caution
    neutral: Bools  # any part of the lap may have been under caution
    stint: Ints  # counts from 0 within a car
    stint_lap: Ints  # counts from 1 within a stint
    passes: Floats  # cars of other, slower classes overtaken on this lap
    passed: Floats  # faster cars of other classes that came by
    following: Bools  # began the lap close behind a car of its class
    wet: Bools
    clean: Bools  # neither in- nor out-lap, all green, dry, not far off the car's pace

    @property
    def n(self) -> int:
        """How many laps."""
        return len(self.lap)


def annotate(laps: pl.DataFrame, *, rain: tuple[tuple[float, float], ...] = ()) -> AnnotatedLaps:
    """Annotate a canonical lap table.

    `rain` lists (from, to) in session seconds where the weather table says rain; see also `WET_RATIO`.
    """
    table = laps.filter(pl.col("lap_time_s").is_not_null() & (pl.col("lap_time_s") > 0)).sort("car", "lap")
    cars, car = _codes(table["car"])
    classes, car_class = _codes(table["car_class"])
    drivers, driver = _codes(table["driver"].fill_null(""))
    lap = table["lap"].to_numpy().astype(np.int64)
    lap_time = table["lap_time_s"].to_numpy().astype(float)
    end = table["elapsed_s"].to_numpy().astype(float)
    start = end - lap_time
    in_lap = table["in_pit"].fill_null(False).to_numpy().astype(bool)
    pit_time = table["pit_time_s"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    sectors = table.select(pl.sum_horizontal("s1_s", "s2_s", "s3_s", ignore_nulls=False)).to_series()
    same_car = np.r_[False, car[1:] == car[:-1]]
    out_lap = np.r_[False, in_lap[:-1]] & same_car | ~np.isnan(pit_time)
    if table["flag"].null_count() == table.height:
        flagged = _flagged_by_pace(car, start, end, lap_time, ~in_lap & ~out_lap & (lap > 1), len(cars))
    else:
        flagged = _flagged(table)
    neutral = flagged | (np.r_[False, flagged[:-1]] & same_car)
    stint, stint_lap = _stints(same_car, out_lap)
    passes, passed = _traffic(car, car_class, start, end, lap_time, in_lap | out_lap, len(cars))
    following = _following(car, car_class, start)
    usable = ~in_lap & ~out_lap & ~neutral & (lap > 1)
    reference = _reference(car, lap_time, usable, len(cars))
    wet = _wet(start, end, lap_time / reference, usable, rain)
    dry_reference = _reference(car, lap_time, usable & ~wet, len(cars))
    with np.errstate(invalid="ignore"):
        clean = usable & ~wet & (lap_time < SLOW_LAP * dry_reference) & (lap_time > 0.93 * dry_reference)
    return AnnotatedLaps(
        cars=cars,
        classes=classes,
        drivers=drivers,
        car=car,
        car_class=car_class,
        driver=driver,
        lap=lap,
        lap_time_s=lap_time,
        start_s=start,
        end_s=end,
        best_sectors_s=sectors.cast(pl.Float64).fill_null(np.nan).to_numpy(),
        in_lap=in_lap,
        out_lap=out_lap,
        pit_time_s=pit_time,
        flagged=flagged,
        neutral=neutral,
        stint=stint,
        stint_lap=stint_lap,
        passes=passes,
        passed=passed,
        following=following,
        wet=wet,
        clean=clean,
    )


def _codes(column: pl.Series) -> tuple[tuple[str, ...], Ints]:
    """Names in alphabetical order and the index of each row's name among them."""
    names = sorted(column.unique().to_list())
    index = {name: i for i, name in enumerate(names)}
    return tuple(names), np.array([index[v] for v in column.to_list()], dtype=np.int64)


def _flagged(table: pl.DataFrame) -> Bools:
    """Laps that ended under anything but green. Lap n is part neutral if lap n or lap n - 1 is flagged."""
    flag = table["flag"].cast(pl.String).fill_null("green")
    return np.asarray((~flag.is_in(["green", "finish"])).to_numpy(), dtype=bool)


def _flagged_by_pace(car: Ints, start: Floats, end: Floats, lap_time: Floats, usable: Bools, n_cars: int) -> Bools:
    """For files without flags: laps that ended while even the quicker quarter of the field crawled."""
    ratio = lap_time / _reference(car, lap_time, usable, n_cars)
    rows = np.flatnonzero(usable & np.isfinite(ratio) & (ratio < 6))
    slots = int(end.max() // NEUTRAL_SLOT_S) + 1
    slow = np.zeros(slots, dtype=bool)
    middle = (0.5 * (start[rows] + end[rows])) // NEUTRAL_SLOT_S
    for s in range(slots):
        near = ratio[rows[np.abs(middle - s) <= 1]]
        slow[s] = len(near) >= 5 and np.quantile(near, 0.25) > NEUTRAL_RATIO
    return np.asarray(slow[(end // NEUTRAL_SLOT_S).astype(np.int64)], dtype=bool)


def _stints(same_car: Bools, out_lap: Bools) -> tuple[Ints, Ints]:
    """Stint number within the car (from 0) and lap number within the stint (from 1)."""
    n = len(same_car)
    new_stint = ~same_car | out_lap
    run = np.cumsum(new_stint) - 1
    first_row = np.flatnonzero(new_stint)
    stint_lap = np.arange(n) - first_row[run] + 1
    car_run = np.cumsum(~same_car) - 1
    first_run = run[np.flatnonzero(~same_car)]
    return run - first_run[car_run], stint_lap


def _traffic(
    car: Ints, car_class: Ints, start: Floats, end: Floats, lap_time: Floats, pit_lap: Bools, n_cars: int
) -> tuple[Floats, Floats]:
    """Cars of other classes passed by, and passing, each lap, from the order of line crossings.

    Another car that crosses the line once within a lap keeps its place; not at all: it was passed; twice: it came
    by. Laps on which the other car visits the pits do not count.
    """
    passes = np.zeros(len(car))
    passed = np.zeros(len(car))
    for other in range(n_cars):
        rows = np.flatnonzero(car == other)
        if len(rows) == 0:
            continue
        crossings = end[rows]
        slow = pit_lap[rows] | (lap_time[rows] > 1.3 * np.median(lap_time[rows]))
        first = np.searchsorted(crossings, start, side="right")
        last = np.searchsorted(crossings, end, side="right")
        here = (car != other) & (car_class != car_class[rows[0]])
        within = np.minimum(first, len(rows) - 1)
        on_track = (first < len(rows)) & ~slow[within]
        counted = last - first
        passes += here & on_track & (counted == 0)
        passed += here & on_track & (counted >= 2)
    return passes, passed


def _following(car: Ints, car_class: Ints, start: Floats) -> Bools:
    """Whether a car of the same class began its lap less than `FOLLOW_GAP_S` earlier."""
    following = np.zeros(len(car), dtype=bool)
    for k in np.unique(car_class):
        rows = np.flatnonzero(car_class == k)
        order = rows[np.argsort(start[rows], kind="stable")]
        gap = np.diff(start[order])
        following[order[1:]] = (gap < FOLLOW_GAP_S) & (car[order[1:]] != car[order[:-1]])
    return following


def _reference(car: Ints, lap_time: Floats, usable: Bools, n_cars: int) -> Floats:
    """Per lap, the lower quartile of its car's usable laps (nan where there is none)."""
    level = np.full(n_cars, np.nan)
    for c in range(n_cars):
        mine = lap_time[(car == c) & usable]
        if len(mine):
            level[c] = np.quantile(mine, 0.25)
    return level[car]


def _wet(start: Floats, end: Floats, ratio: Floats, usable: Bools, rain: tuple[tuple[float, float], ...]) -> Bools:
    """Laps in stretches where the whole field is far off its pace, or during recorded rain and slower."""
    wet = np.zeros(len(start), dtype=bool)
    ok = usable & np.isfinite(ratio)
    if not ok.any():
        return wet
    slot = (np.clip(end, 0, None) // WINDOW_S).astype(np.int64)
    levels = np.full(slot.max() + 1, np.nan)
    counts = np.bincount(slot[ok], minlength=len(levels))
    for s in np.flatnonzero(counts >= 5):
        levels[s] = np.median(ratio[ok & (slot == s)])
    if np.isnan(levels).all():
        return wet
    dry = np.nanquantile(levels, 0.2)
    wet_slot = np.nan_to_num(levels, nan=dry) > WET_RATIO * dry
    wet |= wet_slot[slot]
    for begin, finish in rain:
        during = (end > begin) & (start < finish)
        wet |= during & (np.nan_to_num(levels, nan=dry)[slot] > (1 + 0.35 * (WET_RATIO - 1)) * dry)
    return wet
