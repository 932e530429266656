"""Pit stops of one race: fuel window, time standing still, scatter, mishaps, what the lane costs.

With no refuelling rate in the files, the time standing still is the time in the pit lane less the fastest run
through it (drive-through penalties give it within a second). Divided by the share of the tank burnt it is the time
for a whole tank: refuelling is what a routine stop waits for. A car's last stop is left out: its fill depends on the
distance left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from langstrecke.ratings.annotate import AnnotatedLaps, Bools, Floats, Ints
from langstrecke.ratings.tank import MIN_STINTS, Stints, tank_of
from langstrecke.timing.neutral import NEUTRAL_BURN

MIN_STOPS = 4
"""Stops of a class from which a figure is given."""

FULL_SHARE = 0.5
"""Share of the tank burnt from which a stop tells the refuelling time."""

LEAST_ERROR = 0.015
"""What a race's tank may be off beyond what its stints tell, relative (documented default: fuel maps, weather)."""

LONG_RACE_S = 5 * 3600.0
"""From this length on, stints are as long as the tank; in shorter races the distance decides."""

MIN_TIMED = 20
"""Stops with a time in the lane from which the fastest run through it is read off."""

STOOD_S = 240.0
"""A lap so much longer than the car's usual one, that ended in the lane with no time told for it, is that of a race
that stood still (default)."""

ROLLING_S = 3.0
"""A run through the lane within this of the fastest did not stand still (documented default)."""

ROUTINE_S = 25.0
"""A stop this much longer than the class's median has gone wrong."""

Pair = tuple[float, float]


@dataclass(frozen=True)
class StopFacts:
    """Keys are class indices; values are (estimate, standard error)."""

    lane_s: float | None
    window: dict[int, Pair]  # laps on a tank; relative standard error
    refuel: dict[int, Pair]  # a whole tank, crew at its quicker
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
    last: Bools  # the car's last stop: filled for the distance left, not to the brim


def stop_facts(laps: AnnotatedLaps, lost_s: float) -> StopFacts:
    """All stop figures of a race."""
    window = {k: w for k in range(len(laps.classes)) if (w := _window(laps, k)) is not None}
    stops = _find(laps, window)
    timed = stops.pit_s[np.isfinite(stops.pit_s)]
    lane = float(np.quantile(timed, 0.01)) if len(timed) >= MIN_TIMED else None
    refuel: dict[int, Pair] = {}
    scatter: dict[int, Pair] = {}
    extra: dict[int, Pair] = {}
    trouble: dict[int, Pair] = {}
    trouble_s: dict[int, Pair] = {}
    by_car: dict[tuple[int, int], Pair] = {}
    for k in range(len(laps.classes)):
        mine = stops.car_class == k
        both = mine & np.isfinite(stops.loss_s) & np.isfinite(stops.pit_s) & (stops.pit_s < 180)
        if both.sum() >= MIN_STOPS:
            gap = (stops.loss_s - stops.pit_s)[both]
            extra[k] = (float(np.median(gap)), float(1.2 * np.std(np.clip(gap, -15, 25)) / np.sqrt(len(gap))))
        if lane is None:
            continue
        full = mine & ~stops.last & (stops.share > FULL_SHARE) & (stops.pit_s < lane + lost_s)
        if full.sum() < MIN_STOPS:
            continue
        share = np.clip(stops.share[full], FULL_SHARE, 1.0)
        standing = stops.pit_s[full] - lane
        tank = standing / share
        middle = float(np.median(tank))
        routine = tank < middle + ROUTINE_S
        clean = float(np.quantile(tank[routine], 0.2))
        excess = np.maximum((tank[routine] - clean) * share[routine], 0)
        n = len(standing)
        spread = float(tank[routine].std())
        refuel[k] = (clean, 1.3 * spread / float(np.sqrt(routine.sum())) + 0.5)
        scatter[k] = (float(excess.mean()), float(excess.std() / np.sqrt(len(excess)) + 0.2))
        bad = int((~routine).sum())
        trouble[k] = ((bad + 0.5) / (n + 10), float(np.sqrt(bad + 1) / (n + 10)))
        if bad:
            trouble_s[k] = (float((tank[~routine] - middle).mean()), float(40 / np.sqrt(bad)))
        for car in np.unique(stops.car[full]):
            own = tank[routine & (stops.car[full] == car)]
            if len(own) >= 3:
                error = 1.25 * max(float(own.std()), 2.0) / float(np.sqrt(len(own)))
                by_car[(int(car), k)] = (float(np.median(own)) - middle, error)
    long_stop = np.isfinite(stops.pit_s) & (stops.pit_s > (lane or 30.0) + lost_s)
    repairs = tuple(
        (int(stops.car[i]), float(stops.pit_s[i] - (lane or 30.0)), int(stops.car_class[i]))
        for i in np.flatnonzero(long_stop)
    )
    return StopFacts(lane, window, refuel, scatter, extra, trouble, trouble_s, repairs, by_car)


def _window(laps: AnnotatedLaps, k: int) -> Pair | None:
    """Laps on a tank with a relative standard error.

    In a long race by `tank_of`; in a short one, where stops are placed by the distance and every stint is a bound,
    the longest stint, with a wide error.
    """
    stints = stints_of_class(laps, k)
    if stints is None:
        return None
    if laps.end_s.max() > LONG_RACE_S:
        tank, error = tank_of(stints)
        return tank, float(np.hypot(error, LEAST_ERROR))
    reach = float(stints.burnt.max())
    near = float(np.sum(stints.burnt > 0.93 * reach))
    return reach, 0.06 + 0.12 / float(np.sqrt(near))


def stints_of_class(laps: AnnotatedLaps, k: int) -> Stints | None:
    """The dry stints of a class, or None where fewer than MIN_STINTS ended with a stop."""
    rows = np.flatnonzero(laps.car_class == k)
    key = laps.car[rows] * 1000 + laps.stint[rows]
    green: list[float] = []
    neutral: list[float] = []
    censored: list[bool] = []
    stopped = 0
    for stint in np.unique(key):
        run = rows[key == stint]
        if len(run) <= 3 or laps.wet[run].any():
            continue
        slow = int(laps.neutral[run].sum())
        out = run[-1] + 1
        in_yellow = laps.neutral[run[-1]] or (
            out < laps.n and laps.car[out] == laps.car[run[-1]] and laps.neutral[out]
        )
        stops = bool(laps.in_lap[run[-1]])
        stopped += stops
        green.append(float(len(run) - slow))
        neutral.append(float(slow))
        censored.append(bool(not stops or in_yellow))
    if stopped < MIN_STINTS:
        return None
    return Stints(np.array(green), np.array(neutral), np.array(censored))


def drive_throughs(laps: AnnotatedLaps) -> Bools:
    """In-laps of runs through the pit lane that brought neither fuel nor repair: served penalties.

    No time to stand still, and the fuel burnt before and after it fits into one tank.
    """
    window = {k: w for k in range(len(laps.classes)) if (w := _window(laps, k)) is not None}
    stops = _find(laps, window)
    found = np.zeros(laps.n, dtype=bool)
    timed = stops.pit_s[np.isfinite(stops.pit_s)]
    if len(timed) < MIN_TIMED:
        return found
    same = np.r_[stops.car[1:] == stops.car[:-1], False] if len(stops.row) else np.zeros(0, dtype=bool)
    after = np.where(same, np.r_[stops.share[1:], np.nan], np.nan)
    brief = stops.pit_s < float(np.quantile(timed, 0.01)) + ROLLING_S
    found[stops.row[brief & (stops.share + after < 1.0)]] = True
    return found


def stood_under_red(laps: AnnotatedLaps) -> Bools:
    """In-laps of cars that stood in the lane under a red flag: timing knows no time in the lane, the lap took minutes
    longer than a lap. Nothing is done at the car, so that these are no stops.
    """
    found = np.zeros(laps.n, dtype=bool)
    timed = np.isfinite(laps.pit_time_s)
    if timed.sum() < MIN_TIMED:
        return found
    own = np.array([np.median(laps.lap_time_s[laps.car == c]) for c in range(len(laps.cars))])
    same = np.r_[laps.car[1:] == laps.car[:-1], False]
    long = laps.lap_time_s > own[laps.car] + STOOD_S
    found[:] = laps.in_lap & same & long & ~np.r_[timed[1:], False]
    return found


def _find(laps: AnnotatedLaps, window: dict[int, Pair]) -> _Stops:
    """All stops: an in-lap followed by the same car's out-lap."""
    same = laps.car[1:] == laps.car[:-1]
    row = np.flatnonzero(laps.in_lap[:-1] & same)
    after = row + 1
    burn = np.where(laps.neutral, NEUTRAL_BURN, 1.0)
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
        last=np.r_[laps.car[row][1:] != laps.car[row][:-1], True] if len(row) else np.zeros(0, dtype=bool),
    )
