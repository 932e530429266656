"""Looking things up: the registry's races behind the names of the news."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from langstrecke.news.lexicon.gazetteer import gazetteer
from langstrecke.news.lexicon.morphology import slug
from langstrecke.paddock.careers import CareerRow, career
from langstrecke.paddock.model import Event
from langstrecke.paddock.registry import Registry

SERIES_EVENTS = {"le-mans": "le-mans", "spa-24h": "spa-24h"}
"""Races that are a series of their own in the registry."""
LONG_SERIES = {"daytona": "imsa", "sebring": "imsa", "watkins-glen": "imsa", "petit-le-mans": "imsa"}
"""Where a race named so is meant to be one of this series, if no other is told."""
_SHORT = ("-qualifying", "-240")
"""Lesser races at the same circuit and weekend."""


@dataclass(frozen=True)
class Scope:
    """Which races a name of the news stands for."""

    series: str = ""
    circuit: str = ""
    car_class: str = ""

    def holds(self, row: CareerRow) -> bool:
        """Whether a race is one of them."""
        if not in_scope(row.event, self):
            return False
        return not self.car_class or _class_key(row.entry.car_class) == _class_key(self.car_class)


def scope_of(name: str, registry: Registry, series: str = "") -> Scope | None:
    """The races meant by a series, an event or a class; None for anything the registry does not hold."""
    if name in registry.series:
        return Scope(series=name)
    names = gazetteer().names
    if name in SERIES_EVENTS:
        return Scope(series=SERIES_EVENTS[name])
    if name == "petit-le-mans":
        return Scope(series="imsa", circuit="road-atlanta")
    if name in registry.circuits:
        told = series if series in registry.series else LONG_SERIES.get(name, "")
        return Scope(series=told, circuit=name)
    if name in names and names[name].is_a("class"):
        told = SERIES_EVENTS.get(series, series if series in registry.series else "")
        return Scope(series=told, car_class=name)
    return None


def rows_of(registry: Registry, driver: str) -> tuple[CareerRow, ...]:
    """A driver's races; none for somebody the registry does not know."""
    return career(registry, driver).rows if driver in registry.drivers else ()


def team_rows(registry: Registry, team: str, years: tuple[int, ...]) -> tuple[CareerRow, ...]:
    """The entries of a team or make in some years."""
    found = []
    for entry in registry.all_entries:
        event = registry.events[entry.event]
        if event.year not in years:
            continue
        name = registry.teams[entry.team].name if entry.team else ""
        car = registry.vehicles[entry.vehicle].name if entry.vehicle else ""
        row = CareerRow(event, entry, name, car, tuple(registry.drivers[d].name for d in entry.drivers))
        if matches(team, row):
            found.append(row)
    return tuple(sorted(found, key=lambda r: (r.event.race_day, r.event.id)))


def known_by_name(registry: Registry, thing: str, rows: Iterable[CareerRow]) -> bool:
    """Whether the registry has a team under this name in those years: a sponsor's name may hide it. Makes it has."""
    name = gazetteer().names.get(thing)
    if name is None or name.is_a("make", "vehicle"):
        return True
    return bool(team_rows(registry, thing, tuple({r.event.year for r in rows})))


def in_scope(event: Event, scope: Scope) -> bool:
    """Whether a race is one of a scope's, whatever the class."""
    if scope.series and not event.counts_for(scope.series):
        return False
    return not scope.circuit or (event.circuit == scope.circuit and not any(s in event.id for s in _SHORT))


def covered(registry: Registry, scope: Scope, years: tuple[int, ...]) -> bool:
    """Whether the registry knows the entries of these races in all these years, so that absence tells something."""
    for year in years:
        events = [e for e in registry.events.values() if e.year == year and in_scope(e, scope)]
        if not events or not any(registry.entries(e.id) for e in events):
            return False
    return bool(years)


def matches(thing: str, row: CareerRow) -> bool:
    """Whether a team, make or car of the news is that of a race: every word of its name stands there."""
    told = f"{slug(row.team)}-{slug(row.vehicle)}-{row.entry.team}-{row.entry.vehicle}"
    known = set(told.split("-"))
    words = [w for w in thing.split("-") if w not in ("racing", "team", "motorsport")] or thing.split("-")
    glued = told.replace("-", "")
    return all(w in known or (len(w) > 2 and w in glued) for w in words)


def as_row(row: CareerRow, says: str = "") -> dict[str, Any]:
    """A race as evidence."""
    entry, event = row.entry, row.event
    data: dict[str, Any] = {
        "race": event.id,
        "date": event.race_day.isoformat(),
        "car": entry.car,
        "class": entry.car_class,
        "team": row.team,
        "vehicle": row.vehicle,
        "team_mates": list(row.mates),
        "started": entry.started,
        "result": row.result,
    }
    return {**data, "says": says} if says else data


def programme_rows(registry: Registry, driver: str, years: tuple[int, ...] = ()) -> list[dict[str, Any]]:
    """Seasons of a driver in series whose races the registry does not hold one by one."""
    if driver not in registry.drivers:
        return []
    name = registry.drivers[driver].name
    return [
        {"season": p.season, "series": p.series, "team": p.team, "vehicle": p.vehicle, "source": p.source}
        for p in registry.programmes
        if p.driver in (name, driver) and (not years or any(str(y) in p.season for y in years))
    ]


def _class_key(name: str) -> str:
    return slug(name).replace("-", "").removeprefix("lm")
