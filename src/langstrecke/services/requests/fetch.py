"""What the verbs of the archives take."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from langstrecke.services.requests.common import Ask, LocalFile

SeriesName = Annotated[
    str, Field(min_length=1, max_length=80, description="A series by id or name", examples=["imsa"])
]
SeasonName = Annotated[str, Field(min_length=1, max_length=20, description="2026, or 2018-19", examples=["2026"])]


class ArchiveAsk(Ask):
    """A season of a series in its public archive."""

    series: SeriesName
    season: SeasonName
    offline: bool = Field(False, description="Ask nobody: only what is here already")
    to: LocalFile = Field(None, description="Keep the files in this folder instead of the cache")
    hosts: LocalFile = Field(None, description="A table of hosts of your own (docs/fetch.md)")


class FetchCalendarAsk(ArchiveAsk):
    """The events of a season."""


class FetchAsk(ArchiveAsk):
    """An event to be fetched and imported."""

    event: str = Field(
        "", max_length=120, description="The event: name, circuit, number or date", examples=["sebring"]
    )
    sessions: list[str] = Field([], max_length=20, description="Only sessions with this word; may be repeated")
    dry_run: bool = Field(False, description="Say what would be fetched, file by file, and fetch nothing")
    only_files: bool = Field(False, description="Keep the files; import nothing")
    refresh: bool = Field(False, description="Ask whether files that are here have changed")
