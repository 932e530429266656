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

    @property
    def verdict(self) -> Literal["free", "tight", "clash"]:
        """`tight`: no day overlaps, but there is too little time to travel."""
        if not self.clashes:
            return "free"
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


def chances(busy: Sequence[Meeting], wanted: Sequence[Meeting], travel_days: int = 1) -> list[Chance]:
    """For every wanted meeting what of a busy calendar stands in its way."""
    found = []
    for meeting in wanted:
        own = {event.id for event in meeting.events}
        others = [m for m in busy if own.isdisjoint(event.id for event in m.events)]
        found.append(Chance(meeting, tuple(hit for m in others if (hit := clash(meeting, m, travel_days)))))
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
    return Report(
        season=season,
        driver=registry.driver(driver).name if driver else None,
        travel_days=travel_days,
        busy=tuple(busy),
        clashes=tuple(clashes(busy, travel_days)),
        wanted=tuple(wanted),
        chances=tuple(chances(busy, wanted, travel_days)),
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
