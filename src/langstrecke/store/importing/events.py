"""Which files are of one event, and what its races are called.

Events of one series, season and circuit are told apart by the days of their sessions, by what the calendars of the
registry hold, and, where there are no days, by the archive's order or the length of the race. All of it is worked out
from all files at once, so it does not matter in which order they were imported.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

from langstrecke.paddock.places import Meeting, circuit_names, meetings
from langstrecke.store.importing.record import Record

_STANDARD_MINUTES = (40, 45, 60, 90, 100, 120, 160, 180, 240, 360, 480, 600, 720, 1440)
_LAP_SLACK_S = 600.0
"""A timed race ends with the lap under way; no lap, and no safety-car lap, lasts longer."""
_NEAR = 0.1
_APART = dt.timedelta(days=9)
"""Sessions further apart are of two events."""
_AFTER_RACE = dt.timedelta(days=3)
"""A session this long after a race is of another event."""
_TESTS = ("roar", "prologue", "test", "shakedown")


@dataclass
class Event:
    """One event: its files, and the identifiers of its race. `race_id` is None for a test."""

    series: str
    season: str
    circuit: str
    base: str
    records: list[Record] = field(default_factory=list)
    meeting: Meeting | None = None
    race_id: str | None = None
    prefix: str = ""  # of the ids of its sessions that are no races
    notes: list[str] = field(default_factory=list)


@cache
def tables() -> dict[str, Any]:
    """The data table `tables.toml`: lengths, days."""
    text = resources.files("langstrecke.store.importing").joinpath("tables.toml").read_text("utf-8")
    return tomllib.loads(text)


def circuit_name(circuit: str) -> str:
    """The circuit's full name; the slug in words where it is not known."""
    return circuit_names().get(circuit) or circuit.replace("-", " ").title()


def events_of(records: Iterable[Record]) -> tuple[list[Event], dict[str, str]]:
    """The events of records whose series, season and circuit are known, and why a path is of none of them."""
    groups: dict[tuple[str, str, str, str], list[Record]] = defaultdict(list)
    for record in records:
        e = record.evidence
        series, season = e.series or "", _season(record)
        groups[series, season, _circuit(series, season, e.circuit or ""), _apart(record)].append(record)
    events: list[Event] = []
    lost: dict[str, str] = {}
    for (series, season, circuit, apart), group in sorted(groups.items()):
        base = _joined(_base(series, season, circuit), apart if apart not in _TESTS else "")
        clusters, undecided = _clusters(group)
        lost |= undecided
        found = [Event(series, season, circuit, base, cluster) for cluster in clusters]
        _name(found, test=apart if apart in _TESTS else "")
        events += found
    return events, lost


def _season(record: Record) -> str:
    """The season as the calendars write it: a race of 2019 may be of "2018-19"."""
    e = record.evidence
    season, day = e.season or "", e.day
    known = meetings().get((e.series or "", e.circuit or ""), ())
    if len(season) > 4 or any(m.season == season for m in known):
        return season
    near = {
        m.season for m in known if (day and abs(m.day - day) <= _APART) or (not day and str(m.day.year) == season)
    }
    return near.pop() if len(near) == 1 else season


def _circuit(series: str, season: str, circuit: str) -> str:
    """A city's circuit at the time: Detroit raced on Belle Isle to 2022."""
    for row in tables()["moved"]:
        if row["series"] == series and row["name"] == circuit and int(season[:4]) <= row["until"]:
            return str(row["circuit"])
    return circuit


def _base(series: str, season: str, circuit: str) -> str:
    alone = (
        circuit == series
        or (series == "spa-24h" and circuit == "spa")
        or (series == "n24" and circuit == "nurburgring")
    )
    return f"{series}-{season}" if alone else f"{series}-{season}-{circuit}"


def _apart(record: Record) -> str:
    """What sets an event apart from another at its circuit: a second race's own name, or that it is a test."""
    words = record.evidence.event.split("-")
    for extra in tables()["extra"]:
        if extra["match"] in words:
            return str(extra["suffix"])
    if "roar" in words:
        return "roar"
    if record.evidence.test_event:
        return "prologue" if "prologue" in words or record.evidence.session == "prologue" else "test"
    return "prologue" if record.evidence.session == "prologue" else ""


# --- one event or two -----------------------------------------------------------------------------------------------


def _clusters(group: Sequence[Record]) -> tuple[list[list[Record]], dict[str, str]]:
    """Records by event, in order of time, and the reason of each path that fits more than one."""
    dated = sorted((r for r in group if r.evidence.day), key=lambda r: (r.evidence.day, r.path))
    clusters: list[list[Record]] = []
    for record in dated:
        if not clusters or _another(clusters[-1], record):
            clusters.append([])
        clusters[-1].append(record)
    lost: dict[str, str] = {}
    undated = [r for r in group if not r.evidence.day]
    if not undated:
        return clusters, lost
    if not clusters:
        return _undated(undated), lost
    for record in undated:
        fits = [c for c in clusters if _fits(c, record)]
        if len(clusters) == 1:
            clusters[0].append(record)
        elif len(fits) == 1:
            fits[0].append(record)
        else:
            days = " and ".join(str(c[0].evidence.day) for c in clusters)
            lost[record.path] = f"it does not say of which event it is: there is one of {days}"
    return clusters, lost


def _another(cluster: list[Record], record: Record) -> bool:
    day = record.evidence.day
    last = max(r.evidence.day for r in cluster if r.evidence.day)
    assert day is not None
    races = [r.evidence.day for r in cluster if r.evidence.kind == "race" and r.evidence.day]
    return day - last > _APART or bool(races and day - max(races) > _AFTER_RACE)


def _fits(cluster: list[Record], record: Record) -> bool:
    """Whether something besides the day ties an undated record to a cluster."""
    folder = record.folder
    e = record.evidence
    return any(
        r.folder == folder
        or (e.order is not None and r.evidence.order == e.order)
        or (e.hours and r.evidence.hours == e.hours)
        for r in cluster
    )


def _undated(records: Sequence[Record]) -> list[list[Record]]:
    """Records without any day: one event, unless the archive's order or the race's length says two."""
    for fact in ("order", "hours"):
        values = sorted({getattr(r.evidence, fact) for r in records if getattr(r.evidence, fact) is not None})
        if len(values) > 1:
            parts = [[r for r in records if getattr(r.evidence, fact) == value] for value in values]
            rest = [r for r in records if getattr(r.evidence, fact) is None]
            parts[0] += rest
            return parts
    return [list(records)]


# --- names ----------------------------------------------------------------------------------------------------------


def _name(events: list[Event], *, test: str) -> None:
    """Race ids and prefixes of the events of one series, season and circuit, in order of time."""
    if test:
        taken: set[str] = set()
        for event in events:
            race = any(r.named_race for r in event.records)
            # The race of the Roar is the qualifying race for the 24 h, whatever its file is called.
            if race:
                event.race_id = event.prefix = _free(f"{event.base}-qualifying-race", taken)
            else:
                event.prefix = _free(f"{event.base}-{test}", taken)
        return
    known = list(meetings().get((events[0].series, events[0].circuit), ()))
    known = [m for m in known if m.season == events[0].season]
    for place, event in enumerate(events):
        event.meeting = _meeting(event, known, place, len(events))
    taken = {event.meeting.id for event in events if event.meeting is not None}
    raced = [event for event in events if any(r.evidence.kind == "race" for r in event.records)]
    for event in events:
        if event.meeting is not None:
            event.base = event.race_id = event.meeting.id
        elif event in raced or not (raced or known):
            event.base = event.race_id = _free(event.base, taken)
        else:
            event.base = _free(f"{event.base}-test", taken)  # only sessions, weeks from the race: a test
        event.prefix = event.base


def _meeting(event: Event, known: list[Meeting], place: int, count: int) -> Meeting | None:
    """The calendar's race of an event; None where there is none, or two on one weekend."""
    days = [r.evidence.day for r in event.records if r.evidence.day]
    if days:
        near = [
            m
            for m in known
            if min(days) - _AFTER_RACE <= m.day <= max(days) + _APART or m.start <= min(days) <= m.day
        ]
        near = (
            [m for m in near if m.day >= min(days) - dt.timedelta(days=1)][:1]
            if len(near) > 1 and _weeks(near)
            else near
        )
        return near[0] if len(near) == 1 else None
    if len(known) == 1 or not _weeks(known):
        return known[0] if len(known) == 1 and count == 1 else None
    hours = {r.evidence.hours for r in event.records if r.evidence.hours}
    long = [m for m in known if len(hours) == 1 and m.duration_s == 3600 * min(hours)]
    if len(long) == 1:
        return long[0]
    if count == len(known):
        return known[place]
    event.notes.append(f"there were {len(known)} races at {event.circuit} in {event.season}; taken for the first")
    return known[0] if count == 1 else None


def _weeks(known: list[Meeting]) -> bool:
    """Whether the races are of different weekends."""
    return len(known) > 1 and all(b.day - a.day > _AFTER_RACE for a, b in pairwise(known))


def _free(name: str, taken: set[str]) -> str:
    wanted, number = name, 2
    while wanted in taken:
        wanted, number = f"{name}-{number}", number + 1
    taken.add(wanted)
    return wanted


def _joined(base: str, added: str) -> str:
    return f"{base}-{added}" if added else base


def race_of(event: Event, session: str) -> str:
    """The id of a race session's race: "race-2" is the second of the weekend."""
    base = event.base
    if event.race_id is not None and event.race_id.endswith("-qualifying-race"):
        return event.race_id
    return _joined(base, session.removeprefix("race").strip("-"))


# --- lengths and days -----------------------------------------------------------------------------------------------


def scheduled_s(race_id: str, series: str, season: int, circuit: str) -> float | None:
    """The scheduled length of a race in seconds by the table of regulations."""
    for row in tables()["length"]:
        low, high = row["seasons"]
        fits = row["series"] == series and low <= season <= high
        if fits and "race" in row:
            fits = race_id.endswith("-" + row["race"])
        if fits and "circuits" in row:
            fits = circuit in row["circuits"]
        if fits:
            return float(row["minutes"] * 60)
    return None


def inferred_s(leader_elapsed_s: float) -> float:
    """The scheduled length a race most likely had: the longest usual one the leader just exceeded.

    Where none fits (a race cut short) the nearest usual length; what is far from all lasted as long as it did.
    """
    usual = [minutes * 60.0 for minutes in _STANDARD_MINUTES]
    under = [length for length in usual if 0.0 <= leader_elapsed_s - length + 5.0 <= _LAP_SLACK_S]
    nearest = min(usual, key=lambda length: abs(length - leader_elapsed_s))
    if under or abs(nearest - leader_elapsed_s) <= _NEAR * nearest:
        return max(under, default=nearest)
    return 60.0 * max(1, round(leader_elapsed_s / 60.0))


def known_date(race_id: str) -> dt.date | None:
    """The day of a race whose files do not print it."""
    day = tables()["dates"].get(race_id)
    return day if isinstance(day, dt.date) else None
