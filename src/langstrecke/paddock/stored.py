"""Races from elsewhere put beside those of the registry, so that careers count what was imported too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from langstrecke.formatting import is_out
from langstrecke.paddock.matching import MERGE, fold
from langstrecke.paddock.model import Circuit, Driver, Entry, Event, Make, Series, Team, Vehicle
from langstrecke.paddock.registry import Registry

ABSENT = ("dns", "did not start", "not started", "withdrawn")
STRUCK = ("dsq", "dq", "disqualified", "excluded")
UNCLASSIFIED = ("nc", "not classified", "unclassified")


@dataclass(frozen=True)
class RacedCar:
    """An entry as its files have it; place and status are None where no result is known."""

    car: str
    car_class: str
    team: str
    vehicle: str
    make: str
    drivers: tuple[str, ...]
    position: int | None = None
    class_position: int | None = None
    laps: int | None = None
    status: str | None = None


@dataclass(frozen=True)
class Raced:
    """A race as its files have it."""

    id: str
    series: str
    season: str
    name: str
    circuit: str
    circuit_name: str
    day: dt.date
    duration_s: float
    cars: tuple[RacedCar, ...]


@dataclass
class _Found:
    """What the races add, gathered race by race."""

    drivers: dict[str, Driver] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    vehicles: dict[str, Vehicle] = field(default_factory=dict)
    makes: dict[str, Make] = field(default_factory=dict)
    circuits: dict[str, Circuit] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    races: list[str] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    """Driver's name -> id."""


def held(registry: Registry, race_id: str, series: str, circuit: str, day: dt.date) -> Event | None:
    """The registry's race that a race from elsewhere is: by its id, else by series, circuit and day."""
    if race_id in registry.events:
        return registry.events[race_id]
    same = (
        e for e in registry.events.values() if e.circuit == circuit and e.race_day == day and e.counts_for(series)
    )
    return next(same, None)


def with_races(registry: Registry, races: Iterable[Raced]) -> tuple[Registry, tuple[str, ...]]:
    """The registry with races it has no entries of, and their ids. What it has stays as it is.

    A name is taken for a driver of the registry by the rule its own sources were merged by (`matching.MERGE`); who
    is not found is a person of his own.
    """
    found = _Found()
    for race in races:
        event = held(registry, race.id, race.series, race.circuit, race.day)
        if event is not None and registry.entries(event.id):
            continue
        if event is None:
            event = _event(registry, race, found)
        found.entries += [_entry(registry, event, car, found) for car in race.cars if car.drivers]
        found.races.append(race.id)
    if not found.races:
        return registry, ()
    more = replace(
        registry,
        drivers={**registry.drivers, **found.drivers},
        teams={**registry.teams, **found.teams},
        vehicles={**registry.vehicles, **found.vehicles},
        makes={**registry.makes, **found.makes},
        circuits={**registry.circuits, **found.circuits},
        series={**registry.series, **found.series},
        events={**registry.events, **found.events},
        all_entries=(*registry.all_entries, *found.entries),
    )
    return more, tuple(found.races)


def _event(registry: Registry, race: Raced, found: _Found) -> Event:
    if race.series not in registry.series:
        found.series.setdefault(race.series, Series(race.series, race.series))
    if race.circuit not in registry.circuits:
        found.circuits.setdefault(race.circuit, Circuit(race.circuit, race.circuit_name, "", ""))
    event = Event(
        id=race.id,
        series=race.series,
        season=race.season,
        name=race.name,
        circuit=race.circuit,
        start=race.day,
        race_day=race.day,
        end=race.day,
        duration_s=int(race.duration_s),
        source="the store",
    )
    found.events[race.id] = event
    return event


def _entry(registry: Registry, event: Event, car: RacedCar, found: _Found) -> Entry:
    status = _status(car)
    placed = status == "classified"
    return Entry(
        event=event.id,
        car=car.car,
        car_class=car.car_class,
        team=_team(registry, car.team, found),
        vehicle=_vehicle(registry, car, found),
        drivers=tuple(dict.fromkeys(_driver(registry, name, found) for name in car.drivers)),
        position=car.position if placed else None,
        class_position=car.class_position if placed else None,
        laps=car.laps,
        status=status,
    )


def _status(car: RacedCar) -> str:
    word = (car.status or "").strip().casefold()
    for words, status in ((ABSENT, "dns"), (STRUCK, "disqualified"), (UNCLASSIFIED, "not_classified")):
        if word in words:
            return status
    if car.position is not None:
        return "classified"
    return "dnf" if is_out(word) else "unknown"


def _driver(registry: Registry, name: str, found: _Found) -> str:
    if name not in found.known:
        near = [m for m in registry.match(name) if m.score >= MERGE]
        if len(near) == 1:
            found.known[name] = near[0].driver.id
        else:
            key = _free(fold(name).replace(" ", "-"), registry.drivers)
            found.drivers.setdefault(key, Driver(key, name))
            found.known[name] = key
    return found.known[name]


def _free(key: str, taken: Mapping[str, object]) -> str:
    """An id that nobody of the registry has."""
    return f"{key}-of-the-store" if key in taken else key


def _team(registry: Registry, name: str, found: _Found) -> str:
    if not name:
        return ""
    wanted = fold(name)
    key = _teams_of(registry).get(wanted) or wanted.replace(" ", "-")
    if key not in registry.teams:
        found.teams.setdefault(key, Team(key, name))
    return key


_NAMES: dict[int, dict[str, str]] = {}


def _teams_of(registry: Registry) -> dict[str, str]:
    """Folded name or alias -> id of a team, made once a registry."""
    if id(registry) not in _NAMES:
        _NAMES.clear()
        _NAMES[id(registry)] = {fold(n): t.id for t in registry.teams.values() for n in (t.name, *t.aliases)}
    return _NAMES[id(registry)]


def _vehicle(registry: Registry, car: RacedCar, found: _Found) -> str:
    if not car.vehicle:
        return ""
    key = fold(car.vehicle).replace(" ", "-")
    if key not in registry.vehicles:
        make = fold(car.make).replace(" ", "-")
        found.vehicles.setdefault(key, Vehicle(key, car.vehicle, make))
        if make and make not in registry.makes:
            found.makes.setdefault(make, Make(make, car.make))
    return key
