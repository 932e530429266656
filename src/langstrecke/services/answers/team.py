"""What a team's plan from its own numbers gives. The data are made by `strategy.plan.team`'s own `to_json`."""

from __future__ import annotations

from langstrecke.services.answers.common import Answer


class TeamStintAnswer(Answer):
    """A stint. Times are race seconds and UTC, `own_start` the driver's own clock; fuel is in the team's unit."""

    driver: str
    status: str
    start_s: float
    end_s: float
    start: str
    end: str
    own_start: str
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
    said: list[str]
    """The margins, the quality of the rota and the odds in sentences."""
    change: str | None
    odds: TeamOddsAnswer | None


class SentAnswer(Answer):
    """A message: the moment (UTC), the host it went to ("" where it was only listed), and why it did not arrive."""

    stop: int
    stop_at: str
    sent_at: str
    to: str
    text: str
    trouble: str


class RemindAnswer(Answer):
    """The messages sent, or those that would be."""

    race: str
    car: str
    messages: list[SentAnswer]
