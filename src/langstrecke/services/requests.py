"""What the verbs of the pit wall take: one model per verb, the body or query of its request and its form on a page.

What they give stands in `services_answers`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

RaceId = Annotated[
    str, Field(min_length=1, max_length=120, pattern=r"^[a-z0-9][a-z0-9-]*$", examples=["imsa-2021-sebring"])
]
"""A race, card, season, scenario or patch by name: lower-case words joined by hyphens, so never a path."""
Car = Annotated[str, Field(min_length=1, max_length=8, examples=["01"], description="Number of the car, as text")]
Seed = Annotated[int, Field(ge=0, lt=2**63, description="The same seed, the same races")]
Toml = Annotated[str, Field(max_length=200_000, description="A what-if as TOML text (docs/cards.md)")]
Settings = Annotated[list[str], Field(max_length=200, description="Figures to change: classes.DPi.lap_s=93.4")]
RaceTime = Annotated[
    str, Field(max_length=16, examples=["6:00:00"], description="H:MM:SS of race time, or @HH:MM on the clock")
]


class Ask(BaseModel):
    """A request. Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RacesAsk(Ask):
    """Which races of the store."""

    series: str | None = Field(None, max_length=40)
    season: int | None = Field(None, ge=1900, le=2200)


class RaceAsk(Ask):
    """One race of the store."""

    race: RaceId


class CardAsk(Ask):
    """One shipped card."""

    card: RaceId


class LapsAsk(Ask):
    """Laps of a race of the store; of one car, or all."""

    race: RaceId
    car: str | None = Field(None, max_length=8)


class PatchAsk(Ask):
    """A what-if: TOML text, single figures, or both."""

    patch: Toml = ""
    settings: Settings = []


class CheckPatchAsk(PatchAsk):
    """A what-if to be tried on a card."""

    card: RaceId


class SavePatchAsk(CheckPatchAsk):
    """A what-if to be kept under a name."""

    name: str = Field(min_length=1, max_length=80)
    replace: bool = False


class SavedAsk(Ask):
    """A what-if kept earlier."""

    name: RaceId


class ForecastAsk(PatchAsk):
    """The odds of a race before its start, by its card."""

    card: RaceId
    races: int = Field(10_000, ge=1, le=1_000_000)
    seed: Seed = 1


class UnderWayAsk(Ask):
    """The odds of a race of the store at a moment: race time or share of its length."""

    race: RaceId
    at: RaceTime | None = None
    cutoff: float | None = Field(None, ge=0.0, le=1.0)
    races: int = Field(2_000, ge=1, le=200_000)
    seed: Seed = 1


class DriverWish(Ask):
    """What a team knows of a driver (docs/strategy.md)."""

    name: str = Field(max_length=80)
    unavailable: list[tuple[str, str]] = []
    max_drive: str | None = None
    min_rest: str | None = None
    night: float = 0.0
    wet: float = 0.0
    traffic: float = 0.0
    share: float = 1.0
    starts: bool = False
    finishes: bool = False
    stints: int | None = None


class PlanAsk(PatchAsk):
    """Stops and drivers of a car over a race."""

    card: RaceId
    car: Car
    drivers: list[DriverWish] = Field([], max_length=12)
    stint_laps: int | None = Field(None, ge=1, le=500)
    tyres_every: int | None = Field(None, ge=1, le=50)
    even: bool = False
    limit_s: float = Field(8.0, ge=0.5, le=60.0)


class CallAsk(Ask):
    """Pit or stay for a car at a moment of a race of the store."""

    race: RaceId
    car: Car
    at: RaceTime
    races: int | None = Field(None, ge=2, le=100_000)
    seed: Seed = 1
    card: RaceId | None = None


class OptimiseAsk(Ask):
    """The best plan of a car for a goal."""

    card: RaceId
    car: Car
    goal: str = Field("class-win", max_length=20, description="class-win, podium, overall, points or safe")
    candidates: int = Field(50, ge=2, le=2000)
    error: float = Field(0.005, ge=0.0005, le=0.2)
    seed: Seed = 1


class WhatIfAsk(PatchAsk):
    """What a change is worth, on the same luck."""

    card: RaceId
    car: str | None = Field(None, max_length=8)
    races: int = Field(4_000, ge=2, le=200_000)
    seed: Seed = 1
    gaps: bool = Field(False, description="Also the gap to the class leader over the race")


class AuditAsk(Ask):
    """Every stop of a real race, scored as a decision at its time."""

    race: RaceId
    cars: list[Car] = Field([], max_length=100)
    classes: list[str] = Field([], max_length=20)
    seed: Seed = 1
    card: RaceId | None = None


class SeasonAsk(PatchAsk):
    """Title odds of a season."""

    season: RaceId
    after: int = Field(0, ge=0, le=60)
    seasons: int = Field(2_000, ge=1, le=100_000)
    seed: Seed = 1
    line_ups: str = Field("entered", pattern="^(entered|last)$")


class TitleRaceAsk(Ask):
    """One title after every round."""

    season: RaceId
    title: str = Field("drivers", max_length=40)
    car_class: str = Field(max_length=40)
    seasons: int = Field(500, ge=1, le=20_000)
    seed: Seed = 1


class ScenarioAsk(Ask):
    """A shipped scenario."""

    name: RaceId
    races: int = Field(5_000, ge=1, le=500_000)
    seed: Seed = 1


class CareerAsk(Ask):
    """What a driver entered."""

    driver: str = Field(min_length=1, max_length=80)
    series: str = Field("", max_length=40)
    since: int | None = None
    until: int | None = None


class DriversAsk(Ask):
    """A driver, and another."""

    driver: str = Field(min_length=1, max_length=80)
    other: str = Field("", max_length=80)


class CalendarAsk(Ask):
    """Where calendars clash."""

    season: int = Field(ge=1900, le=2200)
    driver: str = Field("", max_length=80)
    series: list[str] = Field([], max_length=12)
    against: list[str] = Field([], max_length=12)
    travel_days: int = Field(1, ge=0, le=14)


class RulesAsk(Ask):
    """A rule book."""

    book: str = Field(min_length=1, max_length=60, pattern=r"^[a-z0-9][a-z0-9.-]*$", examples=["imsa-2021"])
    event: str = Field("", max_length=60)


class RulesDiffAsk(Ask):
    """Two rule books."""

    one: str = Field(min_length=1, max_length=60, pattern=r"^[a-z0-9][a-z0-9.-]*$", examples=["wec-2016"])
    other: str = Field(min_length=1, max_length=60, pattern=r"^[a-z0-9][a-z0-9.-]*$", examples=["wec-2024"])
    event: str = Field("", max_length=60)


class Text(Ask):
    """An article: its text or saved page, and a name for it."""

    text: str = Field(min_length=1, max_length=2_000_000)
    name: str = Field("article", max_length=80)


class NewsAsk(Ask):
    """Articles to be read."""

    texts: list[Text] = Field(min_length=1, max_length=50)
    date: str = Field("", max_length=10, pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")
    keep: bool = Field(False, description="Also keep the claims in the store")


class NewsPatchAsk(NewsAsk):
    """The what-if that articles imply for a race."""

    card: RaceId


class LedgerAsk(Ask):
    """What the store's ledger of claims has of somebody; of all without a name."""

    name: str = Field("", max_length=80)


class Upload(Ask):
    """A file that was received: where it lies on this machine and what it was called."""

    path: str = Field(pattern=r"^[0-9a-f]{32}$", description="What /uploads gave")
    name: str = Field(min_length=1, max_length=300, description="The sender's name, with folders where it has them")


class ImportAsk(Ask):
    """Received files to be imported. `event` and `season` stand for the folders the files would lie in."""

    files: list[Upload] = Field(min_length=1, max_length=500)
    event: str = Field("", max_length=80, examples=["sebring-international-raceway"])
    season: int | None = Field(None, ge=1900, le=2200)
