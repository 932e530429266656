"""What the verbs of the data give."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from langstrecke.services.answers.common import Answer


class SourceLine(Answer):
    """A file a session is made of, or one that a better file supersedes (`role`, `reason`)."""

    file: str
    kind: str
    status: str
    """official, unmarked, provisional or unofficial"""
    sha256: str
    role: str = "source"
    reason: str | None = None


class SessionLine(Answer):
    """A session of a race's event."""

    session_id: str
    kind: str
    """race, practice, qualifying, warm-up or test"""
    name: str
    start: dt.datetime | None = None
    laps: int | None = None
    cars: int | None = None
    winner: str | None = None
    stops: int | None = None
    sources: list[SourceLine] = Field(default_factory=list)
    superseded_sources: list[SourceLine] = Field(default_factory=list)


class DecidedFact(Answer):
    """A fact of a file's race and what told it."""

    is_: str | None = Field(None, alias="is")
    from_: str = Field(alias="from")


class FiledFile(Answer):
    """Where a file was filed, and what decided it."""

    session: str
    kind: str
    file: str
    role: str
    reason: str | None
    notes: list[str]
    decided: dict[str, DecidedFact]


class Removed(Answer):
    """A race taken out of the store, and its files."""

    race: str
    files: list[str]


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
    sessions: list[SessionLine] = Field(default_factory=list)


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


class FileNotes(Answer):
    """What was left out of a file, or why it could not be read."""

    file: str
    notes: list[str]
    failed: bool


class ImportAnswer(Answer):
    """What an import did."""

    store: str | None = None
    """The store's file, told where the user sits at its machine."""
    files: int
    imported: int
    unchanged: int
    replaced: int
    superseded: int = 0
    copies: int = 0
    failed: int
    other: int
    laps: int
    dropped: int
    sessions: list[str]
    races: list[str]
    notes: list[FileNotes]
    foreign: list[str]
    """The files counted as `other`: no timing files we know."""
