"""What the verbs of the pit wall give: the JSON of the command line's `--json`, as models.

The data are made by the rooms' own `to_json`; the models say what is in them, for pages and for the API's schemas.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """An answer. A key named `class` is `car_class` in Python."""

    model_config = ConfigDict(populate_by_name=True, frozen=True)


class RaceLine(Answer):
    """A race of the store."""

    race_id: str
    series: str
    season: int
    event: str
    circuit: str | None = None
    date: dt.date | None = None
    start_time: dt.datetime | None = None
    duration_s: float | None = None
    duration_known: bool | None = None
    source: str | None = None


class EntryLine(Answer):
    """An entry of a race of the store."""

    car: str
    car_class: str | None = None
    team: str | None = None
    vehicle: str | None = None
    drivers: list[str] | None = None


class StoredRace(RaceLine):
    """A race of the store with what it holds."""

    laps: int
    cars: list[str]
    classes: list[str]
    card: str | None
    """The shipped card of the race, if there is one."""
    entries: list[EntryLine]


class CardLine(Answer):
    """A shipped card."""

    card: str
    race: str
    series: str
    season: int
    date: dt.date
    duration_s: float
    classes: list[str]
    cars: int
    knowledge: str
    result: bool


class LapLine(Answer):
    """A lap of the store."""

    car: str
    car_class: str | None
    lap: int
    driver: str | None
    lap_time_s: float | None
    elapsed_s: float | None
    in_pit: bool | None
    pit_time_s: float | None
    flag: str | None


class PatchWords(Answer):
    """What a what-if changes, in words, and the text that says so."""

    card: str
    changes: list[str]
    toml: str


class SavedPatch(Answer):
    """A kept what-if."""

    name: str
    saved: dt.datetime
    toml: str
    title: str = ""


class CarOdds(Answer):
    """The chances of a car. `positions` are within its class."""

    car: str
    car_class: str = Field(alias="class")
    team: str
    drivers: list[str]
    win: float
    podium: float
    overall_win: float
    expected_position: float
    positions: list[float]
    expected_laps: float
    retire: float


class PlayedShare(Answer):
    """A change of a what-if and in how many of the races it was played."""

    what: str
    probability: float
    races: int


class ForecastAnswer(Answer):
    """The odds of a race."""

    race: str
    simulated: int
    seed: int
    entries: list[CarOdds]
    changes: list[str] = []
    what_if: list[PlayedShare] = []


class TitleLine(Answer):
    """One contender of a title."""

    name: str
    id: str
    points: float
    title: float
    expected: float
    low: float
    high: float
    top3: float


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
    rounds: list[RoundLine]
    titles: list[TitleTable]
    notes: list[str]
    gaps: list[str]


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


class Article(Answer):
    """An article and what was read in it."""

    id: str
    source: str
    title: str
    date: str | None
    date_from: str
    note: str
    claims: list[dict[str, Any]]


class Unread(Answer):
    """A text that could not be read."""

    file: str | None
    what: str
    hint: str | None


class NewsAnswer(Answer):
    """Articles read."""

    articles: list[Article]
    problems: list[Unread]
    kept: int = 0


class FindingLine(Answer):
    """A claim against the registry."""

    claim: dict[str, Any]
    verdict: str
    evidence: list[Any]
    note: str


class NewsCheckAnswer(Answer):
    """Claims checked."""

    findings: list[FindingLine]
    problems: list[Unread]


class NewsPatchAnswer(Answer):
    """The what-if that articles imply, as data and as a patch."""

    card: str
    weight: float
    changes: list[dict[str, Any]]
    unmoved: list[dict[str, Any]]
    toml: str
    problems: list[Unread]


class LedgerLine(Answer):
    """A claim of the ledger and its standing."""

    claim: dict[str, Any]
    status: str
    by: list[str]


class FileNotes(Answer):
    """What was left out of a file, or why it could not be read."""

    file: str
    notes: list[str]
    failed: bool


class ImportAnswer(Answer):
    """What an import did."""

    files: int
    imported: int
    unchanged: int
    replaced: int
    failed: int
    other: int
    laps: int
    dropped: int
    sessions: list[str]
    races: list[str]
    notes: list[FileNotes]


class RulesAnswer(Answer):
    """A rule book: its data, and its figures in words."""

    id: str
    book: dict[str, Any]
    figures: list[dict[str, Any]]


class RulesDiffLine(Answer):
    """One figure two rule books differ in."""

    section: str
    name: str
    one: str
    other: str
