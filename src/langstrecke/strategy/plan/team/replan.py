"""The plan made again in the race: what is driven stays, the rest is solved anew, and what changed is said."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from langstrecke.formatting import plural
from langstrecke.strategy.plan.team.driven import Driven
from langstrecke.strategy.plan.team.make import plan_team
from langstrecke.strategy.plan.team.model import TeamPlan
from langstrecke.strategy.plan.team.schema import Team

REPLAN_S = 1.0
"""Work on a rota made again (default): about a second of two idle cores."""
MOVED_S = 120.0
"""A stint that begins this much earlier or later has moved (default)."""


@dataclass(frozen=True)
class Replan:
    """The plan before and after, and the difference in a line."""

    before: TeamPlan
    after: TeamPlan
    change: str


def replan(
    team: Team,
    driven: Driven,
    *,
    before: TeamPlan | None = None,
    limit_s: float = REPLAN_S,
    beside: Path | None = None,
) -> Replan:
    """What is left of the race planned anew after the driven stints. `before` is the plan so far, else made here."""
    before = before or plan_team(team, limit_s=limit_s, beside=beside)
    names = [d.name for d in team.driver]
    planned = tuple((s.start_s, names.index(s.driver)) for s in before.stints)
    after = plan_team(team, driven=driven.legs, begin=driven.begin, planned=planned, limit_s=limit_s, beside=beside)
    return Replan(before, after, changed(before, after))


def changed(before: TeamPlan, after: TeamPlan) -> str:
    """What a plan made again changes, in one line: stops, who was moved furthest, how the fair share stands."""
    parts = []
    old, new = len(before.stints) - 1, len(after.stints) - 1
    if old != new:
        parts.append(f"{new} stops instead of {old}")
    now = max((s.end_s for s in after.stints if s.driven), default=0.0)
    moves = []
    for driver in after.team.driver:
        was = [s for s in before.stints if s.driver == driver.name and s.end_s > now]
        will = [s for s in after.stints if s.driver == driver.name and not s.driven]
        if was and will:
            moves.append((will[-1].start_s - was[-1].start_s, driver.name))
        elif was:
            parts.append(f"{driver.name} does not drive again")
        elif will:
            parts.append(f"{driver.name} drives once more")
    moved = max(moves, key=lambda m: abs(m[0]), default=None)
    if moved is not None and abs(moved[0]) >= MOVED_S:
        way = "earlier" if moved[0] < 0 else "later"
        parts.append(f"{moved[1]}'s last stint moves {_minutes(abs(moved[0]))} {way}")
    if after.laps != before.laps:
        more = after.laps - before.laps
        parts.append(f"{plural(abs(more), 'lap')} {'more' if more > 0 else 'fewer'}")
    if not parts:
        parts.append("nothing of note moves")
    tight = min(after.shares, key=lambda s: s.laps - s.least, default=None)
    if tight is not None:
        spare = tight.laps - tight.least
        parts.append(
            f"fair share kept by {plural(spare, 'lap')} ({tight.driver})"
            if spare >= 0
            else f"FAIR SHARE MISSED by {-spare} laps ({tight.driver})"
        )
    return "; ".join(parts)


def _minutes(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"
