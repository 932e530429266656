"""What a team's plan from its own numbers takes."""

from __future__ import annotations

from pydantic import Field

from langstrecke.services.requests.common import Ask, Seed


class TeamPlanAsk(Ask):
    """A team file as TOML text, and, in the race, the sheet of driven stints as CSV text."""

    team: str = Field(min_length=1, max_length=100_000, description="The team file (docs/sim-racing.md)")
    driven: str = Field("", max_length=200_000, description="CSV: driver,laps,end")
    races: int = Field(1000, ge=0, le=20_000, description="Races the odds are counted from; 0: no odds")
    seed: Seed = 1
    limit_s: float | None = Field(None, ge=0.1, le=60.0, description="Work on the rota; 1 s in the race, else 6 s")
