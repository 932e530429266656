"""What the verb that follows a race takes."""

from __future__ import annotations

from pydantic import Field

from langstrecke.services.requests.common import Ask, LocalFile


class FollowRaceAsk(Ask):
    """A race to be followed: a recording, a lap file, a feed or a live service."""

    source: str = Field(
        min_length=1,
        max_length=500,
        description="FILE.zip (Timing71), a lap file, ws://..., lmu, rmonitor://HOST:PORT or a series such as wec",
    )
    card: str | None = Field(None, max_length=120, description="The race card that knows crews, tanks and licences")
    session: str | None = Field(
        None,
        pattern=r"^[0-9A-Za-z-]{1,40}$",
        description="Of a series: its session at the service (a number or id), where not the one that runs",
    )
    stream: bool = Field(True, description="Of a series: listen to the service's stream; else it is polled")
    services: LocalFile = Field(None, description="A table of live services of your own (docs/live-sources.md)")
    speed: float | None = Field(
        None, ge=0.0, le=100_000.0, description="Of a recording: race seconds a second; 0, the default, is full speed"
    )
    until_end: bool = Field(False, description="Say nothing until the race is over, then show the final table")
    record: LocalFile = Field(None, description="Keep the race as a recording of Timing71 in this .zip")
