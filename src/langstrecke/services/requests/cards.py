"""What the verbs of cards and kept what-ifs take."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from langstrecke.services.requests.common import Ask, LocalFiles, PatchAsk, RaceId


class CardAsk(Ask):
    """One card."""

    card: RaceId = Field(description="A shipped card (langstrecke card list) or a path")


class BuildAsk(Ask):
    """A card to be built from the store."""

    race: RaceId = Field(description="A race of the store (langstrecke races)")
    knowledge: Literal["before", "full"] = Field(
        "before", description="before: the weekend's earlier sessions and earlier races; full: the race itself too"
    )


class CardFromAsk(Ask):
    """A card to be made from result files of simulators."""

    sources: LocalFiles = Field(description="Result files of ACC, rFactor 2, Le Mans Ultimate or iRacing")
    length: str | None = Field(None, max_length=16, description="How long the race is, where no file says: 6h")
    stint_laps: float | None = Field(
        None, gt=0.0, le=500.0, description="Laps a full tank lasts, where fuel is hidden"
    )
    lane_s: float | None = Field(None, ge=0.0, le=600.0, description="Seconds a drive through the pit lane costs")


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
