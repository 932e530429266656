"""A plan from a dozen numbers: a team file, no race card, rule book or timing file needed."""

from __future__ import annotations

from langstrecke.strategy.plan.team.make import plan_team
from langstrecke.strategy.plan.team.model import FairShare, Saving, TeamPlan, TeamStint
from langstrecke.strategy.plan.team.read import is_team_file, read_team, team_from
from langstrecke.strategy.plan.team.schema import Team

__all__ = [
    "FairShare",
    "Saving",
    "Team",
    "TeamPlan",
    "TeamStint",
    "is_team_file",
    "plan_team",
    "read_team",
    "team_from",
]
