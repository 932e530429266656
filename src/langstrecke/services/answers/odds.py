"""What the verbs of the odds give."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import Field

from langstrecke.services.answers.common import Answer


class PlayedLine(Answer):
    """Shares of the simulated races, before the last layer."""

    win: float
    podium: float
    overall_win: float
    expected_position: float
    positions: list[float]


class ActualLine(Answer):
    """What really happened to a car, where the card holds it; never used for the odds."""

    position: int | None
    position_in_class: int | None
    laps: int | None
    status: str


class ClassLine(Answer):
    """What to expect of a class: laps of its winner, the middle and the range that holds eight races in ten."""

    car_class: str = Field(alias="class")
    winner_laps: float | None
    winner_laps_low: float | None
    winner_laps_high: float | None
    actual_winner: str | None
    actual_laps: int | None


class CarOdds(Answer):
    """The chances of a car: the final odds. `positions` are within its class."""

    car: str
    car_class: str = Field(alias="class")
    team: str
    drivers: list[str]
    grid: int | None = None
    win: float
    win_before: float | None = None
    """Without the what-if, where one is played."""
    podium: float
    overall_win: float
    expected_position: float
    positions: list[float]
    expected_laps: float
    retire: float
    played: PlayedLine
    actual: ActualLine | None = None


class PlayedShare(Answer):
    """A change of a what-if and in how many of the races it was played."""

    what: str
    probability: float
    races: int


class ForecastAnswer(Answer):
    """The odds of a race."""

    race: str
    name: str
    circuit: str
    date: dt.date
    duration_s: float
    simulated: int
    seed: int
    at_s: float | None = None
    """Race time until which the race was run; none before the start."""
    entries: list[CarOdds]
    classes: list[ClassLine]
    neutralisations: float | None
    """Mean number in a race."""
    neutral_s: float | None
    """Mean time under them in a race."""
    notes: list[str] = Field([])
    """What the odds rest on that is not known for sure."""
    calibration: str = ""
    """Where the final odds come from."""
    changes: list[str] = Field([])
    what_if: list[PlayedShare] = Field([])


class TitleLine(Answer):
    """One contender of a title."""

    name: str
    id: str
    points: float
    title: float
    expected: float
    low: float
    high: float
    shared: float
    """`title` divided among those who are level: adds up to 1 over a table."""
    top3: float
    before: float | None = None
    change_low: float | None = None
    change_high: float | None = None


class TitleTable(Answer):
    """One title."""

    title: str
    car_class: str = Field(alias="class")
    rows: list[TitleLine]


class RoundLine(Answer):
    """One round of a season."""

    round: int
    race: str
    run: bool


class SeasonAnswer(Answer):
    """Title odds."""

    season: str
    after: int
    simulated: int
    seed: int
    headline: str
    """Who is the likeliest champion of each class."""
    rounds: list[RoundLine]
    titles: list[TitleTable]
    notes: list[str]
    gaps: list[str]
    what_if: str = ""
    covers: str = ""
    """Of which series and seasons results are held."""


class TitleRaceAnswer(Answer):
    """One title after every round, none (0) to all."""

    season: str
    steps: list[SeasonAnswer]


class ScenarioLine(Answer):
    """A shipped scenario."""

    name: str
    title: str
    question: str
    kind: str


class ScenarioAnswer(Answer):
    """A scenario's answer in sentences, and the figures behind them."""

    scenario: str
    title: str
    question: str
    answer: list[str]
    known: list[str]
    estimated: list[str]
    unknown: list[str]
    figures: dict[str, Any]
    races: int
    seed: int


class PlaceLine(Answer):
    """A car's place in a simulated race."""

    position: int
    position_in_class: int
    car: str
    car_class: str
    team: str | None
    laps: int
    total_time_s: float | None


class BacktestAnswer(Answer):
    """What a backtest wrote."""

    written: int
    kept: int
    races: int
    warnings: list[str]


class ScoreLine(Answer):
    """Mean scores of a group of classes: the forecast's, the baselines', and the change against the best of them."""

    group: dict[str, Any]
    classes: int
    races: int
    forecast: dict[str, float]
    baselines: dict[str, dict[str, float]]
    best: dict[str, str]
    change: dict[str, tuple[float, float, float]]
    calibration_error: float


class ScoreAnswer(Answer):
    """Forecasts scored."""

    forecasts: int
    without_result: list[str]
    headline: str
    tables: dict[str, list[ScoreLine]]
    reliability: dict[str, list[dict[str, Any]]]
    rows: list[dict[str, Any]]


class Recorded(Answer):
    """A forecast in the ledger. `new` is false for one that stood in it already."""

    number: int
    hash: str
    recorded_at: str
    new: bool


class RecordLine(Answer):
    """One entry of the ledger of forecasts. `when`: recorded before the race's day, on it, or afterwards."""

    number: int
    recorded_at: str
    race: str
    cutoff: float
    when: str
    favourites: dict[str, str]
    """Class -> its likeliest winner and the chance of it."""
    hash: str


class VerifyAnswer(Answer):
    """Whether a ledger is as it was written. `head`: the newest hash."""

    ok: bool
    entries: int
    head: str | None
    faults: list[str]


class RecordScore(Answer):
    """One class of one entry, scored; smaller is better. `counts`: a first forecast of its moment."""

    number: int
    race: str
    car_class: str = Field(alias="class")
    cutoff: float
    when: str
    counts: bool
    cars: int
    log_loss: float
    rps: float
    played_log_loss: float
    played_rps: float
    uniform_log_loss: float
    uniform_rps: float
    baselines: dict[str, dict[str, float]]


class RecordMeans(Answer):
    """Means over the entries that count, recorded when and made at what moment."""

    when: str
    cutoff: float
    classes: int
    races: int
    log_loss: float
    rps: float
    uniform_log_loss: float
    uniform_rps: float


class LedgerScore(Answer):
    """The ledger scored. `waiting`: entries whose races have no result in the store yet."""

    means: list[RecordMeans]
    scores: list[RecordScore]
    waiting: list[int]
    faults: list[str]
