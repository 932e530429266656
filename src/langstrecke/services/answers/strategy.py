"""What the strategist's verbs give. The data are made by `strategy`'s own `to_json`."""

from __future__ import annotations

from pydantic import Field

from langstrecke.services.answers.common import Answer

AS_PLAYED = "odds as played: both sides differ by the change alone; a forecast shows them after its last layer"
"""Told with every what-if: its odds need not be those of `forecast.calibration`."""


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
    """The 80 % range."""
    stops_needed: dict[str, float]
    """Stops still to make -> probability; what nobody plans is left out."""
    unplanned_visit: float
    """Probability of one that neither tank nor habit asks for."""
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
    against: str
    """What the options are compared with: staying out, or the stop under way as usual."""
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


class WindowLap(Answer):
    """A stop at the end of a lap. Seconds and probabilities; None: not played, or not known under yellow."""

    lap: int
    in_laps: int
    cost_s: float | None
    place: int | None
    """In class on rejoin, if nobody else stops."""
    ahead: str | None
    ahead_s: float | None
    behind: str | None
    behind_s: float | None
    traffic: int | None
    """Cars of any class up to 12 s up the road."""
    yellow: float | None
    """Probability that a yellow has fallen by then; None under yellow."""
    green: float | None
    """Probability that the yellow which is out is over by then."""
    places_won: float | None
    win: float | None
    ahead_of_rival: float | None


class WindowWorth(Answer):
    """What a stop at the end of a lap is worth against staying out, as played."""

    in_laps: int
    place: Difference
    win: Difference
    ahead_of_rival: Difference | None


class UndercutAnswer(Answer):
    """Seconds gained on the rival by stopping so many laps before him, traffic left out."""

    laps: int
    gain_s: float
    low_s: float
    high_s: float


class SavingAnswer(Answer):
    """A share of the fuel saved: seconds a lap, laps gained, how often what is on board then lasts to the flag."""

    share: float
    lap_s: float
    laps: float
    lasts: float


class StintFallOff(Answer):
    """How a stint falls off, seconds a lap; the tyres' part by what is believed of the fuel's effect."""

    driver: str
    stint: int
    clean_laps: int
    level_s: float
    slope_s: float
    slope_range_s: tuple[float, float]
    tyres_s: float
    tyres_range_s: tuple[float, float]


class WindowAnswer(Answer):
    """The pit window of a car."""

    race: str
    car: str
    at_s: float
    races: int
    headline: str
    neutral: str
    """What neutralises the race now; empty under green."""
    fuel_left: float
    fuel_left_sd: float
    rival: str | None
    laps: list[WindowLap]
    played: list[WindowWorth]
    stop_s: tuple[float, float]
    """What a stop on this lap costs under green, and now, in seconds of green running."""
    undercut: list[UndercutAnswer]
    saving: list[SavingAnswer]
    fall_off: list[StintFallOff]
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

    odds: str = AS_PLAYED
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

    odds: str = AS_PLAYED
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
    headline: str
    """The best and the worst call."""
    stops: list[ScoredStop]
    classes: dict[str, BestWorst]
    notes: list[str] = Field([])
    """What the answer rests on that is not known for sure."""
