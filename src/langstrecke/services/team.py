"""A team's plan from its own numbers: asked and answered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from langstrecke.errors import LangstreckeError
from langstrecke.racecard.io import read_text
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
    return TeamPlanAnswer.model_validate(team_plan_json(plan, odds, change))


def team_plan_json(plan: TeamPlan, odds: PlanOdds | None, change: str | None) -> dict[str, Any]:
    """The answer as data, as `plan --json` and the page show it."""
    from langstrecke.strategy.plan.team.words import margins, odds_words, quality

    said = [*margins(plan), quality(plan), *(odds_words(odds) if odds is not None else [])]
    return {**plan.to_json(), "said": said, "change": change, "odds": None if odds is None else odds.to_json()}


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
    change = begin = None
    if ask.driven:
        sheet = ask.driven if "\n" in ask.driven else ask.driven + "\n"
        driven = read_driven(sheet, team)
        found = replan(team, driven, limit_s=ask.limit_s or 1.0, beside=beside)
        plan, change, begin = found.after, found.change, driven.begin
    else:
        plan = plan_team(team, limit_s=ask.limit_s or 6.0, beside=beside)
    odds = None
    if ask.races:
        ready(step, ask.races)
        odds = plan_odds(
            plan, begin=begin, races=ask.races, seed=ask.seed, beside=beside,
            progress=lambda d, t: step(d, t, "races"),
        )  # fmt: skip
    return plan, odds, change


def team_plan_of_files(
    path: Path, driven: Path | None = None, *, races: int = 0, seed: int = 1, limit_s: float | None = None, step: Step
) -> tuple[TeamPlan, PlanOdds | None, str | None]:
    """`team_plan_result` of a team file and what was driven: a sheet, a recording, or a race of the store.

    Errors name the file.
    """
    from langstrecke.strategy.plan.team.driven import SHEET
    from langstrecke.strategy.plan.team.read import TEAM_FILE

    sheet = ""
    if driven is not None:
        sheet = _sheet(driven, path)
        if not sheet.strip():
            raise LangstreckeError("holds no driven stint", file=driven, hint="a row a stint: driver,laps,end")
    ask = TeamPlanAsk(
        team=read_text(path, kind=TEAM_FILE)[0] + "\n", driven=sheet, races=races, seed=seed, limit_s=limit_s
    )
    try:
        return team_plan_result(ask, step=step, beside=path.parent)
    except LangstreckeError as error:
        file = {SHEET: driven, TEAM_FILE: path, None: path}.get(error.file, error.file)
        raise LangstreckeError(error.what, file=file, line=error.line, key=error.key, hint=error.hint) from None


def _sheet(driven: Path, team: Path) -> str:
    """The sheet itself, or the one that laps of timing come to."""
    from langstrecke.strategy.plan.team.driven import SHEET, sheet_of
    from langstrecke.strategy.plan.team.read import read_team

    if driven.suffix == ".csv" and (driven.exists() or driven.parent != Path()):
        return read_text(driven, kind=SHEET)[0]

    if driven.exists():
        from langstrecke.live.sources.recordings import record_file

        laps = record_file(driven).laps
    else:
        from langstrecke.services.data import laps_of
        from langstrecke.services.settings import default_store

        laps = laps_of(Settings(store=default_store()), str(driven))
    return sheet_of(laps, read_team(team))
