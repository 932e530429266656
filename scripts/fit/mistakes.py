"""How often do drivers lose time on the road, by licence and on the opening lap, and how common are drive-throughs?

Usage: python -m scripts.fit.mistakes STORE

A mistake is a green lap well over the driver's level that led to no repair (`ratings.race_facts` counts it so). Rates
by licence are compared inside one class of one race, so that neither circuits nor classes nor officials get in the
way: each class of a race has its own rate, and a licence a factor on it, by maximum likelihood (Poisson). A
drive-through is a run through the pit lane without time to stand still, with fuel for the stints before and after it
in one tank. Fitted to `CHOSEN`; the other seasons are held against it. Prints what `simulation.compile.MISTAKES`,
`simulation.race.OPENING_LAP` and `ClassFigures.penalty_per_h` hold.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from langstrecke.errors import LangstreckeError
from langstrecke.racecard.build import registered_licence
from langstrecke.ratings.annotate import AnnotatedLaps, annotate
from langstrecke.ratings.archive import race_metas
from langstrecke.ratings.pace.session import fit_session
from langstrecke.ratings.race_facts import LOST_S, SLOW_SHARE, level_of
from langstrecke.ratings.stops import drive_throughs
from langstrecke.store import open_store

CHOSEN = (2015, 2016, 2018, 2021, 2022)
LICENCES = ("platinum", "gold", "silver", "bronze")


@dataclass
class Count:
    """Laps of one licence in one class of one race: hours on clean road, mistakes."""

    hours: float = 0.0
    mistakes: int = 0


@dataclass(frozen=True)
class Field:
    """One class of one race."""

    race: str
    season: int
    by_licence: dict[str, Count]
    opening: tuple[int, int]  # cars, and how many of them lost time on the opening lap
    later: tuple[int, int]  # the same of later laps
    penalties: int
    hours: float


def fields(laps: AnnotatedLaps, race: str, season: int, known: list[str]) -> list[Field]:
    """Every class of the race whose pace could be fitted."""
    found = []
    through = drive_throughs(laps)
    licence = np.array(known)[laps.driver]
    for k, name in enumerate(laps.classes):
        fit = fit_session(laps, name)
        if fit is None:
            continue
        level = level_of(laps, fit)
        mine = laps.car_class == k
        road = mine & ~laps.in_lap & ~laps.out_lap & ~laps.neutral & ~laps.wet & np.isfinite(level)
        loss = laps.lap_time_s - level
        first = mine & (laps.lap == 1) & ~laps.in_lap & np.isfinite(level)
        usual = float(np.median(loss[first])) if first.any() else 0.0
        slow = road & (loss > SLOW_SHARE * level) & (loss < LOST_S)
        opening = first & (loss - usual > SLOW_SHARE * level) & (loss - usual < LOST_S)
        counts = {}
        for kind in LICENCES:
            here = road & (laps.lap > 1) & (licence == kind)
            if here.any():
                counts[kind] = Count(float(laps.lap_time_s[here].sum()) / 3600.0, int((here & slow).sum()))
        rest = road & (laps.lap > 1)
        neutral_start = bool(laps.neutral[first].any())
        found.append(
            Field(
                race,
                season,
                counts,
                (0, 0) if neutral_start else (int(first.sum()), int(opening.sum())),
                (int(rest.sum()), int((rest & slow).sum())),
                int((through & mine).sum()),
                float(laps.lap_time_s[mine].sum()) / 3600.0,
            )
        )
    return found


def factors(races: list[Field]) -> dict[str, tuple[float, float]]:
    """Licence -> (factor on the class's rate, relative standard error); the mean over hours is 1."""
    factor = dict.fromkeys(LICENCES, 1.0)
    expected: dict[str, float] = {}
    seen: dict[str, int] = {}
    for _ in range(200):
        expected, seen = defaultdict(float), defaultdict(int)
        for f in races:
            weight = sum(factor[kind] * c.hours for kind, c in f.by_licence.items())
            mistakes = sum(c.mistakes for c in f.by_licence.values())
            for kind, c in f.by_licence.items():
                expected[kind] += mistakes * c.hours / weight if weight > 0.0 else 0.0
                seen[kind] += c.mistakes
        factor = {kind: seen[kind] / expected[kind] if expected[kind] else 1.0 for kind in LICENCES}
        hours = {kind: sum(f.by_licence[kind].hours for f in races if kind in f.by_licence) for kind in LICENCES}
        mean = sum(factor[kind] * hours[kind] for kind in LICENCES) / sum(hours.values())
        factor = {kind: value / mean for kind, value in factor.items()}
    return {kind: (factor[kind], 1.0 / max(seen[kind], 1) ** 0.5) for kind in LICENCES}


def main() -> None:
    """Fit the chosen seasons, then the others."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("store", type=Path)
    found: list[Field] = []
    with open_store(parser.parse_args().store, read_only=True) as store:
        for race, meta in race_metas(store).items():
            try:
                table = store.laps(race)
            except LangstreckeError:  # results only
                continue
            if not table.is_empty():
                laps = annotate(table)
                known = [registered_licence(driver, meta.season) or "none" for driver in laps.drivers]
                found += fields(laps, race, meta.season, known)
    for title, group in (
        ("chosen", [f for f in found if f.season in CHOSEN]),
        ("held against", [f for f in found if f.season not in CHOSEN]),
    ):
        print(f"{title}: {len({f.race for f in group})} races, {len(group)} classes")
        for kind, (value, error) in factors(group).items():
            print(f"  {kind:9} x {value:.2f} +- {value * error:.2f}")
        opening = np.sum([f.opening for f in group], axis=0)
        later = np.sum([f.later for f in group], axis=0)
        first, rest = opening[1] / opening[0], later[1] / later[0]
        print(f"  opening lap {first:.4f} of cars ({opening[1]}), later laps {rest:.4f}: x {first / rest:.1f}")
        penalties, hours = sum(f.penalties for f in group), sum(f.hours for f in group)
        print(f"  drive-throughs {penalties} in {hours:.0f} car-hours: {penalties / hours:.4f} per hour")


if __name__ == "__main__":
    main()
