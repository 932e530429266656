"""A team's plan: stints with their fuel, margins, what saving buys."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from langstrecke.strategy.plan.team.schema import Team
from langstrecke.strategy.plan.team.zones import Spans, local


@dataclass(frozen=True)
class TeamStint:
    """One stint. Times are race seconds; fuel is in the team's unit."""

    driver: str
    start_s: float
    end_s: float
    laps: int
    first_lap: int
    fuel: float
    """On board as it begins."""
    added: float
    """Put in at the stop before it."""
    spare_laps: float
    """Laps the fuel would last beyond its end."""
    tyres: str
    """`new` or `keep`."""
    stop_s: float
    still_s: float
    dark: float
    driven: bool
    why: tuple[str, ...]


@dataclass(frozen=True)
class FairShare:
    """One driver's laps against the least he must drive."""

    driver: str
    laps: int
    least: int


@dataclass(frozen=True)
class Saving:
    """What using less fuel buys: one stop fewer, at this use a lap, worth so many seconds over the race."""

    use: float
    """A lap, on average."""
    share: float
    """Of the fuel used as planned."""
    stops: int
    gain_s: float
    break_even_s: float
    """Seconds a lap it may cost before it does not pay."""


@dataclass(frozen=True)
class TeamPlan:
    """Stops and rota of a team's car.

    `proven`: no rota over these stops costs less; else `gap_s` is how many seconds another could be better at most
    (None: not known). `violations` are rules or hours the plan does not keep.
    """

    team: Team
    stints: tuple[TeamStint, ...]
    away: tuple[Spans, ...]
    shares: tuple[FairShare, ...]
    saving: Saving | None
    lap_of_fuel_s: float | None
    """Standing time a lap's worth of fuel takes to put in."""
    flag_s: float | None
    """How much quicker over the race the car must be to have to drive a lap more; None for a race over laps."""
    cost_s: float | None
    gap_s: float | None
    proven: bool
    seconds: float
    violations: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def laps(self) -> int:
        """Laps of the whole race."""
        return sum(stint.laps for stint in self.stints)

    def driven_s(self, driver: str) -> float:
        """Seconds at the wheel."""
        return sum(s.end_s - s.start_s for s in self.stints if s.driver == driver)

    def local(self, race_s: float, driver: str | None = None) -> dt.datetime:
        """A race time on the race's clock, or in a driver's own zone."""
        zone = next((d.zone for d in self.team.driver if d.name == driver), None)
        return local(self.team, race_s, zone)

    def to_json(self) -> dict[str, Any]:
        """The data of `langstrecke plan team.toml --json`. Times are race seconds, and UTC in ISO 8601."""
        return {
            "race": self.team.race.name,
            "car": self.team.car.number,
            "rulebook": self.team.rules.book,
            "unit": self.team.car.unit,
            "laps": self.laps,
            "stints": [
                {
                    "driver": s.driver,
                    "status": "driven" if s.driven else "planned",
                    "start_s": round(s.start_s, 1),
                    "end_s": round(s.end_s, 1),
                    "start": local(self.team, s.start_s, "UTC").isoformat(timespec="seconds"),
                    "end": local(self.team, s.end_s, "UTC").isoformat(timespec="seconds"),
                    "own_start": self.local(s.start_s, s.driver).isoformat(timespec="seconds"),
                    "first_lap": s.first_lap,
                    "laps": s.laps,
                    "fuel": round(s.fuel, 2),
                    "fuel_added": round(s.added, 2),
                    "spare_laps": round(s.spare_laps, 2),
                    "tyres": s.tyres,
                    "stop_s": round(s.stop_s, 1),
                    "dark": round(s.dark, 2),
                    "why": list(s.why),
                }
                for s in self.stints
            ],
            "drive_time_s": {d.name: round(self.driven_s(d.name), 1) for d in self.team.driver},
            "fair_share": [{"driver": s.driver, "laps": s.laps, "least": s.least} for s in self.shares],
            "saving": None
            if self.saving is None
            else {
                "use": round(self.saving.use, 3),
                "share": round(self.saving.share, 4),
                "stops": self.saving.stops,
                "gain_s": round(self.saving.gain_s, 1),
                "break_even_s": round(self.saving.break_even_s, 3),
            },
            "lap_of_fuel_s": None if self.lap_of_fuel_s is None else round(self.lap_of_fuel_s, 2),
            "flag_s": None if self.flag_s is None else round(self.flag_s, 1),
            "proven": self.proven,
            "rota_cost_s": None if self.cost_s is None else round(self.cost_s, 1),
            "gap_s": None if self.gap_s is None else round(self.gap_s, 1),
            "solve_s": round(self.seconds, 2),
            "violations": list(self.violations),
            "notes": list(self.notes),
        }
