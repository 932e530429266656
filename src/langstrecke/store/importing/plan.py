"""From all files the store has ever read to its sessions and races: a pure function of their records.

Which file becomes which session is worked out anew from all of them at every import, so that the store is the same
whatever came first, and twice is once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from langstrecke.store.importing.choose import Choice, choose
from langstrecke.store.importing.events import Event, events_of, race_of
from langstrecke.store.importing.evidence import Evidence
from langstrecke.store.importing.record import Record
from langstrecke.store.importing.series import compatible, known_classes

_LOOK_UP = 3
"""How many folders up files beside a file are asked for what it does not say itself."""


@dataclass(frozen=True)
class Filed:
    """What became of one file: its session and part, or why it is of none."""

    role: str  # source, superseded, copy, undecided, refused
    session_id: str | None = None  # of a refused file: the session it says it is
    reason: str = ""


@dataclass
class Session:
    """A session with the file chosen for each of its tables."""

    id: str
    event: Event
    race_id: str | None
    name: str
    kind: str
    start: dt.datetime | None
    chosen: dict[str, Choice] = field(default_factory=dict)
    pits: list[Record] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def records(self) -> list[Record]:
        """The files it is made of."""
        return [choice.best for choice in self.chosen.values()] + self.pits


@dataclass
class Plan:
    """What the store should hold."""

    filed: dict[str, Filed] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    races: dict[str, list[Session]] = field(default_factory=dict)
    """Race -> all sessions of its event, the race's own first."""
    notes: dict[str, list[str]] = field(default_factory=dict)
    """Path -> what it should be told of it."""


def make_plan(records: Iterable[Record]) -> Plan:
    """The sessions and races that the files make, and what became of each file."""
    plan = Plan()
    known = sorted(records, key=lambda r: r.path)
    whole = []
    for record in _told_by_others(known):
        why = _missing(record)
        if why:
            plan.filed[record.path] = Filed("undecided", None, why)
            continue
        refused = _mislabelled(record)
        if refused:
            plan.filed[record.path] = Filed("refused", None, refused)
            continue
        whole.append(record)
    events, lost = events_of(whole)
    for path, why in lost.items():
        plan.filed[path] = Filed("undecided", None, why)
    for event in events:
        _sessions(event, plan)
    _check(plan, whole)
    return plan


# --- what a file does not say itself --------------------------------------------------------------------------------


def _told_by_others(records: Sequence[Record]) -> list[Record]:
    """Records with series, season or event that only the files beside them say."""
    by_folder: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for folder in _near(record.path):
            by_folder[folder].append(record)
    filled = []
    for record in records:
        e = record.evidence
        told: dict[str, str] = {}
        if not e.circuit:
            told |= _beside(record, by_folder, "circuit")
        if not e.season:
            told |= _beside(record, by_folder, "season")
        if not e.series:
            told |= _beside(record, by_folder, "series")
        if not told:
            filled.append(record)
            continue
        series = told.get("series", e.series)
        if series == "wec" and told.get("circuit", e.circuit) == "le-mans":
            told["series"] = "le-mans"
        why = {**e.why, **dict.fromkeys(told, "the files beside it")}
        evidence = replace(e, **told, why=why, event=e.event or told.get("circuit", ""))  # type: ignore[arg-type]
        filled.append(replace(record, evidence=evidence))
    return filled


def _near(path: str) -> list[str]:
    return [str(folder) for folder in list(PurePath(path).parents)[:_LOOK_UP]]


def _beside(record: Record, by_folder: dict[str, list[Record]], fact: str) -> dict[str, str]:
    """The one value that the files of the nearest folder which say any agree on, if it fits."""
    for folder in _near(record.path):
        values: set[str] = set()
        for other in by_folder.get(folder, ()):
            value = getattr(other.evidence, fact)
            if value and other.path != record.path and _one_place(record.evidence, other.evidence):
                values.add(value)
        if values == {"wec", "le-mans"}:
            values = {"wec"}
        if len(values) > 1:
            return {}
        if values:
            value = values.pop()
            if fact == "series" and record.content.classes and known_classes(value):
                fits = compatible(record.content.classes)
                if value not in fits and set(record.content.classes) != {"ALL"}:
                    return {}
            return {fact: value}
    return {}


def _one_place(one: Evidence, other: Evidence) -> bool:
    """Whether two files can be of one event as far as both say."""
    return all(
        not getattr(one, fact) or not getattr(other, fact) or getattr(one, fact) == getattr(other, fact)
        for fact in ("season", "circuit")
    )


def _missing(record: Record) -> str:
    """What is not known of the race of a file; empty where all is."""
    e, c = record.evidence, record.content
    lacks = []
    if not e.series:
        shown = f" (classes {', '.join(c.classes)})" if c.classes else ""
        lacks.append(f"of which series it is{shown}: --series")
    if not e.season:
        lacks.append("of which season: --season")
    if not e.circuit:
        lacks.append("of which event: --event")
    if e.session is None:
        lacks.append("of which session: a list of best laps may be of any practice or qualifying")
    return "nothing says " + "; nor ".join(lacks) if lacks else ""


def _mislabelled(record: Record) -> str:
    if record.content.kind == "results" and record.content.of_race is False and record.evidence.kind == "race":
        where = record.evidence.why.get("session", "its name")
        return f"is a list of best laps, but {where} says it is of a race"
    return ""


# --- sessions -------------------------------------------------------------------------------------------------------


def _sessions(event: Event, plan: Plan) -> None:
    """The sessions of an event, into the plan."""
    groups: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for (slug, stamp), group in _by_stamp(event, plan).items():
        groups[slug, stamp] = group
    races = sorted({s for s, _ in groups if _kind(groups, s) == "race"}, key=lambda s: (s == "qualifying-race", s))
    if races and event.race_id is not None:
        event.race_id = race_of(event, races[0])
        event.prefix = event.race_id
    seen: dict[str, int] = defaultdict(int)
    for slug, stamp in sorted(groups, key=lambda key: (key[0], key[1])):
        group = groups[slug, stamp]
        seen[slug] += 1
        nth = "" if seen[slug] == 1 else f"-{seen[slug]}"
        kind = _kind(groups, slug)
        name = f"{slug}{nth}"
        if kind == "race":
            race_id: str | None = race_of(event, slug) + nth
            session_id = f"{race_id}/race"
            name = "race"
        else:
            race_id = _race_of_practice(event, slug, races)
            session_id = f"{event.prefix}/{name}"
        start = min((r.evidence.stamp for r in group if r.evidence.stamp), default=None)
        session = Session(session_id, event, race_id, name, kind, start)
        _choose_all(session, group, plan)
        if session.records:
            plan.sessions[session_id] = session
    for session in list(plan.sessions.values()):
        if session.event is event and session.race_id is not None:
            own = session.id == f"{session.race_id}/race"
            plan.races.setdefault(session.race_id, []).insert(0 if own else len(plan.races[session.race_id]), session)


def _kind(groups: dict[tuple[str, str], list[Record]], slug: str) -> str:
    return next(str(r.evidence.kind) for (other, _), group in groups.items() if other == slug for r in group)


def _race_of_practice(event: Event, slug: str, races: list[str]) -> str | None:
    """The race a session belongs to; the n-th qualifying of a weekend of sprints is that of the n-th race."""
    if event.race_id is None:
        return None
    number = slug.rsplit("-", 1)[-1]
    if slug.startswith("qualifying") and number.isdigit() and len(races) > 1 and f"race-{number}" in races:
        return race_of(event, f"race-{number}")
    return event.race_id


def _by_stamp(event: Event, plan: Plan) -> dict[tuple[str, str], list[Record]]:
    """Files by session: of one name, told apart by when the session began."""
    named: dict[str, list[Record]] = defaultdict(list)
    for record in event.records:
        named[record.evidence.session or ""].append(record)
    groups: dict[tuple[str, str], list[Record]] = {}
    for slug, group in named.items():
        stamps = sorted({r.evidence.stamp for r in group if r.evidence.stamp})
        if len(stamps) < 2:
            groups[slug, ""] = group
            continue
        for stamp in stamps:
            groups[slug, stamp.isoformat()] = [r for r in group if r.evidence.stamp == stamp]
        for record in group:
            if record.evidence.stamp is not None:
                continue
            day = [s for s in stamps if s.date() == record.evidence.day]
            if len(day) == 1:
                groups[slug, day[0].isoformat()].append(record)
            else:
                why = f"it does not say of which {slug} it is: there are {len(stamps)}"
                plan.filed[record.path] = Filed("undecided", None, why)
    return groups


def _choose_all(session: Session, group: list[Record], plan: Plan) -> None:
    kinds: dict[str, list[Record]] = defaultdict(list)
    for record in group:
        kinds[record.content.kind].append(record)
    for kind, records in sorted(kinds.items()):
        if kind == "pits":
            # Hourly files of stops hold the stops of their hour only: all of them together are the session's.
            for record in sorted(records, key=lambda r: (r.sha256, r.path)):
                again = any(record.sha256 == other.sha256 for other in session.pits)
                plan.filed[record.path] = Filed("copy" if again else "source", session.id, "")
                if not again:
                    session.pits.append(record)
            continue
        choice = choose(records)
        session.chosen[kind] = choice
        plan.filed[choice.best.path] = Filed("source", session.id, "")
        for record in choice.copies:
            plan.filed[record.path] = Filed("copy", session.id, f"the same as {choice.best.path}")
        for record, why in choice.superseded:
            role = "copy" if record.sha256 == choice.best.sha256 else "superseded"
            plan.filed[record.path] = Filed(role, session.id, why)
        for record, why in choice.strangers:
            reason = f"says it is the {session.name} of {session.id.split('/')[0]}, but {why}"
            plan.filed[record.path] = Filed("refused", session.id, reason)


# --- what does not fit together -------------------------------------------------------------------------------------


def _check(plan: Plan, records: Sequence[Record]) -> None:
    """Notes on files that contradict each other or their place."""
    for session in plan.sessions.values():
        laps, results = session.chosen.get("laps"), session.chosen.get("results")
        if laps is not None and results is not None:
            why = _unlike(laps.best, results.best)
            if why:
                plan.notes.setdefault(results.best.path, []).append(f"{why} ({laps.best.path})")
        weather = session.chosen.get("weather")
        if weather is not None:
            why = _other_day(session, weather.best)
            if why:
                plan.notes.setdefault(weather.best.path, []).append(why)
        for choice in (laps, results):
            if (
                choice is not None
                and choice.best.content.of_race
                and session.kind in ("practice", "qualifying", "warm-up")
            ):
                plan.notes.setdefault(choice.best.path, []).append(
                    f"is laid out as the result of a race, but is filed as {session.name}"
                )
        for note in session.event.notes:
            plan.notes.setdefault(session.records[0].path, []).append(note)
    by_sha: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if plan.filed[record.path].role != "refused" and plan.filed[record.path].session_id is not None:
            by_sha[record.sha256].append(record)
    for same in by_sha.values():
        places = sorted({str(plan.filed[r.path].session_id) for r in same})
        if len(places) > 1:
            for record in same:
                plan.notes.setdefault(record.path, []).append(
                    f"the same file stands for {' and '.join(places)}: all but one must be wrong"
                )


def _unlike(laps: Record, results: Record) -> str:
    mine, theirs = set(laps.content.marks), set(results.content.marks)
    if len(mine & theirs) < 0.5 * min(len(mine), len(theirs)):
        return "its cars are not those of the laps"
    led, won = laps.content.winner_laps, results.content.winner_laps
    if results.content.of_race and led and won and abs(led - won) > max(3, 0.1 * max(led, won)):
        return f"its winner drove {won} laps, the leader of the lap file {led}"
    return ""


def _other_day(session: Session, weather: Record) -> str:
    first = weather.content.first
    if first is None:
        return ""
    day = dt.datetime.fromisoformat(first).date()
    told = (
        session.start.date()
        if session.start
        else next((r.evidence.day for r in session.records if r.evidence.day), None)
    )
    if told is not None and abs(day - told) > dt.timedelta(days=2):
        return f"its readings are of {day}, the session is of {told}"
    season = session.event.season
    years = {int(season[:4]), int(season[:4]) + (len(season) > 4)}
    if told is None and not {day.year, (day + dt.timedelta(days=1)).year} & years:
        return f"its readings are of {day}, filed under season {season}"
    return ""
