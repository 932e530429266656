"""What the newsroom's verbs take."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from langstrecke.services.requests.common import Ask, LocalFile, RaceId, local

Sources = Annotated[SkipJsonSchema[list[str]], local()]


class Text(Ask):
    """An article: its text or saved page, and a name for it."""

    text: str = Field(min_length=1, max_length=2_000_000)
    name: str = Field("article", max_length=80)


class NewsAsk(Ask):
    """Articles to be read."""

    texts: list[Text] = Field([], max_length=50)
    sources: Sources = Field(
        [], description="Texts, saved pages, RSS files, folders of this machine; - reads standard input"
    )
    date: str = Field(
        "",
        max_length=10,
        pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$",
        description="Date of texts that do not tell theirs: YYYY[-MM[-DD]]",
    )
    reader: Annotated[SkipJsonSchema[str], local()] = Field(
        "", description="Also ask a language model of your own, at an OpenAI-style address (extra llm)"
    )
    model: Annotated[SkipJsonSchema[str], local()] = Field(
        "", description="Which model of --reader; without it the first it offers"
    )
    least: float = Field(
        0.0, ge=0.0, le=1.0, description="Withhold claims that are less likely than this to be read rightly, 0 to 1"
    )
    keep: bool = Field(False, description="Also keep the claims in the store")

    @model_validator(mode="after")
    def _something(self) -> NewsAsk:
        if not self.texts and not self.sources:
            raise ValueError("there is nothing to read: give texts")
        return self


class NewsPatchAsk(NewsAsk):
    """The what-if that articles imply for a race."""

    card: RaceId = Field(description="A shipped card's name, or a path")
    weights: LocalFile = Field(None, description="Your own probabilities (docs/news.md)")
    sure: bool = Field(False, description="Every change as if certain: for verbs that play one line-up")


class LedgerAsk(Ask):
    """What the store's ledger of claims has of somebody; of all without a name."""

    name: str = Field("", max_length=80, description="A driver, team or series; without it everything")
