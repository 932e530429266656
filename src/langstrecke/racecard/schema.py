"""The race card: everything it takes to play one race, as Pydantic models.

Units: seconds end in `_s`, rates per hour in `_per_h`, probabilities and shares lie in 0..1. A figure `x` that was
estimated has a sibling `x_sd`, the standard deviation of what is not known about it (not of what varies from lap
to lap or race to race). Rates carry `x_log_sd`, the standard deviation of the logarithm of the rate.
Pace figures are seconds per lap relative to the class: negative is faster.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from langstrecke.display import Shown, shows_itself
from langstrecke.formatting import duration, lap_time, plural

if TYPE_CHECKING:
    import polars as pl

SCHEMA_VERSION = 1

NonNegative = Annotated[float, Field(ge=0.0)]
Positive = Annotated[float, Field(gt=0.0)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Licence = Literal["platinum", "gold", "silver", "bronze"]


class CardModel(BaseModel):
    """Shared settings: unknown keys are errors, values do not change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class RaceInfo(CardModel):
    """Which race this is."""

    id: str = Field(min_length=1)
    name: str
    series: str
    season: int = Field(ge=1900, le=2200)
    date: dt.date
    start_time: dt.time = dt.time(12, 0)  # local
    rulebook: str  # a name `langstrecke rules` knows
    duration_s: Positive  # scheduled; 24 h = 86400
    max_laps: int | None = Field(default=None, gt=0)  # lap-limited races end here if the time does not end them first
    knowledge: Literal["before", "full", "hand"] = "hand"
    note: str = ""
    unsure: tuple[str, ...] = ()
    """What was guessed or inferred when the card was made, a sentence each: told with every answer (`ground`)."""


class CircuitInfo(CardModel):
    """The circuit as the simulation sees it."""

    id: str
    name: str = ""
    length_km: Positive | None = None
    overtaking_s: Positive = 0.6
    """Pace advantage in seconds per lap at which passing an equal car succeeds in 63 % of laps (1 - 1/e)."""
    dusk: dt.time | None = None
    """Local clock time from which it is dark; None: 21:00."""
    dawn: dt.time | None = None
    """... and until which; None: 6:00."""
    lap_sd: Share = 0.0
    """What is unsure of the lap time for all classes alike, standard deviation as a share of the lap: nobody of this
    card was timed here before (ratings/pace/speed.py). Classes have their own on top, `lap_s_sd`."""
    track_sd: Share = 0.0027
    """How far the track's pace wanders during a race, standard deviation as a share of the lap (rubber, temperature,
    wind). Default: fitted to twelve races of 2015-18 by `scripts/fit/track.py`, which tells how later ones agree."""
    track_s: Positive = 12500.0
    """Time constant of that wandering (same source)."""


class Neutralisation(CardModel):
    """How often and how long the race is neutralised. The procedure itself is the rule book's."""

    rate_per_h: NonNegative = 0.4
    rate_log_sd: NonNegative = 0.4
    start_share: Share = 0.1
    """Probability of a neutralisation in the opening lap, on top of the rate."""
    length_s: Positive = 900.0
    """Median length from the yellow to the green."""
    length_log_sd: NonNegative = 0.4
    """Spread from one neutralisation to the next (log scale)."""
    lap_ratio: Annotated[float, Field(gt=1.0, le=6.0)] = 1.9
    """Lap time behind the safety car over a green lap of the fastest class."""
    catch_up_ratio: Annotated[float, Field(gt=1.0, le=6.0)] = 1.5
    """Lap time of a car closing up to the queue, over its own green lap."""
    slow_zone_per_h: NonNegative = 0.0
    slow_zone_length_s: Positive = 900.0
    slow_zone_ratio: Annotated[float, Field(ge=1.0, le=3.0)] = 1.1
    """Lap time with one slow zone active, over a green lap."""
    fcy_per_h: NonNegative = 0.0
    """Full-course yellows without a safety car (WEC: 80 km/h, gaps stay), besides the safety cars of `rate_per_h`."""
    fcy_length_s: Positive = 300.0
    fcy_length_log_sd: NonNegative = 0.5
    red_share: Share = 0.0
    """Share of neutralisations that become a red flag."""
    red_length_s: Positive = 2400.0


class Weather(CardModel):
    """A stochastic wet/dry process, or a scenario that fixes it."""

    wet_start: Share = 0.0
    rain_per_h: NonNegative = 0.0
    """Showers per hour of dry running."""
    rain_length_s: Positive = 2700.0
    """Mean length of a shower (exponential)."""
    intensity: Share = 0.5
    """Mean intensity of a shower; 1 is the wettest in which the race goes on."""
    wet_ratio: Annotated[float, Field(ge=1.0, le=2.0)] = 1.10
    """Lap time at intensity 0.5 on wet tyres, over a dry lap."""
    slick_ratio: Annotated[float, Field(ge=1.0, le=3.0)] = 1.30
    """Lap time at intensity 0.5 on dry tyres, over a dry lap."""
    drying_s: Positive = 1800.0
    """Time constant with which a wet track dries."""
    scenario: tuple[tuple[NonNegative, Share], ...] | None = None
    """(race time in s, intensity from then on): replaces the process, the same weather in every simulated race."""


class ClassFigures(CardModel):
    """What the cars of one class have in common."""

    lap_s: Positive
    """Clean green lap in free air: average car, average driver, middle of a stint, dry."""
    lap_s_sd: NonNegative = 0.0
    noise_s: NonNegative = 0.5
    """Standard deviation of the symmetric part of lap-to-lap noise."""
    noise_tail_s: NonNegative = 0.4
    """Mean of the exponential right tail of lap-to-lap noise."""
    day_form_s: NonNegative = 0.0
    """Standard deviation, from race to race, of a car's pace around its rating."""
    driver_form_s: NonNegative = 0.0
    """Standard deviation, from race to race, of a driver's pace around the rating."""
    stint_form_s: NonNegative = 0.0
    """Standard deviation, from stint to stint, of a driver's pace."""
    fuel_lap_s: float = 0.0
    """Lap time lost per lap's worth of fuel on board."""
    tyre_lap_s: float = 0.0
    """Lap time lost per lap of tyre age."""
    cold_lap_s: NonNegative = 0.0
    """Lost on the first lap on new tyres, beyond the stop itself."""
    double_stint_s: NonNegative = 0.0
    """Fixed loss per lap in a second stint on the same tyres (beyond `tyre_lap_s`)."""
    night_s: float = 0.0
    """Added to a lap in the dark."""
    first_lap_s: float = 0.0
    """Lost on the opening lap from a rolling start."""
    stint_laps: Positive
    """Green laps on a full tank."""
    stint_laps_sd: NonNegative = 0.5
    """Spread of that figure from car to car and day to day."""
    lane_s: NonNegative
    """Lost by driving through the pit lane without stopping, in-lap and out-lap together."""
    refuel_s: NonNegative
    """Stationary time for a full tank from empty."""
    tyres_s: NonNegative = 0.0
    """Four tyres, as done by this class's crews, on their own."""
    driver_change_s: NonNegative = 0.0
    """Driver change, on its own."""
    stop_scatter_s: NonNegative = 2.0
    """Mean of the exponential excess of a routine stop."""
    stop_trouble: Share = 0.02
    """Share of stops that go wrong."""
    stop_trouble_s: NonNegative = 30.0
    """Mean of what a stop that goes wrong costs (exponential)."""
    tyres_every: int = Field(default=1, ge=1)
    """Stints on one set of tyres: 1 means new tyres at every stop."""
    retire_per_h: NonNegative = 0.005
    retire_log_sd: NonNegative = 0.4
    repair_per_h: NonNegative = 0.01
    """Long stops for repairs, in the garage or pit lane."""
    repair_log_sd: NonNegative = 0.4
    repair_s: Positive = 600.0
    """Median length of a repair."""
    repair_length_log_sd: NonNegative = 1.0
    incident_per_h: NonNegative = 0.05
    """Spins, offs, punctures, contact that cost time and no repair: the class's mean; Bronze drivers have more, and
    everybody on the opening lap."""
    incident_s: NonNegative = 25.0
    """Mean cost of one (exponential)."""
    penalty_per_h: NonNegative = 0.019
    """Drive-throughs; one costs `lane_s`. Default: fitted to 35 races of 2015-22 by `scripts/fit/mistakes.py`."""
    lapping_s: NonNegative = 0.0
    """Lost by passing one slower car of another class."""
    lapped_s: NonNegative = 0.0
    """Lost by being passed by one faster car of another class."""
    caution_stop_share: Share = 0.35
    """Share of the tank burnt from which a car uses a neutralisation to stop."""


class Driver(CardModel):
    """One nominated driver."""

    name: str = Field(min_length=1)
    licence: Licence | None = None
    pace_s: float = 0.0
    pace_s_sd: NonNegative = 0.0
    evidence: Literal["laps", "prior", "hand"] = "hand"
    """`laps`: rated from timing data; `prior`: only licence and series are known; `hand`: set by a person."""


class Entry(CardModel):
    """One car."""

    car: str = Field(min_length=1)
    car_class: str = Field(alias="class", min_length=1)
    team: str = ""
    vehicle: str = ""
    make: str = ""
    grid: int | None = Field(default=None, ge=1)
    """Place on the grid, overall. Without it the car starts behind those that have one, by class and pace."""
    pace_s: float = 0.0
    pace_s_sd: NonNegative = 0.0
    stop_s: float = 0.0
    """This crew's stops against the class's, per stop."""
    stop_s_sd: NonNegative = 0.0
    stint_laps: Positive | None = None
    """Laps on a full tank where this car differs from its class."""
    reliability: Positive = 1.0
    """Factor on the class's retirement and repair rates."""
    guest: bool = False
    """Scores no points."""
    start_s: NonNegative = 0.0
    """Starts this much behind the field (pit-lane start, repair before the start)."""
    penalty_s: NonNegative = 0.0
    """Time added after the finish."""
    drivers: tuple[Driver, ...] = Field(min_length=1)

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True)

    @model_validator(mode="after")
    def _drivers_differ(self) -> Entry:
        names = [d.name for d in self.drivers]
        if len(set(names)) != len(names):
            raise ValueError("a driver is named twice")
        return self


class ActualResult(CardModel):
    """What really happened, shown beside the forecast and never used for it."""

    car: str
    position: int | None = None
    position_in_class: int | None = None
    laps: int | None = None
    status: str = ""


@shows_itself
class RaceCard(CardModel):
    """One race, ready to be played: rules, circuit, classes, entries, each figure with its doubt (docs/cards.md).

    Seconds end in `_s`, rates an hour in `_per_h`; shares and probabilities are 0..1. Frozen: `langstrecke.changed`
    makes another.
    """

    schema_version: Literal[1] = Field(default=1, alias="schema")
    race: RaceInfo
    circuit: CircuitInfo
    neutralisation: Neutralisation = Neutralisation()
    weather: Weather = Weather()
    classes: dict[str, ClassFigures] = Field(min_length=1)
    entries: tuple[Entry, ...] = Field(min_length=1)
    result: tuple[ActualResult, ...] = ()

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True)

    @model_validator(mode="after")
    def _holds_together(self) -> RaceCard:
        seen: set[str] = set()
        for number, entry in enumerate(self.entries):
            if entry.car in seen:
                raise ValueError(f"entries[{number}]: car {entry.car!r} is entered twice")
            seen.add(entry.car)
            if entry.car_class not in self.classes:
                known = ", ".join(self.classes)
                raise ValueError(
                    f"entries[{number}].class: car {entry.car!r} is in class {entry.car_class!r}, "
                    f"but the card has figures for {known} only"
                )
        for number, row in enumerate(self.result):
            if row.car not in seen:
                raise ValueError(f"result[{number}].car: car {row.car!r} is not among the entries")
        return self

    def entry(self, car: str) -> Entry:
        """The entry with this number. KeyError if there is none."""
        for entry in self.entries:
            if entry.car == car:
                return entry
        raise KeyError(car)

    def cars_of(self, car_class: str) -> tuple[str, ...]:
        """Car numbers of a class, in card order."""
        return tuple(e.car for e in self.entries if e.car_class == car_class)

    def to_frame(self) -> pl.DataFrame:
        """A row an entry; `pace_s` is seconds a lap against the class, negative is faster, `pace_s_sd` its doubt."""
        import polars as pl

        keys = ("car", "car_class", "team", "vehicle", "grid", "pace_s", "pace_s_sd")
        rows = [{k: getattr(e, k) for k in keys} | {"drivers": [d.name for d in e.drivers]} for e in self.entries]
        return pl.DataFrame(rows, infer_schema_length=None).rename({"car_class": "class"})

    def _shown(self) -> Shown:
        rows = [
            (name, str(len(self.cars_of(name))), lap_time(c.lap_s), f"{c.lap_s_sd:.1f} s", f"{c.stint_laps:.0f}")
            for name, c in self.classes.items()
        ]
        race = self.race
        where = f"{self.circuit.name or self.circuit.id}, {race.date}, {duration(race.duration_s, minutes=True)}"
        notes = (f"{where}; {plural(len(self.entries), 'car')}; rule book {race.rulebook}; knows: {race.knowledge}.",)
        head = ("class", "cars", "lap", "its sd", "laps a tank")
        return Shown(race.name or race.id, head, rows, (*notes, race.note) if race.note else notes)
