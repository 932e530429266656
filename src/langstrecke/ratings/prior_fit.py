"""Moments of race figures over whole seasons: what `scripts/fit/priors.py` writes into data/priors.

Between-race variances are what is left of the variance of the estimates after their own errors (method of moments).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np

from langstrecke.paddock.climate import rain_share
from langstrecke.ratings.pace.speed import fit_speeds
from langstrecke.ratings.race_facts import BINS, Measured, RaceFacts
from langstrecke.ratings.regions import TWO_KINDS, regime, region
from langstrecke.ratings.sessions import SessionSummary
from langstrecke.ratings.stops import LONG_RACE_S
from langstrecke.timing.car_classes import GROUPS, group_of

SHORT_NEUTRAL_S = 420.0
"""In series that know both, a neutralisation shorter than this counts as a full-course yellow without safety car."""

USUAL_RAIN = 0.04
"""Share of the time with rain where no circuit of the races is known (documented default: the mean of those here)."""


def fit_race_priors(summaries: tuple[SessionSummary, ...]) -> dict[str, Any]:
    """Tables `figures`, `rates`, `series` and `lanes` from the races among the summaries."""
    races = [(s.info, s.laps.facts) for s in summaries if s.laps.facts is not None]
    return {
        "figures": _figures(races),
        "rates": _rates(races),
        "series": _all_series(races),
        "lanes": _lanes(races),
        "windows": _windows(races),
        "tanks": _tanks(races),
        "speeds": fit_speeds(summaries),
    }


def _figure(values: list[Measured], least_sd: float, mean_races: float = 8.0) -> dict[str, float]:
    """Mean, its uncertainty for another season, and the between-race spread."""
    v = np.array([m.value for m in values])
    e = np.array([m.se for m in values])
    weight = 1 / (np.square(e) + least_sd**2 + np.var(v) * 0.5)
    mean = float(np.sum(weight * v) / np.sum(weight))
    sd = float(np.sqrt(max(np.average((v - mean) ** 2 - e**2, weights=weight), least_sd**2)))
    return {"mean": mean, "mean_sd": float(sd / np.sqrt(min(len(v), mean_races))), "sd": sd}


def kinds(races: list[Any]) -> list[str]:
    """Names of the tables: "imsa.gt-am", and "all.gt-am" over every series."""
    regions = sorted({region(info.series) for info, _ in races})
    return [f"{r}.{g}" for r in [*regions, "all"] for g in GROUPS]


def _of_kind(races: list[Any], kind: str) -> list[Any]:
    """Class facts that belong to a table."""
    where, _, group = kind.partition(".")
    return [
        c
        for info, facts in races
        if where in ("all", region(info.series))
        for c in facts.classes
        if group_of(c.car_class) == group
    ]


def _figures(races: list[Any]) -> dict[str, dict[str, dict[str, float]]]:
    every: dict[str, list[Measured]] = defaultdict(list)
    for _, facts in races:
        for c in facts.classes:
            for name, measured in c.measured.items():
                every[name].append(measured)
    tables: dict[str, dict[str, dict[str, float]]] = {}
    long = [(info, f) for info, f in races if f.length_s > LONG_RACE_S]
    for kind in kinds(races):
        mine = _of_kind(races, kind)
        if not mine and not kind.startswith("all."):
            continue
        tables[kind] = {}
        for name in sorted(every):
            from_races = _of_kind(long, kind) if name == "log_window_s" else mine
            values = [c.measured[name] for c in from_races if name in c.measured]
            if len(values) < 3:  # too few of this kind: all together
                values = every[name]
            least = 0.02 * abs(float(np.median([m.value for m in values]))) + 1e-5
            tables[kind][name] = _figure(values, least)
    return tables


def _rates(races: list[Any]) -> dict[str, dict[str, dict[str, float]]]:
    tables = {}
    # in a sprint nearly every caution brings all to the finish: only long races tell at what share cars stop
    long = [(info, f) for info, f in races if f.length_s > LONG_RACE_S]
    for kind in kinds(races):
        mine = _of_kind(races, kind)
        if not mine and not kind.startswith("all."):
            continue
        hours = sum(c.car_hours for c in mine) + 50
        repairs = [s for c in mine for s in c.repairs] or [900.0]
        incidents = sum(c.incidents for c in mine)
        cost = sum(c.incident_s * c.incidents for c in mine) / max(incidents, 1)
        retired = sum(c.retired for c in mine)
        tables[kind] = {
            "retire": {"per_h": (retired + 0.5) / hours, "events": 12.0},
            "repair": {"per_h": (len(repairs) + 0.5) / hours, "events": 12.0},
            "incident": {"per_h": (incidents + 0.5) / hours, "events": 15.0},
            "repair_s": {"per_h": float(np.median(repairs)), "events": float(np.std(np.log(repairs)))},
            "incident_s": {"per_h": float(cost or 15.0), "events": 0.0},
            "caution_share": {"per_h": _caution_share(_of_kind(long, kind)), "events": 0.0},
        }
    return tables


def _caution_share(mine: list[Any]) -> float:
    """Share of the tank from which cars stop: the cut that gets the fewest of them wrong, drawn a little to 0.4."""
    table = np.array([c.caution_stops for c in mine], dtype=float).reshape(-1, BINS, 2).sum(axis=0)
    could, did = table[:, 0], table[:, 1]
    cut = np.arange(BINS + 1)
    wrong = np.array([did[:b].sum() + (could - did)[b:].sum() for b in cut])
    return float(np.argmin(wrong + (0.01 * could.sum() + 3) * (cut / BINS - 0.4) ** 2 * 4)) / BINS


def _all_series(races: list[Any]) -> dict[str, Any]:
    names = sorted({regime(info.series, info.season) for info, _ in races})
    tables = {
        name: _one_series([r for r in races if regime(r[0].series, r[0].season) == name], races, name)
        for name in names
    }
    tables["other"] = _one_series(races, races, "other")
    return tables


def split_cautions(facts: RaceFacts, series: str) -> tuple[list[float], list[float]]:
    """Lengths of safety-car periods and of full-course yellows of one race."""
    lengths = [c.length_s for c in facts.cautions]
    if series not in TWO_KINDS:
        return lengths, []
    return [x for x in lengths if x >= SHORT_NEUTRAL_S], [x for x in lengths if x < SHORT_NEUTRAL_S]


def _one_series(mine: list[Any], races: list[Any], name: str) -> dict[str, Any]:
    hours = sum(f.green_h for _, f in mine)
    long: list[float] = []
    short: list[float] = []
    for info, f in mine:
        a, b = split_cautions(f, info.series)
        long += a
        short += b
    logs = np.log([x for x in long if x > 120] or [900.0])
    in_sprints, in_long = (
        [
            x
            for i, f in mine
            if (f.length_s <= LONG_RACE_S) == short
            for x in split_cautions(f, i.series)[0]
            if x > 120
        ]
        for short in (True, False)
    )
    opening = sum(any(c.opening for c in f.cautions[:1]) for _, f in mine)
    ratios = [f.lap_ratio for _, f in mine if f.lap_ratio is not None]
    ratios = ratios or [f.lap_ratio for _, f in races if f.lap_ratio is not None]
    passing = [f.overtaking for _, f in mine if f.overtaking is not None]
    passing = passing or [f.overtaking for _, f in races if f.overtaking is not None]
    wet = [f.wet_ratio for _, f in races if f.wet_ratio is not None] or [Measured(1.12, 0.03)]
    race_h = sum(f.length_s for _, f in mine) / 3600
    showers = sum(len(f.showers) for _, f in mine)
    zones = [x for info, f in mine if info.series in TWO_KINDS for x in f.slow_zones]
    return {
        "cautions": {"per_h": (len(long) - opening + 0.5) / (hours + 1), "events": _worth(len(long) - opening, 12.0)},
        "opening": (opening + 0.3) / (len(mine) + 2),
        "log_length": _lengths(in_long, logs),
        "log_length_sprint": _lengths(in_sprints, logs),
        "length_log_sd": float(max(logs.std(), 0.25)),
        "fcy": {"per_h": len(short) / (hours + 1) if name != "other" else 0.0, "events": _worth(len(short), 6.0)},
        "fcy_length_s": float(np.median(short)) if short else 300.0,
        "lap_ratio": _figure(ratios, 0.05),
        "overtaking": _figure(passing, 0.15),
        "showers": {"per_h": (showers + 0.5) / (race_h + 10), "events": 5.0},
        "rain_share": _rain_share(mine),
        "wet_ratio": _figure(wet, 0.02),
        "zones": {"per_h": len(zones) / (hours + 1) if name != "other" else 0.0, "events": _worth(len(zones), 6.0)},
        "zone_s": float(np.median(zones)) if zones else 900.0,
    }


def _worth(events: int, most: float) -> float:
    """How many events a rate is worth: no more than it was learned from, and no more than carry over (`most`)."""
    return min(events + 0.5, most)


def _lengths(seconds: list[float], every: Any) -> dict[str, float]:
    """Mean log length of the neutralisations of races of one kind; of all where there are fewer than five."""
    mean = np.log(seconds).mean() if len(seconds) >= 5 else every.mean()
    return {"mean": float(mean), "mean_sd": 0.1, "sd": 0.15}


def _rain_share(races: list[Any]) -> float:
    """Share of the time with rain where and when these races were run, by climate; the longer races count more."""
    known = [
        (share, f.length_s) for info, f in races if (share := rain_share(info.circuit, info.start.month)) is not None
    ]
    return sum(s * length for s, length in known) / sum(length for _, length in known) if known else USUAL_RAIN


def _lanes(races: list[Any]) -> dict[str, float]:
    found: dict[str, list[float]] = defaultdict(list)
    for info, f in races:
        if f.lane_s is not None:
            found[info.circuit].append(f.lane_s)
    return {circuit: float(np.min(values)) for circuit, values in sorted(found.items())}


MIN_TANKS = 3
"""Long races of a class from which its tank is told by name."""


def _tanks(races: list[Any]) -> dict[str, dict[str, float]]:
    """Class in a region ("imsa.GTP") -> log seconds on a tank, the circuit's thirst taken off.

    Kinds of cars hold too much for this: a DPi of 2021 ran 40 minutes on a tank, a GTP of 2023 runs 53.
    """
    thirst = _windows(races)
    found: dict[str, list[Measured]] = defaultdict(list)
    for info, f in races:
        if f.length_s <= LONG_RACE_S or f.wet_share > 0.1:
            continue
        for c in f.classes:
            if (m := c.measured.get("log_window_s")) is not None:
                name = f"{region(info.series)}.{c.car_class}"
                found[name].append(Measured(m.value - thirst.get(info.circuit, 0.0), m.se))
    return {name: _figure(values, 0.02) for name, values in sorted(found.items()) if len(values) >= MIN_TANKS}


def _windows(races: list[Any]) -> dict[str, float]:
    """Circuit -> log time on a tank against the mean of the same kinds of cars in long races.

    In short races stints bound the tank from below only, so their upper quartile is taken; shrunk by two classes'
    worth.
    """
    means: dict[Any, list[float]] = defaultdict(list)
    gaps: dict[str, list[float]] = defaultdict(list)
    long: dict[str, bool] = {}

    def kind(info: Any, c: Any) -> Any:
        return region(info.series), c.car_class

    for info, f in races:
        for c in f.classes:
            if "log_window_s" in c.measured and f.length_s > LONG_RACE_S and f.wet_share < 0.1:
                means[kind(info, c)].append(c.measured["log_window_s"].value)
    for info, f in races:
        for c in f.classes:
            if "log_window_s" in c.measured and kind(info, c) in means and f.wet_share < 0.1:
                typical = float(np.median(means[kind(info, c)]))
                gaps[info.circuit].append(c.measured["log_window_s"].value - typical)
                long[info.circuit] = long.get(info.circuit, False) or f.length_s > LONG_RACE_S
    table = {}
    for circuit, values in sorted(gaps.items()):
        middle = float(np.quantile(values, 0.5 if long[circuit] else 0.75))
        table[circuit] = float(np.clip(middle, -0.2, 0.2)) * len(values) / (len(values) + 2.0)
    return table
