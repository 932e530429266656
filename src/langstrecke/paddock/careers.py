"""Careers: what a driver entered, with whom, and how it ended; team mates; one driver against another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import ordinal
from langstrecke.paddock.model import NOT_ENTERED, STATUS_WORDS, Driver, Entry, Event
from langstrecke.paddock.registry import Registry


@dataclass(frozen=True)
class CareerRow:
    """One race of a driver."""

    event: Event
    entry: Entry
    team: str
    vehicle: str
    mates: tuple[str, ...]

    @property
    def result(self) -> str:
        """The result in words: `4th in class, 19th overall` or why there is none."""
        entry = self.entry
        if entry.position is None:
            said = STATUS_WORDS.get(entry.status, entry.status)
            return f"{said} ({entry.note})" if entry.note and entry.status != "classified" else said
        if entry.class_position is None or entry.class_position == entry.position:
            return ordinal(entry.position)
        return f"{ordinal(entry.class_position)} in class, {ordinal(entry.position)} overall"


@dataclass(frozen=True)
class Career:
    """What the registry knows of a driver's races, in order of time."""

    driver: Driver
    rows: tuple[CareerRow, ...]

    @property
    def entered(self) -> int:
        """Races entered, reserve entries not counted."""
        return sum(row.entry.status not in NOT_ENTERED for row in self.rows)

    @property
    def started(self) -> int:
        """Races whose start the car took."""
        return sum(row.entry.started for row in self.rows)

    @property
    def class_wins(self) -> list[int]:
        """Years of class wins, one for each win."""
        return [row.event.year for row in self.rows if row.entry.class_win]

    @property
    def overall_wins(self) -> list[int]:
        """Years of overall wins, one for each win."""
        return [row.event.year for row in self.rows if row.entry.position == 1 and row.entry.status == "classified"]

    def to_json(self) -> dict[str, Any]:
        """The career as plain data: `driver`, `entered`, `started`, `class_wins`, `rows`."""
        return {
            "driver": self.driver.name,
            "entered": self.entered,
            "started": self.started,
            "class_wins": self.class_wins,
            "rows": [_row_json(row) for row in self.rows],
        }


@dataclass(frozen=True)
class SeasonLine:
    """A driver's season in one series."""

    season: str
    series: str
    team: str
    vehicle: str
    car_class: str
    started: int
    class_wins: int
    results: tuple[str, ...]


@dataclass(frozen=True)
class Duel:
    """A race in which two drivers drove different cars."""

    event: Event
    one: Entry
    other: Entry
    ahead: str | None
    """Id of the driver whose car was placed better; None where neither or only unknown places."""


def career(
    registry: Registry, driver: str, *, series: str = "", since: int | None = None, until: int | None = None
) -> Career:
    """A driver's races, all of them or those of one series and of some years."""
    if since and until and since > until:
        raise LangstreckeError(f"no year is from {since} and until {until}", hint="since must not be after until")
    person = registry.driver(driver)
    wanted = registry.series_named(series).id if series else ""
    rows = []
    for entry in registry.entries_of(person.id):
        event = registry.events[entry.event]
        if wanted and not event.counts_for(wanted):
            continue
        if (since and event.year < since) or (until and event.year > until):
            continue
        mates = tuple(registry.drivers[d].name for d in entry.drivers if d != person.id)
        team = registry.teams[entry.team].name if entry.team else ""
        vehicle = registry.vehicles[entry.vehicle].name if entry.vehicle else ""
        rows.append(CareerRow(event, entry, team, vehicle, mates))
    return Career(person, tuple(rows))


def seasons(found: Career) -> list[SeasonLine]:
    """The career season by season: one line for each series, team and class of a season."""
    groups: dict[tuple[str, str, str, str], list[CareerRow]] = defaultdict(list)
    for row in found.rows:
        groups[row.event.season, row.event.series, row.team, row.entry.car_class].append(row)
    return [
        SeasonLine(
            season,
            series,
            team,
            " / ".join(dict.fromkeys(row.vehicle for row in rows)),
            car_class,
            sum(row.entry.started for row in rows),
            sum(row.entry.class_win for row in rows),
            tuple(short_result(row.entry) for row in rows),
        )
        for (season, series, team, car_class), rows in groups.items()
    ]


def team_mates(registry: Registry, driver: str) -> list[tuple[Driver, list[Entry]]]:
    """Everyone who shared a car with the driver, most often first."""
    person = registry.driver(driver)
    shared: dict[str, list[Entry]] = defaultdict(list)
    for entry in registry.entries_of(person.id):
        for mate in entry.drivers:
            if mate != person.id:
                shared[mate].append(entry)
    ranked = sorted(shared.items(), key=lambda item: (-len(item[1]), item[0]))
    return [(registry.drivers[mate], entries) for mate, entries in ranked]


def together(registry: Registry, one: str, other: str) -> list[CareerRow]:
    """Races for which two drivers shared a car. LangstreckeError if the two are one."""
    mate = _two(registry, one, other)[1].id
    return [row for row in career(registry, one).rows if mate in row.entry.drivers]


def versus(registry: Registry, one: str, other: str) -> list[Duel]:
    """Races in which both were entered in different cars, and whose car was placed better; reserves do not count.

    LangstreckeError if the two are one.
    """
    first, second = _two(registry, one, other)
    theirs: dict[str, list[Entry]] = defaultdict(list)
    for entry in registry.entries_of(second.id):
        if entry.status not in NOT_ENTERED:
            theirs[entry.event].append(entry)
    duels = []
    for mine in (e for e in registry.entries_of(first.id) if e.status not in NOT_ENTERED):
        for rival in theirs.get(mine.event, ()):
            if second.id in mine.drivers or first.id in rival.drivers:
                continue
            duels.append(Duel(registry.events[mine.event], mine, rival, _ahead(first, second, mine, rival)))
    return duels


def _two(registry: Registry, one: str, other: str) -> tuple[Driver, Driver]:
    first, second = registry.driver(one), registry.driver(other)
    if first.id == second.id:
        raise LangstreckeError(f"{one!r} and {other!r} are one driver: {first.name}", hint="name two")
    return first, second


def mates_json(mates: Sequence[tuple[Driver, list[Entry]]]) -> list[dict[str, Any]]:
    """`team_mates` as plain data."""
    return [{"driver": mate.name, "id": mate.id, "races": [e.event for e in rows]} for mate, rows in mates]


def versus_json(registry: Registry, one: str, other: str) -> dict[str, Any]:
    """`versus` as plain data, with the score."""
    first, second = registry.driver(one), registry.driver(other)
    duels = versus(registry, first.id, second.id)
    score = Counter(duel.ahead for duel in duels)
    rows = [
        {"race": d.event.id, "cars": [d.one.car, d.other.car], "classes": [d.one.car_class, d.other.car_class],
         "positions": [d.one.position, d.other.position], "ahead": d.ahead}
        for d in duels
    ]  # fmt: skip
    return {"drivers": [first.id, second.id], "ahead": [score[first.id], score[second.id]], "rows": rows}


def _ahead(first: Driver, second: Driver, mine: Entry, rival: Entry) -> str | None:
    if mine.position is None and rival.position is None:
        return None
    if "unknown" in (mine.status, rival.status):
        return None
    if rival.position is None or (mine.position is not None and mine.position < rival.position):
        return first.id if mine.started and rival.started else None
    return second.id if mine.started and rival.started else None


def short_result(entry: Entry) -> str:
    """Place in class, or what happened in three letters."""
    if entry.class_position is not None:
        return str(entry.class_position)
    if entry.position is not None:
        return f"({entry.position})"
    short = {"not_classified": "NC", "disqualified": "DSQ", "reserve": "RES", "unknown": "?"}
    return short.get(entry.status, entry.status.upper())


def _row_json(row: CareerRow) -> dict[str, Any]:
    entry, event = row.entry, row.event
    return {
        "season": event.season,
        "year": event.year,
        "series": event.series,
        "race": event.id,
        "date": event.race_day.isoformat(),
        "team": row.team,
        "vehicle": row.vehicle,
        "car": entry.car,
        "class": entry.car_class,
        "team_mates": list(row.mates),
        "entered": entry.status not in NOT_ENTERED,
        "started": entry.started,
        "status": entry.status,
        "position": entry.position,
        "class_position": entry.class_position,
        "class_win": entry.class_win,
        "laps": entry.laps,
        "note": entry.note,
    }
