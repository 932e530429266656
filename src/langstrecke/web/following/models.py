"""What a followed race is asked for and what it shows: source, odds over race time, the view of the moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from langstrecke.live.table import TimingTable
from langstrecke.services.requests.common import Ask, RaceId

Status = Literal["starting", "running", "paused", "waiting", "over", "failed"]
"""`waiting`: a feed that is not connected, or a folder without laps; `over`: the race is."""


LATEST_S = 108_000.0
"""No race is longer: 24 hours, stopped for six (default)."""
FASTEST = 600.0
"""Largest speed of a replay: a 24-hour race in two and a half minutes, with its tables and odds (default)."""


def _speed(value: float) -> float:
    if value != 0.0 and not 1.0 <= value <= FASTEST:
        raise ValueError(f"a replay runs at 1 to {FASTEST:.0f} times the race's speed; 0 is as fast as it can")
    return value


Speed = Annotated[float, Field(description="Of a replay: race seconds a second"), AfterValidator(_speed)]


class FollowAsk(Ask):
    """A race to be followed: a replay of the store, unless a feed, a lap file or a folder is named."""

    race: RaceId
    speed: Speed = 1.0
    start_s: float = Field(0.0, ge=0.0, le=LATEST_S, description="Of a replay: race time to begin at")
    restart: bool = Field(False, description="Where the race is followed already: from the beginning")
    feed: str | None = Field(None, max_length=500, description="Address of a feed: ws://..., if known")
    file: str | None = Field(None, max_length=1000, description="A file of laps to replay, if known")
    folder: str | None = Field(None, max_length=1000, description="A folder of growing files, if known")
    series: str | None = Field(None, max_length=60, description="A series at its live service: wec, nls ...")
    session: str | None = Field(
        None, pattern=r"^[0-9A-Za-z-]{1,40}$", description="Of a series: its session, where not the one that runs"
    )

    @property
    def replayed(self) -> bool:
        """Whether it is a replay, which can be paused, sped up and sought in."""
        return self.feed is None and self.folder is None and self.series is None


class SteerAsk(Ask):
    """How a replay is to go on. What is not given stays."""

    paused: bool | None = None
    speed: Speed | None = None
    race_s: float | None = Field(None, ge=0.0, le=LATEST_S, description="Go to this race time, back or forth")


class CarChance(BaseModel):
    """One car's chances at a moment."""

    model_config = ConfigDict(frozen=True)

    car: str
    car_class: str
    win: float
    podium: float
    overall: float


class Moved(BaseModel):
    """A car whose chance of winning its class moved, and what happened meanwhile."""

    model_config = ConfigDict(frozen=True)

    car: str
    car_class: str
    win_before: float
    win: float
    why: tuple[str, ...]
    """Short sentences; empty where nothing but laps happened."""


class OddsPoint(BaseModel):
    """The odds at one moment of the race."""

    model_config = ConfigDict(frozen=True)

    race_s: float
    races: int
    cars: tuple[CarChance, ...]
    apart: bool = False
    """Nothing was read for a while before it, as after a seek: what lies between is not known, no line leads here."""
    moved: tuple[Moved, ...] = ()
    """Against the point before, the largest first."""

    def car(self, number: str) -> CarChance | None:
        """The chances of a car."""
        return next((c for c in self.cars if c.car == number), None)


@dataclass(frozen=True)
class HubView:
    """A followed race at one moment. All viewers share it."""

    race: str
    title: str
    status: Status
    source: str
    """In words: "replay at 60 times the speed", "feed ws://..."."""
    replayed: bool
    speed: float
    race_s: float
    version: int
    """Rises with every change."""
    table: TimingTable | None
    odds: tuple[OddsPoint, ...]
    """Over race time, the newest last; thinned out, the newest never."""
    odds_note: str
    """What the odds rest on, or why there are none."""
    odds_old: bool
    """The newest odds are of another time of the race than is shown: it was moved on, or they do not keep up."""
    alerts: tuple[Any, ...]
    """The newest last (`live.alerts`)."""
    note: str
    """What is wrong, in words; empty where nothing is."""
    viewers: int
    wall: dt.datetime
    """When the view was made (UTC)."""

    @property
    def newest_odds(self) -> OddsPoint | None:
        """The odds now."""
        return self.odds[-1] if self.odds else None
