"""What the verbs of the odds take."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from langstrecke.services.requests.common import (
    RACE_TIME,
    Ask,
    LocalFile,
    PatchAsk,
    RaceId,
    RaceTime,
    Seed,
    at_most,
)

Races = Annotated[int, Field(ge=1, le=100_000_000, description="Races to simulate"), at_most(1_000_000)]


class ForecastAsk(PatchAsk):
    """The odds of a race before its start, by its card."""

    card: RaceId = Field(description="A shipped card (langstrecke card list) or a path")
    races: Races = 10_000
    seed: Seed = 1


class UnderWayAsk(Ask):
    """The odds of a race of the store at a moment: race time or share of its length."""

    race: RaceId
    at: RaceTime | None = Field(None, description=f"Under way: the race is one of the store; {RACE_TIME}")
    cutoff: float | None = Field(None, ge=0.0, le=1.0, description="Under way: the share of the race already run")
    races: Races = 10_000
    seed: Seed = 1


class SeasonAsk(PatchAsk):
    """Title odds of a season."""

    season: RaceId = Field(description="Series and year: imsa-2021")
    after: int = Field(0, ge=0, le=1000, description="Rounds that count as they were; the rest is played")
    seasons: Annotated[int, at_most(100_000)] = Field(
        10_000, ge=0, le=1_000_000, description="Seasons to play; 0: points only"
    )
    seed: Seed = 1
    line_ups: Literal["entered", "last"] = Field(
        "entered", description="entered: as in each round; last: those of the next round"
    )


class TitleRaceAsk(PatchAsk):
    """One title after every round."""

    season: RaceId
    title: str = Field("drivers", max_length=40)
    car_class: str = Field(max_length=40)
    seasons: int = Field(1000, ge=1, le=20_000)
    seed: Seed = 1
    line_ups: Literal["entered", "last"] = "entered"


class ScenarioAsk(Ask):
    """A scenario."""

    name: RaceId = Field(description="A name (scenario list) or a path")
    races: Annotated[int, at_most(500_000)] = Field(
        2_000, ge=1, le=10_000_000, description="Races or seasons to play"
    )
    seed: Seed = 1


class SimulateAsk(Ask):
    """One race of a card, lap by lap."""

    card: RaceId = Field(description="A shipped card (langstrecke card list) or a path")
    race: int = Field(0, ge=0, lt=2**31, description="Number of the race within the seed")
    seed: Seed = 1


class BenchAsk(Ask):
    """Cards to be timed."""

    card: list[RaceId] = Field(["le-mans-2019", "imsa-2021-sebring"], description="Card to time; may be repeated")
    races: Annotated[int, at_most(1_000_000)] | None = Field(None, ge=1, description="Two seconds' worth without it")
    engine: list[str] = Field(["threads"], description="threads, ray or cuda; may be repeated")


class BacktestAsk(Ask):
    """Races of a period to be forecast from what was known by then."""

    data: LocalFile = Field(description="Folder of timing files")
    first: str = Field(description="First day, included: YYYY-MM-DD")
    last: str = Field(description="Last day, included: YYYY-MM-DD")
    out: LocalFile = Field(description="Forecasts are appended here")
    cutoffs: str = Field(
        "0,0.25,0.5,0.75,0.9", description="Shares of the race already run, by commas; 0 is before the start"
    )
    races: int = Field(4000, ge=1, le=100_000_000, description="Races to simulate per forecast")
    seed: Seed = 1
    store: LocalFile = Field(None, description="Import into this store and keep it; temporary without it")


class ScoreAsk(Ask):
    """Forecasts to be scored against what happened."""

    forecasts: LocalFile = Field(description="Forecasts as `backtest` writes them")
    data: LocalFile = Field(description="Folder of timing files, or a store")


class LedgerExportAsk(Ask):
    """A file to write the ledger of forecasts to."""

    to: LocalFile = Field(description="FILE.jsonl: the chain, to be shown and verified; FILE.parquet: a table")


class LedgerVerifyAsk(Ask):
    """A ledger of forecasts whose chain is to be checked."""

    file: LocalFile = Field(None, description="A ledger that was exported; without it the store's")
    head: str | None = Field(
        None, pattern="^[0-9a-fA-F]{12,64}$", description="A hash you were shown once: it must be in the chain"
    )
