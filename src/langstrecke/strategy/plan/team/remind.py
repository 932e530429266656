"""What a crew is told before each stop of a plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from langstrecke.errors import CardError
from langstrecke.formatting import plural
from langstrecke.strategy.plan.team.model import TeamPlan
from langstrecke.strategy.plan.team.replan import MOVED_S
from langstrecke.strategy.plan.team.zones import green


@dataclass(frozen=True)
class Reminder:
    """One stop to come: when the car comes in by the plan (UTC), who drives then, and the words."""

    stop: int
    """From 1."""
    at: dt.datetime
    driver: str
    change: bool
    words: str
    data: Mapping[str, Any]

    def text(self, now: dt.datetime) -> str:
        """The message as it is sent at a moment."""
        minutes = max(0, round((self.at - now).total_seconds() / 60))
        return self.words.format(when=f"in about {minutes} min" if minutes else "now")


def reminders(plan: TeamPlan) -> tuple[Reminder, ...]:
    """A reminder for each stop still to come. CardError where the team file does not say when the race starts."""
    team = plan.team
    if "start" not in team.race.model_fields_set:
        raise CardError(
            "is not given: when a stop comes is not known", key="race.start", hint='start = "2027-01-16 13:00"'
        )
    driven = sum(s.driven for s in plan.stints)
    ground = f"By the plan after {plural(driven, 'driven stint')}." if driven else ""
    ground = ground or "By the plan before the race; what was driven since is not told."
    found = []
    for number, (before, s) in enumerate(zip(plan.stints, plan.stints[1:], strict=False), 1):
        if s.driven:
            continue
        change = s.driver != before.driver
        zone = next((d.zone for d in team.driver if d.name == s.driver), None) or team.race.zone
        clock = f"{plan.local(before.end_s):%a %H:%M} {team.race.zone}"
        own = f" ({plan.local(before.end_s, s.driver):%a %H:%M} {zone})" if zone != team.race.zone else ""
        who = f"{s.driver} takes over from {before.driver}{own}" if change else f"{s.driver} stays in{own}"
        lap = before.first_lap + before.laps - 1
        words = f"{team.race.name}, car {team.car.number}: stop "
        rest = (
            f", after lap {lap}, {clock}. {who}. "
            f"+{s.added:.1f} {team.car.unit}, {'new tyres' if s.tyres == 'new' else 'tyres stay'}. {ground}"
        )
        found.append(
            Reminder(
                stop=number,
                at=green(team) + dt.timedelta(seconds=before.end_s),
                driver=s.driver,
                change=change,
                words=_plain(words) + "{when}" + _plain(rest),
                data={
                    "race": team.race.name,
                    "car": team.car.number,
                    "stop": number,
                    "at": (green(team) + dt.timedelta(seconds=before.end_s)).isoformat(timespec="seconds"),
                    "lap": lap,
                    "driver_out": before.driver,
                    "driver_in": s.driver,
                    "fuel_added": round(s.added, 2),
                    "unit": team.car.unit,
                    "tyres": s.tyres,
                    "driven_stints": driven,
                },
            )
        )
    return tuple(found)


def due(
    found: tuple[Reminder, ...], now: dt.datetime, before: dt.timedelta, sent: Mapping[int, Reminder]
) -> list[Reminder]:
    """Those to be sent now: the stop is less than `before` away and not passed.

    A stop that was told of is told of again when a plan made anew gives it to somebody else, or moves it by more than
    two minutes.
    """
    return [
        r
        for r in found
        if r.at - before <= now <= r.at
        and (
            (old := sent.get(r.stop)) is None
            or old.driver != r.driver
            or abs((r.at - old.at).total_seconds()) > MOVED_S
        )
    ]


def _plain(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
