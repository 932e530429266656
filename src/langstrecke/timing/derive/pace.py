"""How fast the whole field ran at each moment of a race, read off its lap times.

A lap that runs from a to b covers one lap of road: the field's speed over a..b, taken in units of the car's
own green pace, must average to (green lap time) / (lap time). Thousands of such laps overlap, so the speed in
every few seconds can be solved for; where the whole field is slow at once the race was neutralised. The
solution is the multiplicative iteration of Richardson and Lucy (expectation maximisation for Poisson data: L.
B. Lucy, Astron. J. 79, 1974), which keeps speeds positive and needs no tuning.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

Floats = NDArray[np.float64]

BIN_S = 5.0
_ITERATIONS = 25
_GREEN_QUANTILE = 0.3
"""A car's green lap: the 30 % quantile of its laps without a stop; holds while most of a race is green."""

_SLOW = 0.75
_SLOWING = 0.86
_BACK_S = 90.0
_JOIN_S = 90.0
_SHORT_S = 90.0
"""Neutralised is where the field is below `_SLOW`, from where it first fell below `_SLOWING` (at most
`_BACK_S` earlier: cars slow over about a minute); pieces closer than `_JOIN_S` are one, those below
`_SHORT_S` are none. Set on the 33 IMSA races of 2021-23, whose files carry flags; rain slows a field to about
0.8-0.9, a full course yellow to 0.4-0.6.
"""


@dataclass(frozen=True)
class FieldSpeed:
    """`speed[k]` from `k * BIN_S` to `(k + 1) * BIN_S` after the green flag; 1 is the field's green pace."""

    speed: Floats


def field_speed(laps: pl.DataFrame) -> FieldSpeed:
    """The field's speed over a race, from laps without stops. Needs at least one such lap of one car."""
    ordered = laps.sort("car", "lap").with_columns(out=pl.col("in_pit").shift(1).over("car").fill_null(False))
    # The first lap is no measure: some classes are sent off a lap behind the others, from behind the line.
    runs = ordered.filter(~pl.col("in_pit") & ~pl.col("out") & (pl.col("lap") > 1) & (pl.col("lap_time_s") > 0))
    green = runs.group_by("car").agg(green=pl.col("lap_time_s").quantile(_GREEN_QUANTILE, "lower"))
    runs = runs.join(green, on="car", how="inner").filter(pl.col("elapsed_s") >= pl.col("lap_time_s") - 1e-6)
    if runs.is_empty():
        return FieldSpeed(np.ones(0))
    end = runs["elapsed_s"].to_numpy()
    start = np.maximum(end - runs["lap_time_s"].to_numpy(), 0.0)
    return FieldSpeed(_solve(start, end, runs["green"].to_numpy()))


def _solve(start: Floats, end: Floats, green: Floats) -> Floats:
    bins = int(end.max() // BIN_S) + 1
    overlaps = _overlaps(start, end, bins)
    by_bin = overlaps.T.tocsr()
    covered = np.asarray(by_bin.sum(axis=1)).ravel()
    seen = covered > 0.0
    weight = np.where(seen, covered, 1.0)
    speed = np.where(seen, (by_bin @ (green / (end - start))) / weight, 1.0)
    for _ in range(_ITERATIONS):
        ratio = green / np.maximum(overlaps @ speed, 1e-9)
        speed = np.where(seen, speed * (by_bin @ ratio) / weight, speed)
    # Nobody ran a whole lap there (all in the pits, or the race stopped): between what was before and after.
    places = np.arange(bins)
    return np.interp(places, places[seen], speed[seen], left=1.0)


def _overlaps(start: Floats, end: Floats, bins: int) -> sparse.csr_matrix:
    """Seconds that each lap (row) spends in each bin (column)."""
    first = (start // BIN_S).astype(np.int64)
    last = np.minimum((end // BIN_S).astype(np.int64), bins - 1)
    count = last - first + 1
    rows = np.repeat(np.arange(len(start)), count)
    columns = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    seconds = np.minimum(end[rows], (columns + 1) * BIN_S) - np.maximum(start[rows], columns * BIN_S)
    inside = seconds > 0.0
    return sparse.csr_matrix((seconds[inside], (rows[inside], columns[inside])), shape=(len(start), bins))


def slow_spans(field: FieldSpeed) -> list[tuple[float, float, float]]:
    """Stretches in which the whole field ran slowly: (start_s, end_s, median speed), in order of time."""
    if len(field.speed) < 3:
        return []
    padded = np.concatenate([field.speed[:1], field.speed, field.speed[-1:]])
    smooth = np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0)
    slow = np.concatenate([[0], (smooth < _SLOW).astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(slow))
    joined: list[list[int]] = []
    for first, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        begin = first
        while begin > 0 and first - begin < _BACK_S / BIN_S and smooth[begin - 1] < _SLOWING:
            begin -= 1
        if joined and (begin - joined[-1][1]) * BIN_S < _JOIN_S:
            joined[-1][1] = stop
        else:
            joined.append([begin, stop])
    return [
        (begin * BIN_S, stop * BIN_S, float(np.median(smooth[begin:stop])))
        for begin, stop in joined
        if (stop - begin) * BIN_S >= _SHORT_S
    ]
