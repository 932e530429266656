"""A team's plan as files: CSV for a shared sheet, iCalendar with zones, JSON."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import race_time
from langstrecke.strategy.plan.team.model import TeamPlan
from langstrecke.strategy.plan.team.zones import local

COLUMNS = (
    "status", "stint", "driver", "laps", "start", "end", "clock_start", "clock_end", "driver_start", "driver_zone",
    "first_lap", "fuel_added", "fuel", "left", "tyres", "stop_s", "why",
)  # fmt: skip


def team_csv(plan: TeamPlan) -> str:
    """One row a stint, driven and planned: it opens in Google Sheets, and `--driven` reads it back.

    `start` and `end` are race times, `clock_...` the race's zone, `driver_start` the driver's own.
    """
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    zones = {d.name: d.zone or plan.team.race.zone for d in plan.team.driver}
    for number, s in enumerate(plan.stints, 1):
        begin, end = local(plan.team, s.start_s), local(plan.team, s.end_s)
        own = local(plan.team, s.start_s, zones[s.driver])
        use = plan.team.use([d.name for d in plan.team.driver].index(s.driver))
        rows.writerow(
            [
                "driven" if s.driven else "planned", number, s.driver, s.laps, race_time(s.start_s),
                race_time(s.end_s),
                f"{begin:%Y-%m-%d %H:%M:%S}", f"{end:%Y-%m-%d %H:%M:%S}", f"{own:%Y-%m-%d %H:%M}", zones[s.driver],
                s.first_lap, f"{s.added:.1f}", f"{s.fuel:.1f}", f"{s.fuel - s.laps * use:.1f}", s.tyres,
                f"{s.stop_s:.0f}", "; ".join(s.why),
            ]
        )  # fmt: skip
    return out.getvalue()


def team_json(plan: TeamPlan) -> str:
    """`TeamPlan.to_json` as text."""
    return json.dumps(plan.to_json(), ensure_ascii=False, indent=1) + "\n"


def team_ical(plan: TeamPlan) -> bytes:
    """One event a stint (RFC 5545), in the driver's own zone.

    An event's id is made of race, car, driver and which of his stints it is: a calendar that imports a plan made
    again moves the events it has and does not add to them.
    """
    try:
        from icalendar import Calendar, Event
    except ImportError:
        raise LangstreckeError(
            "a calendar needs icalendar, which is not installed", hint='pip install "langstrecke[plan]"'
        ) from None
    team = plan.team
    calendar = Calendar()
    calendar.add("prodid", "-//Langstrecke//stint plan//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{team.race.name}: car {team.car.number}")
    zones = {d.name: d.zone or team.race.zone for d in team.driver}
    nth: dict[str, int] = {}
    driven = sum(s.driven for s in plan.stints)
    for number, s in enumerate(plan.stints, 1):
        nth[s.driver] = nth.get(s.driver, 0) + 1
        event = Event()
        own = "|".join((team.race.name, team.race.start.isoformat(), team.car.number, s.driver, str(nth[s.driver])))
        event.add("uid", hashlib.sha256(own.encode()).hexdigest()[:32] + "@langstrecke")
        event.add("sequence", driven)  # a plan made again after more stints is the newer one
        event.add("summary", f"#{team.car.number} {s.driver}: stint {number}, {s.laps} laps")
        event.add("dtstart", _whole(local(team, s.start_s, zones[s.driver])))
        event.add("dtend", _whole(local(team, s.end_s, zones[s.driver])))
        event.add("dtstamp", local(team, 0.0, "UTC"))
        what = f"laps {s.first_lap} to {s.first_lap + s.laps - 1}; +{s.added:.1f} {team.car.unit}; tyres: {s.tyres}"
        event.add("description", what + "".join(f"; {why}" for why in s.why))
        calendar.add_component(event)
    first, last = local(team, 0.0, "UTC").date(), local(team, plan.stints[-1].end_s, "UTC").date()
    year = dt.timedelta(days=400)
    calendar.add_missing_timezones(first_date=first - year, last_date=last + year)
    text: bytes = calendar.to_ical()
    return text


def _whole(moment: dt.datetime) -> dt.datetime:
    return (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
