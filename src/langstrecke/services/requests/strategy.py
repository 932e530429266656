"""What the strategist's verbs take."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from langstrecke.services.requests.common import (
    RACE_TIME,
    Ask,
    Car,
    LocalFile,
    PatchAsk,
    RaceId,
    RaceTime,
    Seed,
    at_most,
)

OwnCard = Annotated[RaceId | None, Field(description="Another card than the race's own")]


class DriverWish(Ask):
    """What a team knows of a driver (docs/strategy.md)."""

    name: str = Field(max_length=80)
    unavailable: list[tuple[str, str]] = Field([], max_length=50)
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

    card: RaceId = Field(description="A shipped card (langstrecke card list), a card's or a team file's path")
    car: Car | None = Field(None, description="Number of the car; a team file has its own")
    at: str | None = Field(
        None,
        max_length=40,
        description=f"Plan the rest of the race from this moment on, what is driven fixed: {RACE_TIME}",
    )
    race: RaceId | None = Field(None, description="With --at: the race of the store; the card's own without it")
    drivers: list[DriverWish] = Field([], max_length=12)
    drivers_file: LocalFile = Field(None, description="Availability and wishes (docs/strategy.md)")
    stint_laps: int | None = Field(None, ge=1, le=500, description="Longest stint; the tank without it")
    tyres_every: int | None = Field(None, ge=1, le=50, description="Stints on one set of tyres")
    even: bool = Field(False, description="Stints of even length, no short last one")
    limit_s: Annotated[float, at_most(60.0)] = Field(
        6.0, ge=0.5, le=3600.0, description="Work on the rota, in seconds of about two idle cores"
    )


class CallAsk(Ask):
    """Pit or stay for a car at a moment of a race of the store."""

    race: RaceId = Field(description="A race of the store (langstrecke races)")
    car: Car
    at: RaceTime
    races: int | None = Field(None, ge=2, le=100_000, description="Races for each option; as time allows without it")
    seed: Seed = 1
    card: OwnCard = None


class WindowAsk(Ask):
    """The pit window of a car at a moment of a race of the store."""

    race: RaceId = Field(description="A race of the store (langstrecke races)")
    car: Car
    at: RaceTime
    rival: Car | None = Field(None, description="Whom an undercut is about; the car ahead in class without it")
    races: int | None = Field(None, ge=2, le=100_000, description="Races for each lap; as time allows without it")
    seed: Seed = 1
    card: OwnCard = None


class OptimiseAsk(Ask):
    """The best plan of a car for a goal."""

    card: RaceId = Field(description="A shipped card (langstrecke card list) or a path")
    car: Car
    goal: str = Field("class-win", max_length=20, description="class-win, podium, overall, points or safe")
    candidates: int = Field(50, ge=2, le=2000, description="Plans to try")
    error: float = Field(0.005, ge=0.0005, le=0.2, description="Standard error wanted, as a share")
    seed: Seed = 1


class WhatIfAsk(PatchAsk):
    """What a change is worth, on the same luck."""

    card: RaceId = Field(description="A shipped card or a path; a race of the store with --at")
    car: str | None = Field(None, max_length=8, description="The car to look at; the one changed most without it")
    races: Annotated[int, at_most(200_000)] = Field(
        4_000, ge=2, le=10_000_000, description="Races to simulate, each twice"
    )
    seed: Seed = 1
    gaps: bool = Field(False, description="Also the gap to the class leader over the race")


class WhatIfThenAsk(PatchAsk):
    """What another decision of a car would have been worth in a race of the store: `settings` say which.

    `stop=now` (or `stay`, or `lap 286`), `fuel=full` (or laps), `tyres=new` (or `keep`), `driver=NAME`,
    `penalty=SECONDS`, `repair=SECONDS`; keys with a dot change the card.
    """

    race: RaceId
    car: Car
    at: RaceTime = Field(description=f"Change one decision of a race that was driven, at this moment: {RACE_TIME}")
    races: Annotated[int, at_most(200_000)] = Field(4_000, ge=2, le=10_000_000)
    seed: Seed = 1
    card: OwnCard = None


class AuditAsk(Ask):
    """Every stop of a real race, scored as a decision at its time."""

    race: RaceId = Field(description="A race of the store (langstrecke races)")
    cars: list[Car] = Field([], max_length=100, description="Only this car; may be repeated")
    classes: list[str] = Field([], max_length=20, description="Only this class; may be repeated")
    seed: Seed = 1
    card: OwnCard = None
