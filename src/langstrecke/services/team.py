"""A team's plan from its own numbers: asked and answered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from langstrecke.services.answers.team import TeamPlanAnswer
from langstrecke.services.kernel import ready
from langstrecke.services.progress import Step
from langstrecke.services.requests.team import TeamPlanAsk
from langstrecke.services.settings import Settings

if TYPE_CHECKING:
    from langstrecke.strategy.plan.team import TeamPlan
    from langstrecke.strategy.plan.team.odds import PlanOdds


def team_plan(settings: Settings, ask: TeamPlanAsk, *, step: Step) -> TeamPlanAnswer:
    """Stops, fuel and drivers of a team's car from a dozen numbers, with how likely the plan holds."""
    plan, odds, change = team_plan_result(ask, step=step)
    return TeamPlanAnswer.model_validate(
        {**plan.to_json(), "change": change, "odds": None if odds is None else odds.to_json()}
    )


def team_plan_result(
    ask: TeamPlanAsk, *, step: Step, beside: Path | None = None
) -> tuple[TeamPlan, PlanOdds | None, str | None]:
    """The plan, its odds (None without races) and what a plan made again changes (None before the race).

    `beside` is the folder of the team file, for a rule book of one's own there.
    """
    from langstrecke.strategy.plan.team import plan_team, read_team
    from langstrecke.strategy.plan.team.driven import read_driven
    from langstrecke.strategy.plan.team.odds import plan_odds
    from langstrecke.strategy.plan.team.replan import replan

    team = read_team(ask.team if "\n" in ask.team else ask.team + "\n")
    step(0, max(1, ask.races), "looking for the best rota")
    if ask.driven:
        sheet = ask.driven if "\n" in ask.driven else ask.driven + "\n"
        found = replan(team, read_driven(sheet, team), limit_s=ask.limit_s or 1.0, beside=beside)
        return found.after, None, found.change
    plan = plan_team(team, limit_s=ask.limit_s or 6.0, beside=beside)
    odds = None
    if ask.races:
        ready(step, ask.races)
        odds = plan_odds(
            plan, races=ask.races, seed=ask.seed, beside=beside, progress=lambda d, t: step(d, t, "races")
        )
    return plan, odds, None
