"""Which race a claim about a result means: its own year and event, else the last one of that name before the text.

A claim is judged against that race alone. A win of another year neither supports nor contradicts it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from langstrecke.news.claims.evidence import Scope, in_scope
from langstrecke.news.model import Claim
from langstrecke.paddock.model import Event
from langstrecke.paddock.registry import Registry

ONE_RACE = ("le-mans", "spa-24h")
"""Series of one race a year."""

RECENT_DAYS = 400
"""A text without a year speaks of the last race of that name if it lies no further back than this (default: a yearly
race, moved by a month)."""


@dataclass(frozen=True)
class Meant:
    """The races a claim means, or why none can be told. `asked`: the years it names; empty where guessed."""

    events: tuple[Event, ...]
    why_not: str = ""
    asked: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """The races in words: "24 Hours of Le Mans 2019 (the last before the text)"."""
        names = ", ".join(dict.fromkeys(f"{e.name or e.id} {e.season}" for e in self.events))
        return names if self.asked else f"{names} (the last before the text)"


def races_meant(claim: Claim, scope: Scope, registry: Registry) -> Meant:
    """The races of a scope that a result claim is about."""
    if not scope.circuit and scope.series not in ONE_RACE:
        return Meant((), "no race is named")
    races = sorted((e for e in registry.events.values() if in_scope(e, scope)), key=lambda e: (e.race_day, e.id))
    if claim.seasons:
        held = tuple(e for e in races if e.year in claim.seasons)
        missing = [y for y in claim.seasons if y not in {e.year for e in held}]
        if missing:
            return Meant((), f"the registry does not hold this race of {', '.join(map(str, missing))}")
        return Meant(held, asked=claim.seasons)
    if not claim.date:
        return Meant((), "the text names no year and has no date")
    before = [e for e in races if e.race_day.isoformat()[: len(claim.date)] <= claim.date]
    if not before:
        return Meant((), f"the registry holds no such race before {claim.date}")
    last = before[-1]
    if claim.tense == "future":
        return Meant((), "the race was still to come")
    gap = _days_before(claim.date, last)
    if gap > RECENT_DAYS:
        return Meant((), f"no year is named, and the last such race the registry holds is that of {last.season}")
    return Meant(tuple(e for e in before if e.race_day == last.race_day))


def _days_before(date: str, event: Event) -> int:
    """Days from a race to a date that may be a year or a month only (counted to its beginning)."""
    parts = [int(p) for p in date.split("-")] + [1, 1]
    return (dt.date(parts[0], parts[1], parts[2]) - event.race_day).days
