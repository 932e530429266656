"""What one race says besides pace: stints, stops, reliability, incidents, neutralisations, passing, rain.

Each figure of a class comes with a standard error, so that `pooling` can weigh it against other races; counts come
with the hours they were counted in. Nothing here depends on the order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from langstrecke.ratings.annotate import AnnotatedLaps, Bools, Floats, Ints
from langstrecke.ratings.pace.session import SessionPace
from langstrecke.ratings.stops import StopFacts, stop_facts
from langstrecke.timing.neutral import NEUTRAL_BURN

LOST_S = 240.0
"""A stop or lap this much over routine is a repair, less is a mishap (documented default)."""

SLOW_SHARE = 0.06
"""A green lap this share over the driver's level is a mistake or a penalty (documented default, as `SLOW_LAP`)."""

GONE_LAPS = 3
"""A car that stops crossing the line this many of its laps before the end has retired."""

GRID_GAP_S = 0.55
"""Seconds from place to place as the grid takes the green flag; the simulation's figure."""

STRETCH_GAP_S = 900.0
SHOWER_S = 1100.0
"""A slow stretch of the race from this length on is taken for rain, a shorter one for a slow zone or an accident."""

BINS = 10
"""Bins of the share of the tank burnt in the table of stops under caution."""


@dataclass(frozen=True)
class Measured:
    """A figure and its standard error."""

    value: float
    se: float


@dataclass(frozen=True)
class Caution:
    """A neutralised period in race seconds. `opening`: it began within the opening lap."""

    start_s: float
    length_s: float
    opening: bool


@dataclass(frozen=True)
class ClassFacts:
    """One class in one race. Times are seconds; `measured` maps a figure's name to its estimate."""

    car_class: str
    cars: int
    car_hours: float
    retired: int
    repairs: tuple[float, ...]  # seconds each
    incidents: int
    incident_s: float  # mean cost
    measured: dict[str, Measured]
    caution_stops: tuple[tuple[int, int], ...]  # per bin of tank burnt: (cars that could stop, cars that did)
    car_stops: dict[str, Measured]  # car -> stationary time against the class
    car_names: tuple[str, ...]
    car_retired: tuple[str, ...]
    car_repairs: tuple[str, ...]  # car of each repair


@dataclass(frozen=True)
class RaceFacts:
    """One race."""

    length_s: float
    green_h: float
    cautions: tuple[Caution, ...]
    lap_ratio: Measured | None
    overtaking: Measured | None  # log seconds
    wet_share: float
    showers: tuple[float, ...]  # seconds each
    slow_zones: tuple[float, ...]  # shorter slow stretches: slow zones where the rules know them
    wet_ratio: Measured | None
    classes: tuple[ClassFacts, ...]
    lane_s: float | None  # fastest run through the pit lane


def race_facts(laps: AnnotatedLaps, pace: tuple[SessionPace, ...]) -> RaceFacts:
    """All facts of a race from its annotated laps and its pace fits."""
    by_class = {p.car_class: p for p in pace}
    length = float(laps.end_s.max())
    cautions = _cautions(laps)
    neutral_s = sum(c.length_s for c in cautions)
    stops = stop_facts(laps, LOST_S)
    stretches = _stretches(laps)
    classes = []
    for k, name in enumerate(laps.classes):
        fit = by_class.get(name)
        if fit is not None:
            classes.append(_class_facts(laps, k, fit, stops, cautions))
    return RaceFacts(
        length_s=length,
        green_h=max(length - neutral_s, 0.0) / 3600,
        cautions=cautions,
        lap_ratio=_lap_ratio(laps, pace),
        overtaking=_overtaking(laps, by_class),
        wet_share=float(laps.wet.mean()),
        showers=tuple(length for _, length in stretches if length >= SHOWER_S),
        slow_zones=tuple(length for _, length in stretches if 120 < length < SHOWER_S),
        wet_ratio=_wet_ratio(laps, by_class),
        classes=tuple(classes),
        lane_s=stops.lane_s,
    )


def _cautions(laps: AnnotatedLaps) -> tuple[Caution, ...]:
    """Neutralised periods from the flags at the line, in order of crossing."""
    order = np.lexsort((laps.car, laps.end_s))
    at_line = laps.flagged[order]
    times = laps.end_s[order]
    edges = np.diff(np.r_[0, at_line.astype(int), 0])
    starts: Ints = np.flatnonzero(edges == 1)
    ends: Ints = np.flatnonzero(edges == -1)
    first_lap = 1.2 * float(np.median(laps.end_s[laps.lap == laps.lap.min()])) if laps.n else 0.0
    found: list[Caution] = []
    for a, b in zip(starts, ends, strict=True):
        start, end = float(times[a]), float(times[min(b, len(times) - 1)])
        if found and start - (found[-1].start_s + found[-1].length_s) < 60:
            last = found.pop()
            found.append(Caution(last.start_s, end - last.start_s, last.opening))
        elif end - start > 30:
            found.append(Caution(start, end - start, start <= first_lap))
    return tuple(found)


def _class_facts(
    laps: AnnotatedLaps, k: int, fit: SessionPace, stops: StopFacts, cautions: tuple[Caution, ...]
) -> ClassFacts:
    mine = laps.car_class == k
    cars = np.unique(laps.car[mine])
    lap_s = float(np.exp(np.mean([c.level for c in fit.cells])))
    race_end = float(laps.end_s.max())
    last = np.array([laps.end_s[laps.car == c].max() for c in cars])
    gone = last < race_end - GONE_LAPS * lap_s - 60
    level = level_of(laps, fit)
    free = mine & ~laps.in_lap & ~laps.out_lap & ~laps.neutral & ~laps.wet & (laps.lap > 1) & np.isfinite(level)
    loss = laps.lap_time_s - level
    slow = free & (loss > SLOW_SHARE * level) & (loss < LOST_S)
    stuck = mine & ~laps.neutral & ~laps.out_lap & ~laps.in_lap & (loss > LOST_S)
    repairs = [(laps.cars[laps.car[i]], float(loss[i])) for i in np.flatnonzero(stuck)]
    repairs += [(laps.cars[c], s) for c, s, kk in stops.repairs if kk == k]
    names = {laps.cars[c] for c in cars[gone]}
    return ClassFacts(
        car_class=laps.classes[k],
        cars=len(cars),
        car_hours=float(last.sum()) / 3600,
        retired=int(gone.sum()),
        repairs=tuple(s for _, s in repairs),
        incidents=int(slow.sum()),
        incident_s=float(loss[slow].mean()) if slow.any() else 0.0,
        measured=_measured(laps, k, fit, lap_s, stops, level),
        caution_stops=_caution_stops(laps, k, stops.window.get(k), cautions),
        car_stops={laps.cars[c]: Measured(v, s) for (c, kk), (v, s) in stops.by_car.items() if kk == k},
        car_names=tuple(laps.cars[c] for c in cars),
        car_retired=tuple(sorted(names)),
        car_repairs=tuple(sorted(c for c, _ in repairs)),
    )


def level_of(laps: AnnotatedLaps, fit: SessionPace) -> Floats:
    """Each lap's expected clean lap time from its driver's level; nan where unknown."""
    table = np.full((len(laps.cars), len(laps.drivers)), np.nan)
    where = {c: i for i, c in enumerate(laps.cars)}
    who = {d: i for i, d in enumerate(laps.drivers)}
    for cell in fit.cells:
        table[where[cell.car], who[cell.driver]] = cell.level
    level = np.exp(table[laps.car, laps.driver] + fit.tau)
    level[laps.car_class != laps.classes.index(fit.car_class)] = np.nan
    return np.asarray(level)


def _measured(
    laps: AnnotatedLaps, k: int, fit: SessionPace, lap_s: float, stops: StopFacts, level: Floats
) -> dict[str, Measured]:
    """The figures of a class: noise and effects in log lap time, the rest in seconds."""
    n = max(fit.laps, 1)
    found = {
        "log_sigma": Measured(float(np.log(fit.sigma)), 2 / np.sqrt(n)),
        "log_tau": Measured(float(np.log(fit.tau)), 2 / np.sqrt(n)),
        "log_stint_sd": Measured(float(np.log(fit.stint_sd)), 0.3),
        "slope": Measured(fit.effects[0], fit.effect_sds[0]),
        "passes": Measured(fit.effects[1], fit.effect_sds[1]),
        "passed": Measured(fit.effects[2], fit.effect_sds[2]),
    }
    relative = laps.lap_time_s / level - 1
    mine = (laps.car_class == k) & np.isfinite(relative) & ~laps.in_lap & ~laps.neutral & ~laps.wet
    first = laps.lap == laps.lap.min()
    rank = np.zeros(laps.n)
    rank[first] = np.argsort(np.argsort(laps.end_s[first], kind="stable"), kind="stable")
    opening = mine & first & (relative < 0.3)
    if opening.sum() >= 3:
        values = relative[opening] - GRID_GAP_S * rank[opening] / level[opening]
        found["first_lap"] = Measured(float(np.quantile(values, 0.3)), 0.01)
    second = mine & (laps.stint_lap == 2) & (laps.stint > 0) & ~laps.out_lap & (np.abs(relative) < 0.06)
    if second.sum() >= 5:
        values = relative[second] - fit.effects[0] * (2 - min(fit.mean_stint_lap, 60))
        found["cold"] = Measured(float(np.median(values)), float(1.4 * values.std() / np.sqrt(len(values))))
    if k in stops.window:
        window, se = stops.window[k]
        found["log_window_s"] = Measured(float(np.log(window * lap_s)), se)
    if k in stops.refuel:
        found["refuel"] = Measured(*stops.refuel[k])
    if k in stops.scatter:
        found["scatter"] = Measured(*stops.scatter[k])
    if k in stops.extra:
        found["lane_extra"] = Measured(*stops.extra[k])
    if k in stops.trouble:
        found["trouble"] = Measured(*stops.trouble[k])
    if k in stops.trouble_s:
        found["trouble_s"] = Measured(*stops.trouble_s[k])
    return found


def _caution_stops(
    laps: AnnotatedLaps, k: int, window: tuple[float, float] | None, cautions: tuple[Caution, ...]
) -> tuple[tuple[int, int], ...]:
    """Of the cars on track when a caution began: how much of the tank was burnt, and who stopped during it."""
    table = np.zeros((BINS, 2), dtype=np.int64)
    if window is None:
        return tuple((0, 0) for _ in range(BINS))
    burn = np.where(laps.neutral, NEUTRAL_BURN, 1.0)
    for car in np.unique(laps.car[laps.car_class == k]):
        rows = np.flatnonzero(laps.car == car)
        for c in cautions:
            if c.length_s < 360 or c.opening:
                continue
            now = rows[(laps.start_s[rows] <= c.start_s) & (laps.end_s[rows] > c.start_s)]
            if len(now) != 1 or laps.out_lap[now[0]]:
                continue
            i = now[0]
            stint = rows[(laps.stint[rows] == laps.stint[i]) & (rows < i)]
            share = float(burn[stint].sum() + 0.5) / window[0]
            until = c.start_s + c.length_s
            ending = rows[(laps.end_s[rows] > c.start_s) & (laps.end_s[rows] <= until)]
            if len(ending) == 0:
                continue
            b = min(int(share * BINS), BINS - 1)
            table[b, 0] += 1
            table[b, 1] += bool(laps.in_lap[ending].any())
    return tuple((int(a), int(b)) for a, b in table)


def _lap_ratio(laps: AnnotatedLaps, pace: tuple[SessionPace, ...]) -> Measured | None:
    """Lap time in the middle of a caution over a green lap of the fastest class."""
    if not pace:
        return None
    fastest = min(float(np.exp(np.median([c.level for c in p.cells]))) for p in pace)
    flagged_before = np.r_[False, laps.flagged[:-1]] & np.r_[False, laps.car[1:] == laps.car[:-1]]
    full = laps.flagged & flagged_before & ~laps.in_lap & ~laps.out_lap & (laps.lap > 2)
    ratio = laps.lap_time_s[full] / fastest
    ratio = ratio[(ratio > 1.1) & (ratio < 4)]
    if len(ratio) < 10:
        return None
    return Measured(float(np.median(ratio)), 0.05)


def _overtaking(laps: AnnotatedLaps, by_class: dict[str, SessionPace]) -> Measured | None:
    """Seconds in the simulation's law of passing, P = 1 - exp(-lead / s), that reproduce the passes made.

    Pairs: a car that begins a clean lap less than 1.5 s behind one of its class. `lead` is by how much it would
    cross the line ahead if nothing held it up, with both cars' noise drawn from the class.
    """
    steps = (np.arange(15) + 0.5) / 15  # mid-quantiles of the noise difference, no random numbers
    leads: list[Floats] = []
    done = 0
    for name, fit in by_class.items():
        k = laps.classes.index(name)
        level = level_of(laps, fit)
        base = float(np.exp(np.median([c.level for c in fit.cells])))
        behind, ahead = _pairs(laps, k, level)
        if len(behind) == 0:
            continue
        gap = laps.start_s[behind] - laps.start_s[ahead]
        mean = level[ahead] - level[behind] - gap
        spread = np.sqrt(2 * (fit.sigma**2 + fit.tau**2)) * base
        leads.append((mean[:, None] + spread * ndtri(steps)[None, :]).ravel())
        done += int(np.sum(laps.end_s[behind] < laps.end_s[ahead]))
    if not leads or done < 3:
        return None
    lead = np.maximum(np.concatenate(leads), 0)
    trials = len(lead) / len(steps)
    lo, hi = np.log(0.02), np.log(30.0)
    for _ in range(40):
        mid = 0.5 * (lo + hi)
        expected = float(np.mean(-np.expm1(-lead / np.exp(mid)))) * trials
        lo, hi = (mid, hi) if expected > done else (lo, mid)
    return Measured(0.5 * (lo + hi), float(1 / np.sqrt(done) + 0.1))


def _pairs(laps: AnnotatedLaps, k: int, level: Floats) -> tuple[Ints, Ints]:
    """Rows (behind, ahead) of clean laps of one class begun nose to tail."""
    usable: Bools = (laps.car_class == k) & ~laps.neutral & ~laps.wet & ~laps.in_lap & ~laps.out_lap
    usable &= np.isfinite(level) & (laps.lap > 2) & (laps.lap_time_s < 1.06 * np.nan_to_num(level, nan=np.inf))
    rows = np.flatnonzero(usable)
    order = rows[np.lexsort((laps.car[rows], laps.start_s[rows]))]
    gap = np.diff(laps.start_s[order])
    close = (gap < 1.5) & (laps.car[order[1:]] != laps.car[order[:-1]])
    return order[1:][close], order[:-1][close]


def _stretches(laps: AnnotatedLaps) -> tuple[tuple[float, float], ...]:
    """(begin, length) of the stretches in which the field ran slow without a caution, in order of time."""
    order = np.argsort(laps.end_s, kind="stable")
    times = laps.end_s[order][laps.wet[order] & ~laps.neutral[order]]
    if len(times) == 0:
        return ()
    cuts = np.flatnonzero(np.diff(times) > STRETCH_GAP_S)
    begins = np.r_[times[0], times[cuts + 1]]
    ends = np.r_[times[cuts], times[-1]]
    return tuple((float(a), float(b - a)) for a, b in zip(begins, ends, strict=True))


def _wet_ratio(laps: AnnotatedLaps, by_class: dict[str, SessionPace]) -> Measured | None:
    """Green laps in the wet over the dry level."""
    ratios: list[Floats] = []
    for fit in by_class.values():
        level = level_of(laps, fit)
        wet = laps.wet & ~laps.neutral & ~laps.in_lap & ~laps.out_lap & np.isfinite(level)
        ratio = laps.lap_time_s[wet] / level[wet]
        ratios.append(ratio[(ratio > 1.0) & (ratio < 1.6)])
    every = np.concatenate(ratios) if ratios else np.zeros(0)
    if len(every) < 40:
        return None
    return Measured(float(np.median(every)), 0.03)
