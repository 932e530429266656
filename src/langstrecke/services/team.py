"""A team's plan from its own numbers: asked and answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from langstrecke.services.answers import Answer
from langstrecke.services.progress import Step
from langstrecke.services.requests import Ask, Seed
from langstrecke.services.settings import Settings


class TeamPlanAsk(Ask):
    """A team file as TOML text, and, in the race, the sheet of driven stints as CSV text."""

    team: str = Field(min_length=1, max_length=100_000, description="The team file (docs/sim-racing.md)")
    driven: str = Field("", max_length=200_000, description="CSV: driver,laps,end")
    races: int = Field(1000, ge=0, le=20_000, description="Races the odds are counted from; 0: no odds")
    seed: Seed = 1
    limit_s: float | None = Field(None, ge=0.1, le=60.0, description="Work on the rota; 1 s in the race, else 6 s")


class TeamStintAnswer(Answer):
    """A stint. Times are race seconds and UTC; fuel is in the team's unit."""

    driver: str
    status: str
    start_s: float
    end_s: float
    start: str
    end: str
    first_lap: int
    laps: int
    fuel: float
    fuel_added: float
    spare_laps: float
    tyres: str
    stop_s: float
    dark: float
    why: list[str]


class FairShareAnswer(Answer):
    """A driver's laps against the least."""

    driver: str
    laps: int
    least: int


class SavingAnswer(Answer):
    """What saving fuel buys."""

    use: float
    share: float
    stops: int
    gain_s: float
    break_even_s: float


class DriverRiskAnswer(Answer):
    """Shares of the races in which a driver is wanted while away, or a rule on him is broken."""

    driver: str
    away: float
    rule: float


class TeamOddsAnswer(Answer):
    """How often the plan held."""

    races: int
    seed: int
    holds: float
    holds_se: float
    more_stops: float
    fewer_stops: float
    drivers: list[DriverRiskAnswer]
    stint_starts_s: list[list[float | None]]
    laps: list[int]
    premises: list[str]


class TeamPlanAnswer(Answer):
    """Stops and rota of a team's car, its margins and its odds; `change` against the plan before the race."""

    race: str
    car: str
    rulebook: str
    unit: str
    laps: int
    stints: list[TeamStintAnswer]
    drive_time_s: dict[str, float]
    fair_share: list[FairShareAnswer]
    saving: SavingAnswer | None
    lap_of_fuel_s: float | None
    flag_s: float | None
    proven: bool
    rota_cost_s: float | None
    gap_s: float | None
    solve_s: float
    violations: list[str]
    notes: list[str]
    change: str | None
    odds: TeamOddsAnswer | None


def team_plan(settings: Settings, ask: TeamPlanAsk, *, step: Step) -> TeamPlanAnswer:
    """Stops, fuel and drivers of a team's car from a dozen numbers, with how likely the plan holds."""
    plan, odds, change = planned(ask, step=step)
    return TeamPlanAnswer.model_validate(
        {**plan.to_json(), "change": change, "odds": None if odds is None else odds.to_json()}
    )


def planned(ask: TeamPlanAsk, *, step: Step, beside: Path | None = None) -> tuple[Any, Any, str | None]:
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
        step(0, ask.races, "preparing the simulation (the first time takes a minute)")
        odds = plan_odds(
            plan, races=ask.races, seed=ask.seed, beside=beside, progress=lambda d, t: step(d, t, "races")
        )
    return plan, odds, None
