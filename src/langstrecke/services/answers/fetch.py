"""What the verbs of the archives give."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from langstrecke.services.answers.common import Answer
from langstrecke.services.answers.data import ImportAnswer


class EventLine(Answer):
    """An event of a season. `name` and `key` are the site's; dates are told by some sites only."""

    number: int
    name: str
    key: str
    start: dt.date | None = None
    end: dt.date | None = None


class FetchCalendarAnswer(Answer):
    """A season's events, as its archive lists them."""

    series: str
    season: str
    url: str
    owner: str
    events: list[EventLine]


class FetchLine(Answer):
    """A file: what it is, and what became of it."""

    kind: str
    session: str
    path: str
    """Below the event's folder."""
    url: str
    size: int | None
    about: bool
    """The site prints its size rounded."""
    how: str
    """`to fetch` in a plan; then `fetched`, `kept`, `unchanged` or `failed`."""
    sha256: str | None = None
    before: list[str] = Field(default=[])
    """Files of the same session and kind it was taken before."""


class FetchAnswer(Answer):
    """What a fetch would do, or did."""

    series: str
    season: str
    event: str
    number: int
    url: str
    owner: str
    notice: str
    folder: str
    dry_run: bool
    files: list[FetchLine]
    size: int
    """Bytes of the files whose size is known."""
    unsized: int
    """Files whose size the site does not tell."""
    requests: int = 0
    notes: list[str] = Field(default=[])
    faults: list[str] = Field(default=[])
    """What could not be fetched, and why."""
    imported: ImportAnswer | None = None
    not_imported: str | None = None
    """Why nothing was imported, where it was wanted."""
