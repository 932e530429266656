"""What the registry holds: who and what races, as plain frozen records with readable ids."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

_SEASON = re.compile(r"-(?:19|20)\d\d(?:-\d\d)?$")
NOT_STARTED = frozenset({"dns", "dnq", "dnp", "dna", "reserve"})
"""Statuses of entries that did not take the start: did not start, qualify, practise, arrive; reserve."""
NOT_ENTERED = frozenset({"reserve"})
STATUS_WORDS = {
    "classified": "classified",
    "not_classified": "not classified",
    "dnf": "retired",
    "dns": "did not start",
    "dnq": "did not qualify",
    "dnp": "did not practise",
    "dna": "did not arrive",
    "reserve": "reserve",
    "disqualified": "disqualified",
    "unknown": "result not known",
}


LONG_NAME = 19
"""Letters from which on a series goes by its first alias in tables and figures."""


@dataclass(frozen=True)
class Driver:
    """A person who races."""

    id: str
    name: str
    country: str = ""
    """Three letters; the one most often given. Empty where no source says."""
    aliases: tuple[str, ...] = ()
    licences: dict[int, str] = field(default_factory=dict, hash=False)
    """FIA categorisation by year, where it is known."""

    def licence(self, year: int) -> str | None:
        """The licence in a year; where that is not known, the nearest year's within two."""
        near = [(abs(known - year), known) for known in self.licences if abs(known - year) <= 2]
        return self.licences[min(near)[1]] if near else None


@dataclass(frozen=True)
class Team:
    """Who enters a car."""

    id: str
    name: str
    country: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vehicle:
    """A kind of car."""

    id: str
    name: str
    make: str
    """Id of the make."""


@dataclass(frozen=True)
class Make:
    """Who builds cars."""

    id: str
    name: str


@dataclass(frozen=True)
class Circuit:
    """Where races are held."""

    id: str
    name: str
    country: str
    region: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Series:
    """A championship, or a race that stands for itself."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    rulebook: str = ""
    """Prefix of its rule books; empty: none."""
    partial: tuple[str, ...] = ()
    """Seasons of whose calendar only some races are held."""

    @property
    def short(self) -> str:
        """What people call it where there is little room: the first alias of a long name."""
        return self.aliases[0] if len(self.name) > LONG_NAME and self.aliases else self.name


@dataclass(frozen=True)
class Event:
    """A race with its meeting."""

    id: str
    series: str
    season: str
    name: str
    circuit: str
    start: dt.date
    """First day of the meeting; the race day where no more is known."""
    race_day: dt.date
    end: dt.date
    round: str = ""
    duration_s: int = 0
    """Scheduled; 0: not known, or not run by time."""
    also: str = ""
    """Rule-book style id of a championship the race counts for besides its own series: `wec-2016`."""
    source: str = ""
    confidence: str = "high"

    @property
    def year(self) -> int:
        """Calendar year of the race."""
        return self.race_day.year

    def counts_for(self, series: str) -> bool:
        """Whether the race belongs to the series, or counts for it."""
        return self.series == series or (bool(self.also) and _SEASON.sub("", self.also) == series)


@dataclass(frozen=True)
class Entry:
    """A car in a race: by whom, with whom, how it ended."""

    event: str
    car: str
    car_class: str
    team: str
    vehicle: str
    drivers: tuple[str, ...]
    position: int | None = None
    class_position: int | None = None
    laps: int | None = None
    status: str = "classified"
    note: str = ""
    complete: bool = True
    """False where only some of the crew are known."""

    @property
    def started(self) -> bool:
        """Whether the car took the start."""
        if self.status == "disqualified":
            return bool(self.laps) or self.laps is None
        return self.status not in NOT_STARTED

    @property
    def class_win(self) -> bool:
        """First of its class and classified."""
        return self.class_position == 1 and self.status == "classified"


@dataclass(frozen=True)
class Programme:
    """A driver in a series for a season, where the single races are not in the registry."""

    driver: str
    season: str
    series: str
    team: str
    vehicle: str = ""
    rounds: str = "all"
    source: str = ""
    confidence: str = "medium"


@dataclass(frozen=True)
class NamePair:
    """Two names that may be one person, for somebody to decide; or were taken for one, `driver`."""

    one: str
    other: str
    score: float
    reasons: tuple[str, ...]
    driver: str = ""
    """Id of the person both names were taken for; empty where it is open."""
