"""The state of a race and of its cars at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from langstrecke.racestate.burn import Stretch
from langstrecke.racestate.fuel import FuelStint
from langstrecke.racestate.gaps import Gap

Status = Literal["not started", "running", "in the pits", "overdue", "retired?", "finished"]
"""`overdue`: it should have crossed the line by now; `retired?`: long ago."""


@dataclass(frozen=True)
class Spell:
    """One driver between two visits to the pits, in race seconds; the last one ends at the last crossing."""

    driver: str | None
    start_s: float
    end_s: float


@dataclass(frozen=True)
class CarState:
    """What the laps of one car say at its last crossing. Drivers are named as the timing names them."""

    car: str
    car_class: str
    team: str
    rows: int
    """Laps that have come."""
    laps: int
    """Laps driven: the number of the last."""
    crossed_s: float
    driver: str | None
    in_pit: bool
    """The last crossing was in the pit lane."""
    finished: bool
    """The last crossing was under the chequered flag."""
    last_lap_s: float
    best_lap_s: float
    usual_lap_s: float
    """The median of all laps."""
    stint_laps: int
    """Laps since the last stop that is over; so old are the tyres."""
    stint_from_s: float
    """When the car last left the pits (the start, before the first stop)."""
    stretches: tuple[Stretch, ...]
    """What it drove from visit to visit to the pits, the stretch under way included."""
    stops_s: tuple[float, ...]
    """When the car came in, for every stop that is over."""
    last_stop_s: float | None
    """Time in the pit lane at the last stop that is over."""
    longest_stop_s: float
    spells: tuple[Spell, ...]
    driven_s: tuple[tuple[str, float], ...]
    """(driver, seconds at the wheel), time in the pit lane left out, in the order in which they first drove."""
    holes: tuple[int, ...]
    """Laps that must exist and have not come."""
    backwards: bool
    """Times of crossing do not rise from lap to lap: one of them is wrong."""

    @property
    def stops(self) -> int:
        """Stops that are over."""
        return len(self.stops_s)

    @property
    def longest_stint(self) -> float:
        """Green laps' worth of fuel burnt in the longest stretch between two visits so far, the one under way
        included.
        """
        return max(s.burnt for s in self.stretches)


@dataclass(frozen=True)
class LiveCar:
    """One car of the card at the moment."""

    car: str
    car_class: str
    status: Status
    laps: int
    crossed_s: float
    """Last crossing of the line; 0 before the first."""
    gap: Gap
    """Behind the leader of the class."""
    behind_s: float | None
    """Seconds behind the leader's crossing of this car's last lap, also for cars laps down; None where that lap of
    the leader is not known, or this car ended it before the leader."""
    position: int
    """In class, by laps and time of crossing; cars that share both share the place."""
    stint_laps: int
    fuel_laps: float
    """Green laps' worth of fuel missing from a full tank: burnt since the last full one, less what short visits to
    the pits can have brought."""
    fuel_laps_sd: float
    """How far that is not known: laps under yellow, visits too short for a full tank."""
    stints: tuple[FuelStint, ...]
    """What it went on from full tanks, the stint under way included."""
    stops: int
    in_pit: bool
    """The last crossing was in the pit lane."""
    paid_s: float
    """With `in_pit`: what the stop under way has cost before the line (all of it where the box lies before)."""
    overdue_s: float
    """Seconds since the car should have crossed at the latest; 0 for one that runs to time."""
    driver: str | None
    """Who drove the last lap, by the name on the card; None for one the card does not know."""
    driver_since_s: float
    turn_stints: int
    driven_s: tuple[tuple[str, float], ...]
    """Seconds at the wheel by driver of the card."""
    last_out_s: tuple[tuple[str, float], ...]
    """When each driver of the card last got out, for those who have driven and are out."""
    spells: tuple[Spell, ...]
    """Who drove when, by the names on the card; None for one it does not know."""
    stops_s: tuple[float, ...]
    """When the car came in."""
    longest_stop_s: float


@dataclass(frozen=True)
class LiveState:
    """The race at `t`."""

    race_id: str
    t: float
    end: float
    """Scheduled end."""
    neutral: Literal["", "safety_car", "fcy"]
    """What neutralises the race now; IMSA's full-course yellow bunches the field and is a safety car here."""
    neutral_since_s: float
    wetness: float
    """0 dry to 1, read off the pace of the field."""
    cars: tuple[LiveCar, ...]
    """In card order."""
    still_since_s: float | None
    """Since when the race has stood still (a red flag); None where it runs."""
    strangers: tuple[str, ...]
    """Cars in the timing that the card does not know."""

    def car(self, number: str) -> LiveCar:
        """The car with this number. KeyError if it is not on the card."""
        for car in self.cars:
            if car.car == number:
                return car
        raise KeyError(number)

    def stints(self) -> dict[str, list[FuelStint]]:
        """By class what its cars drove on from full tanks."""
        found: dict[str, list[FuelStint]] = {}
        for car in self.cars:
            found.setdefault(car.car_class, []).extend(car.stints)
        return found
