"""What a team's plan from its own numbers takes."""

from __future__ import annotations

from pydantic import Field

from langstrecke.services.requests.common import Ask, LocalFile, Seed


class TeamPlanAsk(Ask):
    """A team file as TOML text, and, in the race, the sheet of driven stints as CSV text."""

    team: str = Field(min_length=1, max_length=100_000, description="The team file (docs/sim-racing.md)")
    driven: str = Field("", max_length=200_000, description="CSV: driver,laps,end")
    races: int = Field(1000, ge=0, le=20_000, description="Races the odds are counted from; 0: no odds")
    seed: Seed = 1
    limit_s: float | None = Field(None, ge=0.1, le=60.0, description="Work on the rota; 1 s in the race, else 6 s")


class RemindAsk(Ask):
    """Messages before the stops of a team's plan. Asked at the machine only: a page sends nothing anywhere."""

    team: LocalFile = Field(description="The team file (docs/sim-racing.md)")
    to: list[str] = Field(
        [],
        max_length=20,
        description="Address of a webhook, or a file with one a line; may be repeated",
    )
    driven: LocalFile = Field(None, description="Stints driven so far; read again whenever it changes")
    before: str = Field("10min", max_length=16, description="How long before the car comes in")
    at: str | None = Field(
        None, max_length=32, description="Send what is due at this moment and end: now, or 2027-01-16 15:10"
    )
    changes_only: bool = Field(False, description="Only before changes of driver, not before every stop")
