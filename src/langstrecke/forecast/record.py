"""What crews have won so far: the one figure beside the played race that says more of who wins.

    records(card)[i]    # of car i of the card

A driver's record is how often his car won its class beyond what a draw of lots would have given it, over the races
known of him, shrunk to nought; a car has that of its best driver. The races are those of the registry that were run
before the card's: IMSA, WEC and Le Mans, classes of four and more cars, since `SINCE`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from langstrecke.paddock.registry import load_registry
from langstrecke.racecard.schema import RaceCard
from langstrecke.timing.people import person

Floats = NDArray[np.float64]

SERIES = frozenset({"imsa", "wec", "le-mans"})
"""Other series in the registry (GT3 sprints, single-seaters) made the odds worse (docs/validation_notes.md)."""
SINCE = 2015
LEAST_CARS = 4
SHRINK = 6.0
"""Races' worth of a record like everybody's (of 3, 6 and 12 none did better, docs/validation_notes.md)."""
LATEST = 40
"""So many races of a driver count, the last ones."""
APART = dt.timedelta(days=1)
"""Nothing that was run within a day of the card's date counts: calendars name the first or the last day."""


class Start(NamedTuple):
    """A driver's start: the day, the race, and class wins beyond the 1 in n of a draw."""

    day: dt.date
    race: str
    beyond: float


def records(card: RaceCard) -> Floats:
    """The record of every car of the card, in card order; 0 where nothing is known of the crew."""
    starts = _starts()
    before = card.race.date - APART

    def of(name: str) -> float:
        known = [s for s in starts.get(person(name), ()) if s.day < before and s.race != card.race.id][-LATEST:]
        return sum(s.beyond for s in known) / (len(known) + SHRINK)

    return np.array([max(of(driver.name) for driver in entry.drivers) for entry in card.entries])


def latest(card: RaceCard) -> dt.date | None:
    """The day of the newest race of the card's series that the records of `records` rest on."""
    before, series = card.race.date - APART, f"{card.race.series}-"
    days = [s.day for known in _starts().values() for s in known if s.day < before and s.race.startswith(series)]
    return max(days, default=None)


@cache
def _starts() -> dict[str, tuple[Start, ...]]:
    """Driver (`timing.people.person`) -> starts in order of time."""
    registry = load_registry()
    rows = [
        (registry.events[e.event], e)
        for e in registry.all_entries
        if e.started and registry.events[e.event].series in SERIES and registry.events[e.event].year >= SINCE
    ]
    cars = Counter((e.event, e.car_class) for _, e in rows)
    found: dict[str, list[Start]] = defaultdict(list)
    for event, entry in sorted(rows, key=lambda row: (row[0].race_day, row[0].id)):
        n = cars[entry.event, entry.car_class]
        if n >= LEAST_CARS:
            start = Start(event.race_day, event.id, float(entry.class_win) - 1.0 / n)
            for key in entry.drivers:
                found[key].append(start)
    known: dict[str, tuple[Start, ...]] = {}
    for driver in registry.drivers.values():
        for name in (driver.name, *driver.aliases):
            known.setdefault(person(name), tuple(found.get(driver.id, ())))
    return known
