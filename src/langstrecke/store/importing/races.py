"""The row of a race, from the files of its event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from langstrecke.store.importing.events import circuit_name, inferred_s, known_date, scheduled_s
from langstrecke.store.importing.plan import Session
from langstrecke.store.importing.record import Record


def race_row(race_id: str, sessions: Sequence[Session]) -> list[Any]:
    """The columns of `races` for a race; `sessions` are all of its event, its own first where there is one yet."""
    own = sessions[0] if sessions[0].id == f"{race_id}/race" else None
    event = sessions[0].event
    files = own.records if own is not None else []
    laps = own.chosen["laps"].best if own is not None and "laps" in own.chosen else None
    season = int(event.season[:4])
    day = _day(race_id, own, sessions)
    start = own.start if own is not None else None
    if laps is not None and laps.content.green_ms is not None and day is not None:
        start = dt.datetime(day.year, day.month, day.day) + dt.timedelta(milliseconds=laps.content.green_ms)
    duration, known = _duration(race_id, own, laps, season, event.series, event.circuit)
    if duration is None and event.meeting is not None and event.meeting.duration_s:
        duration, known = float(event.meeting.duration_s), True
    if duration is None and laps is not None and laps.content.leader_s:
        duration = inferred_s(laps.content.leader_s)
    source = (laps or next(iter(files), None)) if own is not None else None
    return [
        race_id, event.series, season, _title(race_id, files, event.circuit), event.circuit, day, start, duration,
        known,
        source.path if source is not None else None,
    ]  # fmt: skip


def scheduled(race_id: str, own: Session) -> float | None:
    """The scheduled length of a race in seconds, where the files, their names or the regulations tell it."""
    laps = own.chosen["laps"].best if "laps" in own.chosen else None
    return _duration(race_id, own, laps, int(own.event.season[:4]), own.event.series, own.event.circuit)[0]


def _duration(
    race_id: str, own: Session | None, laps: Record | None, season: int, series: str, circuit: str
) -> tuple[float | None, bool]:
    """What the data says, then what names say, then the table of regulations."""
    for record in _in_order(own):
        if record.content.said.limit_s:
            return record.content.said.limit_s, True
    hours = [record.evidence.hours for record in _in_order(own) if record.evidence.hours]
    scheduled = scheduled_s(race_id, series, season, circuit)
    if hours and (scheduled is None or race_id.endswith(circuit)):
        return hours[0] * 3600.0, True
    return scheduled, scheduled is not None


def _in_order(own: Session | None) -> list[Record]:
    """A session's files, what describes the event before what was measured."""
    order = ["entries", "results", "laps", "weather", "pits"]
    return sorted(own.records, key=lambda r: order.index(r.content.kind)) if own is not None else []


def _title(race_id: str, files: Sequence[Record], circuit: str) -> str:
    told = [r.content.said.event for r in sorted(files, key=lambda r: r.content.kind) if r.content.said.event]
    if told:
        return str(told[0])
    name = circuit_name(circuit)
    return f"{name}, qualifying race" if race_id.endswith("-qualifying-race") else name


def _day(race_id: str, own: Session | None, sessions: Sequence[Session]) -> dt.date | None:
    told = [r.content.said.day for r in _in_order(own) if r.content.said.day]
    told += [r.evidence.day for r in _in_order(own) if r.evidence.day]
    if told:
        return told[0]
    meeting = sessions[0].event.meeting
    known = known_date(race_id) or (meeting.day if meeting is not None else None)
    days = [r.evidence.day for s in sessions for r in s.records if r.evidence.day]
    return known or max(days, default=None)
