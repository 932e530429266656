"""The registry: people, teams, cars, circuits, races and who drove in them, shipped with the package.

registry = load_registry()
registry.driver("Jan Magnussen").licence(2019)
registry.entries(event="le-mans-2019")
"""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from langstrecke.errors import CardError, NotFoundError
from langstrecke.paddock.matching import (
    MERGE,
    Match,
    Profile,
    compare,
    compare_names,
    fold,
    plain_name,
    split_name,
    without_umlauts,
)
from langstrecke.paddock.model import (
    Circuit,
    Driver,
    Entry,
    Event,
    Make,
    NamePair,
    Programme,
    Series,
    Team,
    Vehicle,
)


class _Named(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)
V = TypeVar("V")


@dataclass(frozen=True)
class PersonMatch:
    """A driver a name may stand for."""

    driver: Driver
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Registry:
    """Everything the package knows about who raced what, with whom, where."""

    drivers: Mapping[str, Driver]
    teams: Mapping[str, Team]
    vehicles: Mapping[str, Vehicle]
    makes: Mapping[str, Make]
    circuits: Mapping[str, Circuit]
    series: Mapping[str, Series]
    events: Mapping[str, Event]
    all_entries: tuple[Entry, ...]
    programmes: tuple[Programme, ...]
    doubtful: tuple[NamePair, ...]
    """Names that may be one person; somebody has to decide."""
    merged: tuple[NamePair, ...]
    """Names that were taken for one person without anybody deciding."""

    # --- by name ---------------------------------------------------------------------------------------------------

    def driver(self, name: str) -> Driver:
        """The driver with this id, name, alias, or unmistakable short form (`J. Magnussen`).

        Raises NotFoundError with the nearest names, or with all who share the name.
        """
        if name in self.drivers:
            return self.drivers[name]
        if not fold(name).strip():
            raise NotFoundError.nearest("driver", name, [], hint="a name, as Jan Magnussen")
        exact = self._driver_names.get(fold(plain_name(name)), [])
        if len(exact) == 1:
            return self.drivers[exact[0]]
        close = exact or self._surnames.get(_surname_key(fold(name).split()), [])
        if not close:  # an initial, a short form or a slip of the pen
            close = [m.driver.id for m in self.match(name) if m.score >= MERGE - 16]
        if len(close) == 1:
            return self.drivers[close[0]]
        if close:
            told = ", ".join(f"{self.drivers[d].name} ({d})" for d in sorted(close)[:12])
            more = f" and {len(close) - 12} more" if len(close) > 12 else ""
            raise NotFoundError(f"{name!r} can be {told}{more}", hint="name one of them or its id")
        raise NotFoundError.nearest("driver", name, sorted({d.name for d in self.drivers.values()}))

    def match(self, name: str, *, team: str = "", year: int | None = None, limit: int = 5) -> list[PersonMatch]:
        """Who a name as some file writes it may stand for, the likeliest first, with reasons.

        A team and a year help: they are held against what each driver is known to have done.
        """
        if not fold(name):
            return []
        wanted = split_name(name)
        key = _surname_key(wanted.surname)
        asked = Profile(name)
        if team and year:
            asked.teams.add((self._team_key(team), year))
        if year:
            asked.years.add(year)
        found: dict[str, Match] = {}
        candidates = self._surnames.get(key, ()) or self._surname_starts.get(key[:4], ())
        for driver_id in candidates:
            driver = self.drivers[driver_id]
            for spelling in (driver.name, *driver.aliases):
                named = compare_names(name, spelling)
                if named.score <= 0:
                    continue
                match = compare(asked, self._profile(driver_id, spelling)) if team or year else named
                if match.score > found.get(driver_id, Match(0.0, ())).score:
                    found[driver_id] = match
        ranked = sorted(found.items(), key=lambda item: (-item[1].score, item[0]))
        return [PersonMatch(self.drivers[i], m.score, m.reasons) for i, m in ranked[:limit]]

    def team(self, name: str) -> Team:
        """The team with this id, name or alias."""
        return self._named(self.teams, name, "team")

    def known_team(self, name: str) -> Team | None:
        """The team with this id, name or alias; None where nobody is called so."""
        return self._find(self.teams, name, "team")

    def make(self, name: str) -> Make:
        """The make with this id or name."""
        return self._named(self.makes, name, "make")

    def vehicle(self, name: str) -> Vehicle:
        """The vehicle with this id or name."""
        return self._named(self.vehicles, name, "vehicle")

    def circuit(self, name: str) -> Circuit:
        """The circuit with this id, name or alias."""
        return self._named(self.circuits, name, "circuit")

    def series_named(self, name: str) -> Series:
        """The series with this id, name or alias."""
        return self._named(self.series, name, "series")

    def event(self, event_id: str) -> Event:
        """The race with this id."""
        if event_id not in self.events:
            raise NotFoundError.nearest("race", event_id, sorted(self.events))
        return self.events[event_id]

    # --- lists -----------------------------------------------------------------------------------------------------

    def seasons(self, series: str) -> tuple[str, ...]:
        """Seasons of a series the registry has races of, oldest first."""
        return tuple(sorted({e.season for e in self.events.values() if e.series == series}))

    def calendar(self, series: str, season: str | int) -> list[Event]:
        """The races of a season in order of time, with races that count for it (Le Mans in the WEC)."""
        known = self.series_named(series).id
        wanted = f"{known}-{season}"
        found = [
            e
            for e in self.events.values()
            if (e.series == known and e.season == str(season)) or (e.also and e.also == wanted)
        ]
        if not found:
            seasons = self.seasons(known)
            has = f"the registry has {', '.join(seasons)}" if seasons else "the registry has none"
            if len(seasons) > 12:
                has = f"the registry has {seasons[0]} to {seasons[-1]}"
            raise NotFoundError.nearest(f"season of {known}", str(season), list(seasons), hint=has)
        return sorted(found, key=lambda e: (e.race_day, e.id))

    def races_in(self, series: str, year: int) -> list[Event]:
        """The races of a calendar year, in order of time: where a season spans two years, of both seasons."""
        known = self.series_named(series).id
        found = [e for e in self.events.values() if e.year == year and e.counts_for(known)]
        if not found:
            years = sorted({e.year for e in self.events.values() if e.counts_for(known)})
            has = (
                f"the registry has races of {known} from {years[0]} to {years[-1]}" if years else "it has none at all"
            )
            raise NotFoundError(f"no calendar of {known} for {year} is held", hint=has)
        return sorted(found, key=lambda e: (e.race_day, e.id))

    def entries(self, event: str) -> list[Entry]:
        """The entries of a race: in order of the result, then by class and number."""
        self.event(event)
        rows = self._by_event.get(event, [])
        return sorted(rows, key=lambda e: (e.position is None, e.position or 0, e.car_class, e.car, e.drivers))

    def entries_of(self, driver_id: str) -> list[Entry]:
        """Every entry of a driver, in order of time."""
        rows = self._by_driver.get(driver_id, [])
        return sorted(rows, key=lambda e: (self.events[e.event].race_day, e.event))

    # --- made when first needed ------------------------------------------------------------------------------------

    @cached_property
    def _by_event(self) -> dict[str, list[Entry]]:
        return _grouped(self.all_entries, lambda e: (e.event,))

    @cached_property
    def _by_driver(self) -> dict[str, list[Entry]]:
        return _grouped(self.all_entries, lambda e: e.drivers)

    @cached_property
    def _driver_names(self) -> dict[str, list[str]]:
        return _grouped(self.drivers, lambda d: {fold(n) for n in (self.drivers[d].name, *self.drivers[d].aliases)})

    def _named(self, table: Mapping[str, T], name: str, kind: str) -> T:
        found = self._find(table, name, kind)
        if found is None:
            known = sorted({spelling for key, item in table.items() for spelling in (key, item.name)})
            raise NotFoundError.nearest(kind, name, known)
        return found

    def _find(self, table: Mapping[str, T], name: str, kind: str) -> T | None:
        if name in table:
            return table[name]
        if kind not in self._indices:
            self._indices[kind] = _by_spelling(table)
        found: T | None = self._indices[kind].get(fold(name))
        return found

    @cached_property
    def _indices(self) -> dict[str, dict[str, Any]]:
        """Kind -> its table by folded spellings, made when it is first asked for."""
        return {}

    @cached_property
    def _surnames(self) -> dict[str, list[str]]:
        return _grouped(self.drivers, self._surnames_of)

    @cached_property
    def _surname_starts(self) -> dict[str, list[str]]:
        return _grouped(self.drivers, lambda d: {key[:4] for key in self._surnames_of(d)})

    def _surnames_of(self, driver_id: str) -> set[str]:
        return {_surname_key(split_name(name).surname) for name in self._spellings(driver_id)}

    def _spellings(self, driver_id: str) -> tuple[str, ...]:
        driver = self.drivers[driver_id]
        return (driver.name, *driver.aliases)

    def _team_key(self, name: str) -> str:
        known = self.known_team(name)
        return known.id if known is not None else fold(name)

    def _profile(self, driver_id: str, spelling: str) -> Profile:
        profile = Profile(spelling)
        for entry in self._by_driver.get(driver_id, []):
            year = self.events[entry.event].year
            profile.years.add(year)
            profile.teams.add((entry.team, year))
        return profile


def _surname_key(words: Iterable[str]) -> str:
    """Folded words of a surname as one, umlauts not written out: `Mueller` finds every Müller."""
    return without_umlauts("".join(words))


def _grouped(items: Iterable[V], keys: Callable[[V], Iterable[str]]) -> dict[str, list[V]]:
    """Items under each of their keys."""
    groups: dict[str, list[V]] = defaultdict(list)
    for item in items:
        for key in keys(item):
            groups[key].append(item)
    return dict(groups)


def _by_spelling(table: Mapping[str, T]) -> dict[str, T]:
    """A table by id, name and aliases, folded; of two that share a spelling the first."""
    found: dict[str, T] = {}
    for key, item in table.items():
        for spelling in (key, item.name, *getattr(item, "aliases", ())):
            found.setdefault(fold(spelling), item)
    return found


# --- reading --------------------------------------------------------------------------------------------------------


@cache
def load_registry(folder: str | Path | None = None) -> Registry:
    """The shipped registry, or one compiled into another folder. Read once, then kept."""
    place: Traversable = files("langstrecke.paddock") / "data" if folder is None else Path(folder)
    drivers = {d.id: d for d in map(_driver, _rows(place, "drivers.csv"))}
    built = list(_rows(place, "vehicles.csv"))
    vehicles = {row["id"]: Vehicle(row["id"], row["name"], _make_id(row["make"])) for row in built}
    makes = {_make_id(row["make"]): Make(_make_id(row["make"]), row["make"]) for row in built if row["make"]}
    return Registry(
        drivers=drivers,
        teams={t.id: t for t in map(_team, _rows(place, "teams.csv"))},
        vehicles=vehicles,
        makes=makes,
        circuits={c.id: c for c in map(_circuit, _rows(place, "circuits.csv"))},
        series={
            key: _series(key, table)
            for key, table in tomllib.loads((place / "series.toml").read_text("utf-8")).items()
        },
        events={e.id: e for e in map(_event, _rows(place, "events.csv"))},
        all_entries=tuple(map(_entry, _rows(place, "entries.csv"))),
        programmes=tuple(Programme(**row) for row in _rows(place, "programmes.csv")),
        doubtful=tuple(map(_pair, _rows(place, "doubtful.csv"))),
        merged=tuple(map(_pair, _rows(place, "merged.csv"))),
    )


def _rows(place: Traversable, name: str) -> Iterator[dict[str, str]]:
    try:
        text = (place / name).read_text("utf-8")
    except OSError as error:
        raise CardError(f"the registry has no {name}: {error.strerror or error}", file=str(place)) from None
    return iter(csv.DictReader(text.splitlines()))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


def _make_id(name: str) -> str:
    return fold(name).replace(" ", "-")


def _series(key: str, table: Mapping[str, str | list[str]]) -> Series:
    aliases, partial = table.get("aliases", ()), table.get("partial", ())
    return Series(key, str(table["name"]), tuple(aliases), str(table.get("rulebook", "")), tuple(partial))


def _number(text: str) -> int | None:
    return int(text) if text else None


def _driver(row: dict[str, str]) -> Driver:
    licences: dict[int, str] = {}
    for span in filter(None, row["licences"].split(";")):
        years, licence = span.split(" ")
        first, _, last = years.partition("-")
        licences |= dict.fromkeys(range(int(first), int(last or first) + 1), licence)
    return Driver(row["id"], row["name"], row["country"], _split(row["aliases"]), licences)


def _pair(row: dict[str, str]) -> NamePair:
    one, driver = row.get("one", row.get("name", "")), row.get("driver", "")
    return NamePair(one, row["other"], float(row["score"]), tuple(row["reasons"].split("; ")), driver)


def _team(row: dict[str, str]) -> Team:
    return Team(row["id"], row["name"], row["country"], _split(row["aliases"]))


def _circuit(row: dict[str, str]) -> Circuit:
    return Circuit(row["id"], row["name"], row["country"], row["region"], _split(row["aliases"]))


def _event(row: dict[str, str]) -> Event:
    start, race_day, end = (dt.date.fromisoformat(row[key]) for key in ("start", "race_day", "end"))
    return Event(
        id=row["id"],
        series=row["series"],
        season=row["season"],
        name=row["name"],
        circuit=row["circuit"],
        start=start,
        race_day=race_day,
        end=end,
        round=row["round"],
        duration_s=int(row["duration_s"] or 0),
        also=row["also"],
        source=row["source"],
        confidence=row["confidence"],
    )


def _entry(row: dict[str, str]) -> Entry:
    return Entry(
        event=row["event"],
        car=row["car"],
        car_class=row["class"],
        team=row["team"],
        vehicle=row["vehicle"],
        drivers=tuple(row["drivers"].split()),
        position=_number(row["position"]),
        class_position=_number(row["class_position"]),
        laps=_number(row["laps"]),
        status=row["status"],
        note=row["note"],
        complete=row["crew"] != "incomplete",
    )
