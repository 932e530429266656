"""What the verbs of the data take."""

from __future__ import annotations

from pydantic import Field

from langstrecke.services.requests.common import Ask, LocalFiles, RaceId


class RacesAsk(Ask):
    """Which races of the store."""

    series: str | None = Field(None, max_length=40, description="Only this series: imsa, wec, le-mans")
    season: int | None = Field(None, ge=1900, le=2200, description="Only this season")


class RaceAsk(Ask):
    """One race of the store."""

    race: RaceId


class LapsAsk(Ask):
    """Laps of a race of the store; of one car, or all."""

    race: RaceId
    car: str | None = Field(None, max_length=8)


class Upload(Ask):
    """A file that was received: where it lies on this machine and what it was called."""

    path: str = Field(pattern=r"^[0-9a-f]{32}$", description="What /uploads gave")
    name: str = Field(min_length=1, max_length=300, description="The sender's name, with folders where it has them")


class ImportAsk(Ask):
    """Received files to be imported. `event` and `season` stand for the folders the files would lie in."""

    files: list[Upload] = Field(min_length=1, max_length=500)
    event: str = Field("", max_length=80, examples=["sebring-international-raceway"])
    season: int | None = Field(None, ge=1900, le=2200)


class ImportPathsAsk(Ask):
    """Files and folders of this machine to be imported."""

    paths: LocalFiles = Field(description="Folders of timing files, or files")
    series: str | None = Field(None, max_length=80, description="The series, where content and names leave it open")
    season: str | None = Field(
        None,
        max_length=9,
        pattern=r"^\s*\d{4}(\s*[-/_]\s*\d{2,4})?\s*$",
        description="The season: 2025, 2018-2019",
    )
    event: str | None = Field(None, max_length=80, description='The event: Spa, "6 Hours of Fuji"')
