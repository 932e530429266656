"""What the strategist's verbs give. The data are made by `strategy`'s own `to_json`."""

from __future__ import annotations

from pydantic import Field

from langstrecke.services.answers.common import Answer


class Difference(Answer):
    """A figure before and after a change, on the same luck."""

    before: float
    after: float
    change: float
    se: float
    interval: tuple[float, float]
    fewer_races: float | None


class Stint(Answer):
    """A stint of a plan. Race seconds; fuel in laps on board."""

    driver: str
    start_s: float
    end_s: float
    laps: int
    fuel: float | None
    """None for a driven stint: timing does not tell."""
    tyres: str
    why: list[str]
    state: str = "planned"
    """planned, under way or driven."""


class Stop(Answer):
    """A stop of a plan, before the stint of `driver`."""

    lap: int
    fuel_added: float | None
    tyres: str
    driver: str
    cost_s: float
    made: bool = False
    """It lies behind the moment the plan was worked out at."""


class PlanAnswer(Answer):
    """Stops and rota of a car."""

    race: str
    car: str
    car_class: str = Field(alias="class")
    at_s: float | None = None
    """Race time it was worked out at; None: before the race."""
    stints: list[Stint]
    stops: list[Stop]
    drive_time_s: dict[str, float]
    rulebook: str
    """Id of the rule book the plan is made and judged by."""
    judged: bool
    """False for a class that the book does not list: nothing was judged."""
    legal: bool
    violations: list[str]
    proven: bool
    rota_cost_s: float | None
    gap: float | None
    """How far from the best rota there can be, as a share of the rota's cost; None where it is not known."""
    gap_s: float | None
    solve_s: float
    notes: list[str] = Field([])
    """What the answer rests on that is not known for sure."""


class OptionAnswer(Answer):
    """One option of a call against staying out."""

    option: str
    lap: int | None
    also: list[str]
    """Options that come to the same."""
    saving: float
    """Share of the fuel saved to the flag."""
    chance: float | None
    """How often the car gets home without another stop, for the option that means to."""
    win: Difference
    podium: Difference
    place: Difference


class YellowAnswer(Answer):
    """What to do if a yellow falls so many laps from now."""

    in_laps: int
    advice: str
    stop_against_stay: OptionAnswer


class OutlookAnswer(Answer):
    """What is still to come, by the race played on; green laps' worth of fuel."""

    laps_to_go: float
    laps_to_go_range: tuple[float, float]
    """The 10 and 90 % points."""
    stops_needed: dict[str, float]
    """Stops still to make -> probability."""
    fuel_lasts: float
    full_tank_now_lasts: float
    full_tank_lasts_from_laps: int | None
    """In how many laps a full tank reaches the flag with 90 % at the earliest."""


class CallAnswer(Answer):
    """Pit or stay."""

    race: str
    car: str
    at_s: float
    races: int
    headline: str
    """The answer in one sentence."""
    best: OptionAnswer | None
    """The option told, played on fresh luck; None where staying out is the answer."""
    options: list[OptionAnswer]
    like_staying_out: list[str]
    """Options that come to the same as staying out."""
    outlook: OutlookAnswer
    reasons: list[str]
    yellow: list[YellowAnswer]
    notes: list[str] = Field([])
    """What the answer rests on that is not known for sure."""


class JudgedPlan(Answer):
    """A plan with its score."""

    plan: str
    as_good: bool
    """The races told cannot tell it from the best."""
    score: float
    se: float
    interval: tuple[float, float]
    against_best: Difference
    against_card: Difference


class NewTyres(Answer):
    """What a new set for a second stint gains, with how far that is known, and what it costs in the pits."""

    gain_s: float
    low_s: float
    high_s: float
    stop_s: float


class OptimiseAnswer(Answer):
    """The best plans of a car."""

    race: str
    car: str
    goal: str
    unit: str
    tried: int
    races_played: int
    races_of_finalists: int
    error_reached: bool
    seed: int
    seconds: float
    plans: list[JudgedPlan]
    """The winner of the search, then the other finalists, all on fresh luck."""
    drivers: list[JudgedPlan]
    """The winner with another drivers' order."""
    price_of_second: Difference
    new_tyres: NewTyres
    at_ends_of_tyre_belief: list[Difference] | None
    """The best plan against the card's own if tyres wear as little, or as much, as may be."""
    notes: list[str] = Field([])
    """What the answer rests on that is not known for sure."""


class CarChange(Answer):
    """What a change is worth to a car."""

    car: str
    car_class: str = Field(alias="class")
    win: Difference
    podium: Difference
    overall_win: Difference
    place: Difference


class NotKnown(Answer):
    """A driver whose pace is a guess, and what the guess is worth."""

    driver: str
    pace_s: float
    pace_s_sd: float
    evidence: str
    win_change_at_best: Difference
    win_change_at_worst: Difference


class Gaps(Answer):
    """Gap to the class leader over the race: median and middle half."""

    hours: list[float]
    low: list[float | None]
    middle: list[float | None]
    high: list[float | None]


class WhatIfAnswer(Answer):
    """What a change is worth."""

    race: str
    changes: list[str]
    races: int
    seed: int
    focus: str
    cars: list[CarChange]
    not_known: list[NotKnown]
    notes: list[str] = Field([])
    """What the answer rests on that is not known for sure."""
    gaps_before: Gaps | None = None
    gaps_after: Gaps | None = None


class WhatIfThenAnswer(Answer):
    """What another decision would have been worth in a race that was driven."""

    race: str
    car: str
    at_s: float
    races: int
    seed: int
    actual: str
    happened: str
    changed: str
    win: Difference
    podium: Difference
    overall_win: Difference
    place: Difference
    notes: list[str] = Field([])
    """What the answer rests on that is not known for sure."""


class ScoredStop(Answer):
    """A stop of a real race as a decision."""

    car: str
    car_class: str
    stop: int
    lap: int
    flag: str
    kind: str
    place: int
    driver_in: str
    driver_out: str
    at_s: float
    fuel_left: float
    places_gained: float
    win: Difference | None = None
    place_change: Difference | None = None


class BestWorst(Answer):
    """The calls of a class that won and lost most."""

    best: list[ScoredStop]
    worst: list[ScoredStop]


class AuditAnswer(Answer):
    """All stops of a race."""

    race: str
    seed: int
    stops: list[ScoredStop]
    classes: dict[str, BestWorst]
    notes: list[str] = Field([])
    """What the answer rests on that is not known for sure."""
