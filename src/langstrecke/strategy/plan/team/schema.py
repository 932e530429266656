"""The team file: a race, a car and its drivers in a dozen numbers, as Pydantic models (docs/sim-racing.md).

Spans are seconds or text (`"24h"`, `"65min"`, `"2:30:00"`), lap times seconds or text (`"1:47.5"`). Fuel is in the
file's own unit, whatever that is: litres, kilograms, per cent of virtual energy.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from langstrecke.errors import LangstreckeError
from langstrecke.timing.clock import span_s


def _span(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return span_s(value)
    except LangstreckeError:
        raise ValueError('is no length of time; write "24h", "65min" or "2:30:00"') from None


def _lap(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    found = re.fullmatch(r"(?:(\d{1,2}):)?(\d{1,3}(?:\.\d{1,4})?)\s*s?", value.strip())
    if not found or (found[1] is not None and float(found[2]) >= 60):
        raise ValueError('is no lap time; write "1:47.5" or 107.5')
    return 60.0 * int(found[1] or 0) + float(found[2])


def _zone(value: Any) -> Any:
    if isinstance(value, str):
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError('is no time zone; write "Europe/Berlin", "America/New_York" or "UTC"') from None
    return value


def _start(value: Any) -> Any:
    if isinstance(value, str):
        for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"):
            try:
                return dt.datetime.strptime(value.strip(), form)
            except ValueError:
                continue
        raise ValueError('is no date and time; write "2027-01-16 13:00"')
    return value


Span = Annotated[float, BeforeValidator(_span), Field(ge=0.0, le=400 * 3600.0)]
LapTime = Annotated[float, BeforeValidator(_lap), Field(ge=10.0, le=3600.0)]
Zone = Annotated[str, BeforeValidator(_zone)]
Start = Annotated[dt.datetime, BeforeValidator(_start)]
Amount = Annotated[float, Field(gt=0.0, le=100_000.0)]
Seconds = Annotated[float, Field(ge=0.0, le=3600.0)]
Moments = tuple[tuple[str, str], ...]


class TeamModel(BaseModel):
    """Shared settings: unknown keys are errors, values do not change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class TeamRace(TeamModel):
    """`[race]`."""

    name: str = Field("race", min_length=1, max_length=120)
    start: Start = dt.datetime(2000, 1, 1, 12, 0)
    """Date and time of the green flag, on the clock of `zone`."""
    zone: Zone = "UTC"
    length: Span | None = None
    laps: int | None = Field(None, gt=0, le=5000)
    """A race over laps instead of time."""
    grace: Span | None = None
    """How much before or after the hours he gives a driver can be at the wheel; two laps without."""
    night: Moments = ()
    """When it is dark in the game: race time (`["6h", "14h"]`) or the clock of `zone`, every day."""

    @model_validator(mode="after")
    def _one_length(self) -> TeamRace:
        if (self.length is None) == (self.laps is None):
            raise ValueError("give either length or laps")
        if self.length is not None and not 60.0 <= self.length <= 150 * 3600.0:
            raise ValueError("length must lie between a minute and 150 hours")
        if self.start.tzinfo is not None:
            raise ValueError("start is a time without a zone; the zone is a key of its own")
        return self


class TeamCar(TeamModel):
    """`[car]`."""

    number: str = Field("1", min_length=1, max_length=8)
    team: str = Field("", max_length=80)
    unit: str = Field("l", min_length=1, max_length=6)
    """What fuel is counted in."""
    tank: Amount
    use: Amount
    """A lap."""
    lap: LapTime
    """An average racing lap of an average driver of the car, middle of a stint."""
    pit_loss: Seconds
    """Lost by driving through the pit lane without stopping, against staying out."""
    refuel: Amount | None = None
    """Units a second; None: no refuelling."""
    at_start: Amount | None = None
    """Fuel as the race begins; None: a full tank."""
    reserve_laps: float = Field(0.3, ge=0.0, le=10.0)
    """Laps of fuel that stay in the tank at every stop and at the flag (default: nobody runs a tank dry)."""
    tyres_s: Seconds = 0.0
    """Standing time for four tyres, on their own."""
    driver_s: Seconds = 0.0
    """Standing time for a change of driver, on its own."""
    tyres_after_fuel: bool = False
    """Tyres are changed after refuelling and not during it."""
    tyre_stints: int = Field(1, ge=1, le=50)
    """Stints on a set."""
    tyre_sets: int | None = Field(None, ge=1, le=200)
    """Sets for the race, the one at the start counted in; None: no limit."""
    tyre_lap: float = Field(0.0, ge=0.0, le=5.0)
    """Lap time lost per lap of tyre age; 0: not known."""
    fuel_lap: float = Field(0.0, ge=0.0, le=1.0)
    """Lap time lost per lap's worth of fuel on board; 0: not known."""
    fill: Literal["full", "even"] = "full"
    """Full stints and a short last one, or stints of even length; the number of stops is the same."""

    @model_validator(mode="after")
    def _goes_a_lap(self) -> TeamCar:
        if self.tank < self.use * (1.0 + self.reserve_laps):
            raise ValueError(f"a tank of {self.tank:g} does not last a lap of {self.use:g} and the reserve")
        if self.at_start is not None and self.at_start > self.tank:
            raise ValueError("at_start is more than the tank holds")
        return self


class TeamRules(TeamModel):
    """`[rules]`: a rule book, and what binds besides it or instead."""

    book: str = Field("none", min_length=1, max_length=200)
    """`none`, `iracing`, `acc`, `lmu`, any book of `langstrecke rules --list`, or a file of one's own."""
    race_class: str | None = Field(None, alias="class")
    """Class of the rule book; its first without."""
    max_stint: Span | None = None
    """The car may not stay out longer (ACC: driverStintTimeSec)."""
    max_drive: Span | None = None
    """A driver's most time at the wheel over the race (ACC: maxTotalDrivingTime)."""
    min_drive: Span | None = None
    max_in_a_row: Span | None = None
    """A driver's most time at the wheel without a rest of `rest`."""
    rest: Span | None = None
    fair_share: float | None = Field(None, ge=0.0, le=1.0)
    """Least share of an equal share of the laps (iRacing: 0.25)."""
    everybody_drives: bool | None = None
    mandatory_stops: int | None = Field(None, ge=0, le=100)
    window: tuple[Span, Span] | None = None
    """Race time between which a mandatory stop counts (ACC: pitWindowLengthSec around the middle of the race)."""
    min_pit_time: Span | None = None
    """From pit entry to pit exit, at every stop."""
    min_drivers: int | None = Field(None, ge=1, le=60)
    max_drivers: int | None = Field(None, ge=1, le=60)

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, populate_by_name=True)

    @model_validator(mode="after")
    def _window_opens_first(self) -> TeamRules:
        if self.window is not None and self.window[1] <= self.window[0]:
            raise ValueError("window must open before it closes")
        return self


class TeamRisk(TeamModel):
    """`[risk]`: what may come between. What is left at 0 does not happen in the races the odds are counted from."""

    yellows_per_h: float = Field(0.0, ge=0.0, le=10.0)
    yellow: Span = 480.0
    """Length of one (default: eight minutes)."""
    start_wet: float = Field(0.0, ge=0.0, le=1.0)
    """Probability of a wet start."""
    rain_per_h: float = Field(0.0, ge=0.0, le=10.0)
    rain: Span = 2400.0
    """Mean length of a shower (default: 40 minutes)."""
    wet_ratio: float = Field(1.10, ge=1.0, le=2.0)
    """Lap time in the wet on wet tyres, over a dry lap (default of the race card)."""
    use_sd: float = Field(0.01, ge=0.0, le=0.2)
    """What is not known about the use a lap, as a share (default: 1 %)."""
    lap_sd: float = Field(0.003, ge=0.0, le=0.1)
    """What is not known about the lap time, as a share (default: 0.3 %)."""
    scatter_s: float = Field(0.5, ge=0.0, le=10.0)
    """Spread of a driver's laps (default)."""
    offs_per_h: float = Field(0.1, ge=0.0, le=20.0)
    """Spins and offs that cost time and no stop (default)."""
    off_s: float = Field(12.0, ge=0.0, le=600.0)
    repairs_per_h: float = Field(0.02, ge=0.0, le=5.0)
    """Damage that means a stop (default)."""
    repair: Span = 180.0


class TeamDriver(TeamModel):
    """`[[driver]]`."""

    name: str = Field(min_length=1, max_length=80)
    zone: Zone | None = None
    """Zone of the times below; the race's without."""
    lap: LapTime | None = None
    """Average racing lap; or `pace`."""
    pace: float | None = Field(None, ge=-60.0, le=60.0)
    """Seconds a lap against the car's lap: negative is faster."""
    use: Amount | None = None
    """Fuel a lap where it differs from the car's."""
    licence: Literal["platinum", "gold", "silver", "bronze"] | None = None
    """Only for rule books that ask."""
    here: Moments = ()
    """When he can drive: `["20:00", "23:30"]` every day, `["Sat 20:00", "Sun 02:00"]`, dates, or race time."""
    away: Moments = ()
    """When he cannot."""
    share: float = Field(1.0, ge=0.0, le=100.0)
    """Of the time at the wheel, against 1 for the others."""
    night: float = Field(0.0, ge=-60.0, le=60.0)
    """Seconds a lap he is worse (or better, negative) in the dark, or what sparing him the night is worth."""
    wet: float = Field(0.0, ge=-60.0, le=60.0)
    back_to_back: float = Field(0.0, ge=0.0, le=3600.0)
    """Seconds over the race given to spare him each further stint in a row."""
    max_drive: Span | None = None
    rest: Span = 0.0
    stints: int | None = Field(None, ge=1, le=100)
    """Most stints in a row."""
    starts: bool = False
    finishes: bool = False

    @model_validator(mode="after")
    def _one_pace(self) -> TeamDriver:
        if self.lap is not None and self.pace is not None:
            raise ValueError("give either lap or pace")
        return self


class Team(TeamModel):
    """A whole team file."""

    race: TeamRace
    car: TeamCar
    rules: TeamRules = TeamRules.model_validate({})
    risk: TeamRisk = TeamRisk.model_validate({})
    driver: tuple[TeamDriver, ...] = Field(min_length=1, max_length=30)

    @model_validator(mode="after")
    def _holds_together(self) -> Team:
        names = [driver.name.casefold() for driver in self.driver]
        if len(set(names)) != len(names):
            raise ValueError("driver: a name is there twice")
        for key in ("starts", "finishes"):
            if sum(getattr(driver, key) for driver in self.driver) > 1:
                raise ValueError(f"driver: only one driver can have {key} = true")
        return self

    def pace_s(self, d: int) -> float:
        """Seconds a lap of driver d against the car's lap."""
        driver = self.driver[d]
        return driver.lap - self.car.lap if driver.lap is not None else (driver.pace or 0.0)

    def use(self, d: int | None) -> float:
        """Fuel a lap of driver d; of the car where he is not known yet."""
        own = self.driver[d].use if d is not None else None
        return own if own is not None else self.car.use
