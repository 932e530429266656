"""What the rooms of this package hand each other: seasons, events, files of a site, a plan, what was fetched."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import NamedTuple

_STAMP = re.compile(r"^(\d{12})_")


class Season(NamedTuple):
    """A season as its site keys it ("13_2024", "08_2018-2019"), and the calendar years it spans."""

    key: str
    years: tuple[int, ...]

    @property
    def name(self) -> str:
        """As a person writes it: "2024", "2018-19"."""
        first, last = self.years[0], self.years[-1]
        return str(first) if first == last else f"{first}-{last % 100:02d}"


@dataclass(frozen=True)
class Event:
    """One event of a season. `key` is the site's own name of it: a folder, a GUID, a date."""

    key: str
    name: str
    order: int = 0
    start: dt.date | None = None
    end: dt.date | None = None
    places: tuple[str, ...] = ()
    """Further names: the circuit's, where the site tells it."""


@dataclass(frozen=True)
class Remote:
    """A file a site offers. `path` is its place below the season: event, series, session, maybe hour, name."""

    url: str
    path: tuple[str, ...]
    kind: str
    session: str
    """The folder of its session, with stamp: "202603211010_Race"."""
    size: int | None = None
    """Bytes, where the site tells them; a listing rounds them."""
    rounded: bool = False
    modified: dt.datetime | None = None
    """As the listing prints it, without a time zone."""

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path[-1]

    @property
    def stamp(self) -> dt.datetime | None:
        """When the session began, local time of the track, where its folder tells."""
        found = _STAMP.match(self.session)
        try:
            return dt.datetime.strptime(found[1], "%Y%m%d%H%M") if found else None
        except ValueError:
            return None


@dataclass(frozen=True)
class Offer:
    """What a site has of one series at one event. `notes` tell what of it cannot be used."""

    files: tuple[Remote, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Chosen:
    """A file worth fetching, and the names of those of its session and kind it was taken before."""

    remote: Remote
    before: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a fetch would do: which files, how large, which of them lie here already."""

    series: str
    season: Season
    event: Event
    site: str
    owner: str
    url: str
    chosen: tuple[Chosen, ...]
    folder: str
    """Where the event's files lie or will lie."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fetched:
    """One file, here now. `how`: "fetched", "kept" (not asked for), "unchanged" (asked for, nothing new)."""

    url: str
    path: str
    size: int
    sha256: str
    how: str


@dataclass
class Outcome:
    """What a fetch did."""

    files: list[Fetched] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    requests: int = 0
    """Requests sent in all, listings and robots.txt included."""
