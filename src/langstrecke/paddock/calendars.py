"""Calendars: where two series clash, what keeps a driver busy, and which races of another series are free.

Days of travel count: a meeting needs the days before and after it, so that two meetings with no day between them
clash as soon as one day of travel is asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

from langstrecke.errors import LangstreckeError
from langstrecke.paddock.model import NOT_STARTED, Event
from langstrecke.paddock.registry import Registry

ASSUMED_MEETING_DAYS = 2
"""Where a source gives the race day only, the meeting is taken to begin this many days before."""


Verdict = Literal["free", "tight", "clash", "not known"]


@dataclass(frozen=True)
class Meeting:
    """The races of one series at one place on one weekend."""

    events: tuple[Event, ...]
    start: dt.date
    end: dt.date
    assumed_start: bool
    """The first day is not known; it is taken to lie `ASSUMED_MEETING_DAYS` before the race."""

    @property
    def series(self) -> str:
        """Id of the series."""
        return self.events[0].series

    @property
    def id(self) -> str:
        """Id of the first race."""
        return self.events[0].id


@dataclass(frozen=True)
class Clash:
    """Two meetings nobody can attend both of."""

    one: Meeting
    other: Meeting
    overlap_days: int
    """Days both are on; 0: they only leave too little time to travel."""
    days_between: int
    """Free days between them, 0 if they overlap or follow each other."""


@dataclass(frozen=True)
class Chance:
    """A race of another series, and what stands in the way of it."""

    meeting: Meeting
    clashes: tuple[Clash, ...]
    unknown: tuple[str, ...] = ()
    """Calendars that may stand in the way and are not held, a sentence each."""

    @property
    def verdict(self) -> Verdict:
        """`tight`: no day overlaps, but there is too little time to travel; `not known`: nothing held stands in the
        way, and not all is held.
        """
        if not self.clashes:
            return "not known" if self.unknown else "free"
        return "clash" if any(c.overlap_days for c in self.clashes) else "tight"


def meetings(events: Iterable[Event]) -> list[Meeting]:
    """Races put together into meetings: same series, same circuit, days that touch."""
    found: list[list[Event]] = []
    for event in sorted(events, key=lambda e: (e.series, e.circuit, e.race_day, e.id)):
        last = found[-1][-1] if found else None
        touching = (
            last is not None
            and (last.series, last.circuit) == (event.series, event.circuit)
            and (_first_day(event)[0] - last.end).days <= 1
        )
        if touching:
            found[-1].append(event)
        else:
            found.append([event])
    made = []
    for group in found:
        starts = [_first_day(event) for event in group]
        start, assumed = min(starts)
        made.append(Meeting(tuple(group), start, max(e.end for e in group), assumed))
    return sorted(made, key=lambda m: (m.start, m.id))


def _first_day(event: Event) -> tuple[dt.date, bool]:
    if event.start < event.race_day:
        return event.start, False
    return event.race_day - dt.timedelta(days=ASSUMED_MEETING_DAYS), True


def year_meetings(registry: Registry, series: Sequence[str], year: int) -> list[Meeting]:
    """The meetings of several series in one calendar year."""
    events: dict[str, Event] = {}
    for name in series:
        for event in registry.races_in(name, year):
            events[event.id] = event
    return meetings(events.values())


def commitments(registry: Registry, driver: str, season: int) -> list[Meeting]:
    """Where a driver had to be in a calendar year: races entered, and series driven for a whole season."""
    person = registry.driver(driver)
    events: dict[str, Event] = {}
    for entry in registry.entries_of(person.id):
        event = registry.events[entry.event]
        if event.year == season and entry.status not in NOT_STARTED - {"dns", "dnq"}:
            events[event.id] = event
    for programme in registry.programmes:
        if registry.driver(programme.driver).id != person.id or programme.season != str(season):
            continue
        if programme.season not in registry.seasons(programme.series):
            continue
        for event in registry.calendar(programme.series, programme.season):
            events[event.id] = event
    return meetings(events.values())


def clash(one: Meeting, other: Meeting, travel_days: int) -> Clash | None:
    """Whether two meetings are too close. One day of travel needs one free day between them."""
    overlap = (min(one.end, other.end) - max(one.start, other.start)).days + 1
    between = max(0, (max(one.start, other.start) - min(one.end, other.end)).days - 1)
    if overlap > 0:
        return Clash(one, other, overlap, 0)
    return Clash(one, other, 0, between) if between < travel_days else None


def clashes(calendar: Sequence[Meeting], travel_days: int = 1) -> list[Clash]:
    """All pairs of meetings of different series that are too close."""
    found = []
    for one, other in combinations(calendar, 2):
        if one.series != other.series and (hit := clash(one, other, travel_days)):
            found.append(hit)
    return found


def not_held(registry: Registry, year: int, driver: str = "", series: Sequence[str] = ()) -> tuple[str, ...]:
    """What is not known of a year's calendar, a sentence each: of some series, and of those a driver races in.

    A driver (by id) races in what the registry has of him in that year or one next to it: who raced in Formula 1 the
    year before and has no calendar of Formula 1 here is not free, it is not known.
    """
    raced: dict[str, None] = {}
    own = False
    for entry in registry.entries_of(driver) if driver else ():
        event = registry.events[entry.event]
        if abs(event.year - year) <= 1:
            raced[event.series] = None
            own |= event.year == year
    for programme in registry.programmes if driver else ():
        first = int(programme.season[:4])
        if abs(first - year) <= 1 and registry.driver(programme.driver).id == driver:
            raced[registry.series_named(programme.series).id] = None
            own |= first == year
    told = [_missing(registry, name, year) for name in dict.fromkeys([*series, *raced])]
    if driver and not own:
        told.insert(0, f"nothing is held of what {registry.drivers[driver].name} raced in {year}")
    return tuple(t for t in told if t)


def _missing(registry: Registry, name: str, year: int) -> str:
    """Why a series' calendar of a year is not known; empty where it is."""
    series = registry.series_named(name)
    races = [e for e in registry.events.values() if e.year == year and e.counts_for(series.id)]
    if not races:
        return f"no calendar of {series.short} for {year} is held"
    seasons = {e.season for e in races if e.series == series.id}
    return f"the calendar of {series.short} for {year} is held in part" if seasons & set(series.partial) else ""


def chances(
    busy: Sequence[Meeting], wanted: Sequence[Meeting], travel_days: int = 1, unknown: Sequence[str] = ()
) -> list[Chance]:
    """For every wanted meeting what of a busy calendar stands in its way; `unknown` is what is not held of it."""
    found = []
    for meeting in wanted:
        own = {event.id for event in meeting.events}
        others = [m for m in busy if own.isdisjoint(event.id for event in m.events)]
        found.append(
            Chance(meeting, tuple(hit for m in others if (hit := clash(meeting, m, travel_days))), tuple(unknown))
        )
    return found


def meeting_json(meeting: Meeting) -> dict[str, Any]:
    """A meeting as plain data."""
    return {
        "series": meeting.series,
        "races": [event.id for event in meeting.events],
        "circuit": meeting.events[0].circuit,
        "start": meeting.start.isoformat(),
        "end": meeting.end.isoformat(),
        "start_assumed": meeting.assumed_start,
    }


def clash_json(hit: Clash) -> dict[str, Any]:
    """A clash as plain data."""
    return {
        "one": meeting_json(hit.one),
        "other": meeting_json(hit.other),
        "overlap_days": hit.overlap_days,
        "days_between": hit.days_between,
    }


@dataclass(frozen=True)
class Report:
    """What a season's calendar comes to: what keeps somebody busy, what of it clashes, which races are free."""

    season: int
    driver: str | None
    travel_days: int
    busy: tuple[Meeting, ...]
    clashes: tuple[Clash, ...]
    wanted: tuple[Meeting, ...]
    chances: tuple[Chance, ...]
    unknown: tuple[str, ...] = ()
    """Calendars that are not held, or in part only, a sentence each."""

    def meetings(self) -> list[Meeting]:
        """All meetings in order of time."""
        return sorted([*self.busy, *self.wanted], key=lambda m: (m.start, m.id))

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "season": self.season,
            "driver": self.driver,
            "travel_days": self.travel_days,
            "meetings": [meeting_json(m) for m in self.busy],
            "clashes": [clash_json(hit) for hit in self.clashes],
            "chances": [
                meeting_json(c.meeting) | {"verdict": c.verdict, "clashes": [clash_json(hit) for hit in c.clashes]}
                for c in self.chances
            ],
            "unknown": list(self.unknown),
        }


def report(
    registry: Registry,
    season: int,
    driver: str = "",
    series: Sequence[str] = (),
    against: Sequence[str] = (),
    travel_days: int = 1,
) -> Report:
    """What keeps a driver, or those of some series, busy in a calendar year, and which races of others are free."""
    busy = commitments(registry, driver, season) if driver else []
    known = {event.id for meeting in busy for event in meeting.events}
    added = year_meetings(registry, series, season) if series else []
    busy = sorted([*busy, *(m for m in added if m.id not in known)], key=lambda m: (m.start, m.id))
    wanted = year_meetings(registry, against, season) if against else []
    person = registry.driver(driver).id if driver else ""
    unknown = not_held(registry, season, person, series)
    return Report(
        season=season,
        driver=registry.driver(driver).name if driver else None,
        travel_days=travel_days,
        busy=tuple(busy),
        clashes=tuple(clashes(busy, travel_days)),
        wanted=tuple(wanted),
        chances=tuple(chances(busy, wanted, travel_days, unknown)),
        unknown=(*unknown, *(t for name in against if (t := _missing(registry, name, season)))),
    )


def title(registry: Registry, meeting: Meeting) -> str:
    """A meeting in words: the race's name, else circuit and series."""
    return race_title(registry, next((e for e in reversed(meeting.events) if e.name), meeting.events[-1]))


def race_title(registry: Registry, event: Event) -> str:
    """A race in words: its name, or the series' where that is one race (24 Hours of Spa), else circuit and series."""
    circuits = {e.circuit for e in registry.events.values() if e.series == event.series}
    if not event.name and len(circuits) == 1:
        return registry.series[event.series].name
    return event.name or f"{registry.circuits[event.circuit].name} ({registry.series[event.series].short})"


def write_ical(registry: Registry, calendar: Sequence[Meeting], path: str | Path) -> int:
    """Write meetings as an iCalendar file with whole-day events. Returns how many."""
    try:
        import icalendar
    except ImportError:
        raise LangstreckeError(
            "iCalendar files need the package icalendar", hint="install the extra: pip install 'langstrecke[plan]'"
        ) from None
    book = icalendar.Calendar()
    book.add("prodid", "-//Langstrecke//calendar//EN")
    book.add("version", "2.0")
    for meeting in calendar:
        entry = icalendar.Event()
        entry.add("uid", f"{meeting.id}@langstrecke")
        # A stamp of its own day, so that the same calendar gives the same bytes.
        entry.add("dtstamp", dt.datetime.combine(meeting.start, dt.time(), tzinfo=dt.UTC))
        entry.add("dtstart", meeting.start)
        entry.add("dtend", meeting.end + dt.timedelta(days=1))
        entry.add("summary", title(registry, meeting))
        entry.add("location", registry.circuits[meeting.events[0].circuit].name)
        entry.add("categories", [registry.series[meeting.series].name])
        book.add_component(entry)
    Path(path).write_bytes(book.to_ical())
    return len(calendar)
