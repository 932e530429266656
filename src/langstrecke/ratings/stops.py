"""Pit stops of one race: fuel window, time standing still, scatter, mishaps, what the lane costs.

With no refuelling rate in the files, the time standing still is the time in the pit lane less the fastest run through
it (drive-through penalties give it within a second). Stops for more than 60 % of a tank count as full ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from langstrecke.ratings.annotate import AnnotatedLaps, Floats, Ints

MIN_STOPS = 4
"""Stops of a class from which a figure is given."""

FULL_SHARE = 0.6
"""Share of the tank burnt from which a stop counts as a full one."""

ROUTINE_S = 25.0
"""A stop this much longer than the class's median has gone wrong."""

Pair = tuple[float, float]


@dataclass(frozen=True)
class StopFacts:
    """Keys are class indices; values are (estimate, standard error)."""

    lane_s: float | None
    window: dict[int, Pair]  # laps on a tank; relative standard error
    stationary: dict[int, Pair]  # routine full stop, standing still
    scatter: dict[int, Pair]  # mean excess over a clean stop
    extra: dict[int, Pair]  # in- and out-lap beyond the time in the lane
    trouble: dict[int, Pair]  # share of stops
    trouble_s: dict[int, Pair]
    repairs: tuple[tuple[int, float, int], ...]  # (car, seconds, class)
    by_car: dict[tuple[int, int], Pair]


@dataclass(frozen=True)
class _Stops:
    """One row per stop: the in-lap's row, and what it took."""

    row: Ints
    car: Ints
    car_class: Ints
    pit_s: Floats  # time in the lane
    loss_s: Floats  # in-lap and out-lap over two green laps; nan under caution
    share: Floats  # of the tank burnt
    green: Floats


def stop_facts(laps: AnnotatedLaps, lost_s: float) -> StopFacts:
    """All stop figures of a race."""
    window = {k: w for k in range(len(laps.classes)) if (w := _window(laps, k)) is not None}
    stops = _find(laps, window)
    timed = stops.pit_s[np.isfinite(stops.pit_s)]
    lane = float(np.quantile(timed, 0.01)) if len(timed) >= 20 else None
    stationary, scatter, extra, trouble, trouble_s = {}, {}, {}, {}, {}
    by_car: dict[tuple[int, int], Pair] = {}
    for k in range(len(laps.classes)):
        mine = stops.car_class == k
        both = mine & np.isfinite(stops.loss_s) & np.isfinite(stops.pit_s) & (stops.pit_s < 180)
        if both.sum() >= MIN_STOPS:
            gap = (stops.loss_s - stops.pit_s)[both]
            extra[k] = (float(np.median(gap)), float(1.2 * np.std(np.clip(gap, -15, 25)) / np.sqrt(len(gap))))
        if lane is None:
            continue
        full = mine & (stops.share > FULL_SHARE) & (stops.pit_s < lane + lost_s)
        standing = stops.pit_s[full] - lane
        if len(standing) < MIN_STOPS:
            continue
        middle = float(np.median(standing))
        routine = standing < middle + ROUTINE_S
        clean = float(np.quantile(standing[routine], 0.15))
        excess = np.maximum(standing[routine] - clean, 0)
        n = len(standing)
        stationary[k] = (clean, float(standing[routine].std() / np.sqrt(routine.sum()) + 0.5))
        scatter[k] = (float(excess.mean()), float(excess.std() / np.sqrt(len(excess)) + 0.2))
        bad = int((~routine).sum())
        trouble[k] = ((bad + 0.5) / (n + 10), float(np.sqrt(bad + 1) / (n + 10)))
        if bad:
            trouble_s[k] = (float((standing[~routine] - middle).mean()), float(40 / np.sqrt(bad)))
        for car in np.unique(stops.car[full]):
            own = standing[routine & (stops.car[full] == car)]
            if len(own) >= 3:
                spread = max(float(own.std()), 2.0)
                by_car[(int(car), k)] = (
                    float(np.median(own)) - middle,
                    1.25 * spread / float(np.sqrt(len(own))),
                )
    long_stop = np.isfinite(stops.pit_s) & (stops.pit_s > (lane or 30.0) + lost_s)
    repairs = tuple(
        (int(stops.car[i]), float(stops.pit_s[i] - (lane or 30.0)), int(stops.car_class[i]))
        for i in np.flatnonzero(long_stop)
    )
    return StopFacts(lane, window, stationary, scatter, extra, trouble, trouble_s, repairs, by_car)


def _window(laps: AnnotatedLaps, k: int) -> Pair | None:
    """Green laps on a tank: the upper reach of the stints that ended with a stop under green.

    Neutralised laps burn half. Short races leave the reach of the tank untried, so their error is wide.
    """
    burn = np.where(laps.neutral, 0.5, 1.0)
    lengths = []
    for car in np.unique(laps.car[laps.car_class == k]):
        rows = np.flatnonzero(laps.car == car)
        for stint in np.unique(laps.stint[rows]):
            run = rows[laps.stint[rows] == stint]
            if laps.in_lap[run[-1]] and not laps.neutral[run[-1]] and len(run) > 3:
                lengths.append(float(burn[run].sum()))
    if len(lengths) < MIN_STOPS:
        return None
    reach = float(np.quantile(lengths, 0.85))
    near = sum(1 for x in lengths if x > 0.9 * reach)
    return reach, 0.03 + 0.15 / float(np.sqrt(near))


def _find(laps: AnnotatedLaps, window: dict[int, Pair]) -> _Stops:
    """All stops: an in-lap followed by the same car's out-lap."""
    same = laps.car[1:] == laps.car[:-1]
    row = np.flatnonzero(laps.in_lap[:-1] & same)
    after = row + 1
    burn = np.where(laps.neutral, 0.5, 1.0)
    total = np.cumsum(burn)
    first = row - laps.stint_lap[row] + 1
    burnt = total[row] - total[first] + burn[first]
    reach = np.array([window.get(int(k), (np.nan, 0.0))[0] for k in laps.car_class[row]])
    car_level = np.full(len(laps.cars), np.nan)
    for c in range(len(laps.cars)):
        mine = laps.lap_time_s[(laps.car == c) & laps.clean]
        if len(mine) >= 5:
            car_level[c] = np.median(mine)
    green = ~laps.neutral[row] & ~laps.neutral[after] & ~laps.wet[row]
    loss = laps.lap_time_s[row] + laps.lap_time_s[after] - 2 * car_level[laps.car[row]]
    with np.errstate(invalid="ignore"):
        share = burnt / reach
    return _Stops(
        row=row,
        car=laps.car[row],
        car_class=laps.car_class[row],
        pit_s=laps.pit_time_s[after],
        loss_s=np.where(green, loss, np.nan),
        share=share,
        green=green.astype(float),
    )
