"""Crews that the files of a race name in part only, filled up by who shares the car in the season's nearest race.

Where no list of entries is held, a crew is who was timed: of a car that stopped early its first driver. Alone he
would drive the whole race against every rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from langstrecke.ratings.archive import RaceMeta
from langstrecke.ratings.sessions import CarFact
from langstrecke.rulebooks import load_rulebook
from langstrecke.rulebooks.limits import crew_limits
from langstrecke.store import Store
from langstrecke.timing.people import person


def least_crew(rulebook: str, car_class: str, duration_s: float) -> int:
    """How many drivers the rules ask for at least; 1 where the book does not know the class."""
    try:
        return crew_limits(load_rulebook(rulebook), car_class, duration_s).min_drivers
    except KeyError:
        return 1


def whole_crews(
    store: Store, race: RaceMeta, rulebook: str, entries: Sequence[CarFact], licences: Mapping[str, str]
) -> tuple[CarFact, ...]:
    """The entries, crews below the rules' least number filled up.

    The other race is of the same series and season, the car has the same number and class there, those who are known
    sit in it, and none of the others sits elsewhere now. Later races count too: who is entered is public before a
    start.
    """
    seated = {person(d) for e in entries for d in e.drivers}
    short = {e.car: e for e in entries if len(e.drivers) < least_crew(rulebook, e.car_class, race.duration_s)}
    if not short:
        return tuple(entries)
    others = store.races(race.series, race.season).filter(
        (pl.col("race_id") != race.race_id) & pl.col("date").is_not_null()
    )
    near = sorted(others.iter_rows(named=True), key=lambda r: abs((r["date"] - race.date).days))
    for other in near:
        for row in store.entries(other["race_id"]).iter_rows(named=True):
            entry = short.get(row["car"])
            if entry is None or row["car_class"] != entry.car_class:
                continue
            crew = {person(d): d for d in row["drivers"] or ()}
            known = {person(d) for d in entry.drivers}
            least = least_crew(rulebook, entry.car_class, race.duration_s)
            missing = set(crew) - known
            if known <= set(crew) and len(crew) >= least and not missing & seated:
                more = tuple(d for key, d in crew.items() if key in missing)
                seated |= missing
                told = (*entry.licences, *(licences.get(person(d)) for d in more))
                whole = replace(entry, drivers=(*entry.drivers, *more), licences=told)
                entries = [whole if e.car == entry.car else e for e in entries]
                del short[entry.car]
    return tuple(entries)


def crews_told(named: Sequence[CarFact], whole: Sequence[CarFact]) -> tuple[str, ...]:
    """Which crews were filled up, and by whom: `named` as the files have them."""
    known = {e.car: e.drivers for e in named}
    filled = [(e.car, e.drivers[len(known[e.car]) :]) for e in whole if len(e.drivers) > len(known[e.car])]
    return tuple(
        f"the files name part of the crew of car {car}: {', '.join(more)} taken from another race of the season"
        for car, more in filled
    )
