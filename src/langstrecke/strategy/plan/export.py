"""A plan as files: CSV, iCalendar, JSON."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import plural, race_time
from langstrecke.racecard.schema import RaceCard
from langstrecke.strategy.lookup import clock_of
from langstrecke.strategy.plan import Plan

COLUMNS = (
    "stint",
    "driver",
    "licence",
    "start_s",
    "end_s",
    "start",
    "end",
    "clock_start",
    "clock_end",
    "first_lap",
    "laps",
    "fuel",
    "fuel_added",
    "tyres",
    "stop_s",
    "state",
)


def plan_csv(plan: Plan, card: RaceCard) -> str:
    """One row a stint; times in race seconds, as h:mm:ss and on the clock."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for number, s in enumerate(plan.stints, 1):
        begin, end = clock_of(card, s.start_s), clock_of(card, s.end_s)
        rows.writerow(
            [
                number,
                s.driver,
                s.licence or "",
                f"{s.start_s:.1f}",
                f"{s.end_s:.1f}",
                race_time(s.start_s),
                race_time(s.end_s),
                f"{begin:%Y-%m-%d %H:%M:%S}",
                f"{end:%Y-%m-%d %H:%M:%S}",
                s.first_lap,
                s.laps,
                "" if s.fuel is None else f"{s.fuel:.2f}",
                "" if s.added is None else f"{s.added:.2f}",
                s.tyres,
                f"{s.stop_s:.1f}",
                s.state,
            ]
        )
    return out.getvalue()


def plan_json(plan: Plan) -> str:
    """`Plan.to_json` as text, one stint a line."""
    data = plan.to_json()
    parts = []
    for key, value in data.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            rows = ",\n  ".join(json.dumps(row, ensure_ascii=False) for row in value)
            parts.append(f" {json.dumps(key)}: [\n  {rows}\n ]")
        else:
            parts.append(f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def plan_ical(plan: Plan, card: RaceCard) -> bytes:
    """One event a stint, in the circuit's local time ("floating": the card names no time zone)."""
    try:
        from icalendar import Calendar, Event
    except ImportError:
        raise LangstreckeError(
            "a calendar needs icalendar, which is not installed", hint='pip install "langstrecke[plan]"'
        ) from None
    calendar = Calendar()
    calendar.add("prodid", "-//Langstrecke//stint plan//EN")
    calendar.add("version", "2.0")
    for number, s in enumerate(plan.stints, 1):
        event = Event()
        event.add("uid", f"{card.race.id}-{plan.car}-{number}@langstrecke")
        event.add("summary", f"#{plan.car} {s.driver}: stint {number}, {plural(s.laps, 'lap')}")
        event.add("dtstart", _whole(clock_of(card, s.start_s)))
        event.add("dtend", _whole(clock_of(card, s.end_s)))
        event.add("dtstamp", dt.datetime.combine(card.race.date, dt.time(), dt.UTC))
        event.add("location", card.circuit.name or card.circuit.id)
        what = f"laps {s.first_lap} to {s.first_lap + s.laps - 1}"
        what += f"; fuel for {s.fuel:.1f} laps; tyres: {s.tyres}" if s.fuel is not None else f"; {s.state}"
        event.add("description", what)
        calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text


def _whole(moment: dt.datetime) -> dt.datetime:
    return (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
