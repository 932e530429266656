"""What the verbs of cards and kept what-ifs take."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from langstrecke.services.requests.common import Ask, PatchAsk, RaceId


class CardAsk(Ask):
    """One card."""

    card: RaceId = Field(description="A shipped card (langstrecke card list) or a path")


class BuildAsk(Ask):
    """A card to be built from the store."""

    race: RaceId = Field(description="A race of the store (langstrecke races)")
    knowledge: Literal["before", "full"] = Field(
        "before", description="before: the weekend's earlier sessions and earlier races; full: the race itself too"
    )


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
