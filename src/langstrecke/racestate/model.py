"""The state of a race and of its cars at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["running", "in the pits", "overdue", "not started"]


@dataclass(frozen=True)
class LiveCar:
    """One car of the card at the moment."""

    car: str
    car_class: str
    status: Status
    laps: int
    crossed_s: float
    """Last crossing of the line; 0 before the first."""
    gap_laps: int
    """Laps behind the leader of the class."""
    gap_s: float
    """Last crossing against that of the class leader on the same lap; nan where the leader's is not known."""
    position: int
    """In class, by laps and time of crossing; cars that share both share the place."""
    stint_laps: int
    fuel_laps: float
    """Green laps' worth of fuel burnt since the last stop."""
    longest_stint: float
    """Green laps' worth of fuel burnt in the longest stint so far, the one under way included."""
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
    strangers: tuple[str, ...]
    """Cars in the timing that the card does not know."""

    def car(self, number: str) -> LiveCar:
        """The car with this number. KeyError if it is not on the card."""
        for car in self.cars:
            if car.car == number:
                return car
        raise KeyError(number)
