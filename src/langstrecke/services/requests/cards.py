"""What the verbs of cards and kept what-ifs take."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from langstrecke.services.requests.common import Ask, LocalFiles, PatchAsk, RaceId


class CardAsk(Ask):
    """One card."""

    card: RaceId = Field(description="A shipped card (langstrecke card list) or a path")


def _class_lap(text: str) -> str:
    name, _, lap = text.rpartition("=")
    try:
        fits = 10.0 <= lap_of(lap) <= 3600.0
    except ValueError:
        fits = False
    if not name.strip() or not fits:
        raise ValueError(f"{text!r} is no lap of a class: write GTP=77.5 or GTP=1:17.5, from 10 s to an hour")
    return text


def lap_of(text: str) -> float:
    """Seconds of `77.5` or `1:17.5`. ValueError for anything else."""
    minutes, colon, seconds = text.strip().rpartition(":")
    return (60.0 * int(minutes) if colon else 0.0) + float(seconds)


ClassLap = Annotated[str, AfterValidator(_class_lap)]
"""`CLASS=SECONDS`."""


class BuildAsk(Ask):
    """A card to be built from the store."""

    race: RaceId = Field(description="A race of the store (langstrecke races)")
    knowledge: Literal["before", "full"] = Field(
        "before", description="before: the weekend's earlier sessions and earlier races; full: the race itself too"
    )
    laps: list[ClassLap] = Field(
        [], max_length=40, description="Lap of a class that nothing tells, in seconds: GTP=77.5; may be repeated"
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
