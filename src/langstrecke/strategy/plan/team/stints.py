"""Where the stops fall and what is put in: the stints of one car, lap by lap, in the team's own unit of fuel.

Stints are as long as the tank, the rules and the drivers' hours let them be; each that ends before the tank asks for
it says why. Neither yellows nor rain: `odds` plays the plan through those.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import race_time
from langstrecke.strategy.plan.schedule import Run
from langstrecke.strategy.plan.team.rules import Binding
from langstrecke.strategy.plan.team.schema import Team
from langstrecke.strategy.plan.team.zones import Spans

MOST_STINTS = 2000
NEAR_FLAG = 0.25
"""Where the flag falls within this share of a lap after time is up, the car takes fuel for a lap more (default)."""
SPLASH_SHARE = 0.25
"""Where the fall-off of the tyres is not given, a last stint shorter than this share of a full one gets no new ones
that cost time (default)."""


@dataclass(frozen=True)
class Leg:
    """One stint of the car, from one stop to the next. Times are race seconds; fuel is in the team's unit."""

    driver: int | None
    start_s: float  # pit exit, or the green flag
    end_s: float  # pit entry, or the flag
    laps: int
    first_lap: int
    fuel: float  # on board as it begins
    added: float
    use: float  # a lap
    new_tyres: bool
    stop_s: float  # what the stop before it costs in all; 0 for the first
    still_s: float
    why: tuple[str, ...] = ()

    @property
    def left(self) -> float:
        """Fuel on board as it ends."""
        return self.fuel - self.laps * self.use

    def run(self) -> Run:
        """The stint as the rota sees it; fuel in laps."""
        return Run(
            self.start_s, self.end_s, self.laps, self.first_lap, self.fuel / self.use, self.added / self.use,
            self.new_tyres, self.stop_s, self.still_s,
        )  # fmt: skip


@dataclass(frozen=True)
class Begin:
    """Where a timeline begins: the race, or a race under way with the car about to stop."""

    t: float = 0.0
    lap: int = 0
    left: float | None = None  # fuel on board; None: as at the start
    on_set: int = 0
    age: int = 0
    sets: int = 0
    stops: tuple[float, ...] = ()  # when it has stopped
    longest_stop_s: float = 0.0
    driver: int | None = None  # who brings it in


@dataclass
class _State:
    t: float
    lap: int
    left: float
    on_set: int
    age: int
    sets: int
    stops: list[float]
    technical: bool
    driver: int | None
    legs: list[Leg] = field(default_factory=list)


def length_s(team: Team) -> float:
    """Race time at which the race is over, about; exact for a race over time."""
    if team.race.length is not None:
        return team.race.length
    laps = team.race.laps or 0
    stops = max(0.0, laps * team.car.use / team.car.tank - 1.0)
    still = team.car.tank / team.car.refuel if team.car.refuel else 0.0
    return laps * team.car.lap + stops * (team.car.pit_loss + still)


def timeline(
    team: Team,
    binding: Binding,
    drivers: Sequence[int | None] = (),
    away: Sequence[Spans] = (),
    begin: Begin | None = None,
    use_ratio: float = 1.0,
) -> tuple[Leg, ...]:
    """The stints from `begin` on. `drivers` are those of each stint as far as they are known; `away` is when each of
    the crew cannot drive; `use_ratio` scales the fuel used. LangstreckeError where the car cannot complete a lap.
    """
    begin = begin or Begin()
    legs = _drive(team, binding, drivers, away, begin, use_ratio, None)
    owed = binding.pit.mandatory_stops - len(begin.stops)
    stops = len(legs) - (1 if begin.lap == 0 else 0)
    windowed = binding.pit.mandatory_from_s > 0 or binding.pit.mandatory_to_s > 0
    total = sum(leg.laps for leg in legs)
    count = len(legs)
    if not windowed and stops < owed:
        count = owed + (1 if begin.lap == 0 else 0)
    if count > len(legs) or (team.car.fill == "even" and len(legs) > 1):
        even = [total // count + (1 if k < total % count else 0) for k in range(count)]
        return _drive(team, binding, drivers, away, begin, use_ratio, even)
    return legs


def _drive(
    team: Team, binding: Binding, drivers: Sequence[int | None], away: Sequence[Spans], begin: Begin,
    use_ratio: float, even: Sequence[int] | None,
) -> tuple[Leg, ...]:  # fmt: skip
    car, pit = team.car, binding.pit
    start_fuel = car.at_start if car.at_start is not None else car.tank
    state = _State(
        begin.t, begin.lap, begin.left if begin.left is not None else start_fuel, begin.on_set, begin.age, begin.sets,
        list(begin.stops), not pit.technical_stop_s or begin.longest_stop_s >= pit.technical_stop_s, begin.driver,
    )  # fmt: skip
    over = length_s(team)
    for n in range(MOST_STINTS):
        if _to_go(team, state.t, state.lap, car.lap, over) <= 0 and n:
            break
        driver = drivers[n] if n < len(drivers) else None
        cap = even[n] if even is not None and n < len(even) else None
        if not _leg(team, binding, state, driver, away, over, use_ratio, cap, first=n == 0 and begin.lap == 0):
            break
    return tuple(state.legs)


def _to_go(team: Team, t: float, lap: int, lap_s: float, over: float) -> int:
    """Laps from here to the flag: it falls at the first crossing after time is up."""
    if team.race.laps is not None:
        return max(0, team.race.laps - lap)
    return max(0, math.ceil((over - t) / lap_s - 1e-9))


def _leg(
    team: Team, binding: Binding, state: _State, driver: int | None, away: Sequence[Spans], over: float,
    use_ratio: float, cap: int | None, *, first: bool,
) -> bool:  # fmt: skip
    """Drive one stint from `state` on; False where the race ended with the stop before it."""
    car, pit = team.car, binding.pit
    use = team.use(driver) * use_ratio
    crew = range(len(team.driver))
    pace = team.pace_s(driver) if driver is not None else sum(team.pace_s(d) for d in crew) / len(crew)
    lap_s = car.lap + pace
    why: list[str] = []
    owed = int(_to_go(team, state.t, state.lap, lap_s, over) > 0)  # who came in before time was up has a lap to go
    added, still, stop, new_tyres = 0.0, 0.0, 0.0, True
    if not first:
        changes = (driver != state.driver) if driver is not None else len(crew) > 1
        for _ in range(3):  # what is put in depends on how long it takes, by a lap at most
            laps = _to_go(team, state.t + stop, state.lap, lap_s, over) or owed
            near = team.race.laps is None and state.t + stop + laps * lap_s - over < NEAR_FLAG * lap_s
            want = min(car.tank, (laps + near + car.reserve_laps) * use)
            added = max(0.0, want - state.left) if pit.refuelling else 0.0
            new_tyres, told = _tyres(team, binding, state, laps, added, use, changes)
            still, stop = _stop(team, binding, added, new_tyres, changes)
        why += told
        if laps <= 0:
            return False
        if near and want < car.tank:
            why.append(
                f"fuel for a lap more: the flag falls {state.t + stop + laps * lap_s - over:.0f} s too late for it"
            )
        full = int((car.tank / use) - car.reserve_laps)
        if not state.technical and _technical_now(pit.technical_stop_to_s, pit.technical_stop_from_s, state.t,
                                                  full * lap_s, pit.technical_stop_s):  # fmt: skip
            stop, state.technical = max(stop, pit.technical_stop_s), True
            why.append(f"the rule book's technical stop: {pit.technical_stop_s:.0f} s")
        elif pit.min_pit_time_s and stop <= pit.min_pit_time_s:
            why.append(f"least time in the pit lane: {pit.min_pit_time_s:.0f} s")
        state.stops.append(state.t)
    state.on_set, state.age = (1, 0) if new_tyres else (state.on_set + 1, state.age)
    state.sets += 1 if new_tyres else 0
    fuel, start = state.left + added, state.t + stop
    to_go = _to_go(team, start, state.lap, lap_s, over) or owed
    if to_go <= 0:
        return False
    reach = math.floor(fuel / use - car.reserve_laps + 1e-6) if pit.refuelling else to_go
    if reach < 1:
        raise LangstreckeError(f"{fuel:.1f} {car.unit} do not do for a lap", key="car.use")
    most = min(reach, to_go)
    times = _lap_times(team, lap_s, to_go if most == to_go else most, fuel / use, state.age)
    laps, told_short = _length(team, binding, state, start, times, most, to_go, away, cap)
    why += told_short
    end = start + sum(times[:laps])
    state.legs.append(
        Leg(driver, start, end, laps, state.lap + 1, fuel, added, use, new_tyres, stop, still, tuple(why))
    )
    state.t, state.lap, state.left = end, state.lap + laps, fuel - laps * use
    state.age, state.driver = state.age + laps, driver
    return True


def _lap_times(team: Team, lap_s: float, laps: int, fuel_laps: float, age: int) -> list[float]:
    """The car's lap is that of the middle of a usual stint; fuel and tyres count from there."""
    car = team.car
    middle = 0.5 * car.tank / car.use
    return [
        lap_s + car.fuel_lap * (fuel_laps - n - middle) + car.tyre_lap * (age + n - middle * car.tyre_stints)
        for n in range(laps)
    ]


def _stop(team: Team, binding: Binding, added: float, tyres: bool, driver: bool) -> tuple[float, float]:
    """(standing, in all) seconds of a stop."""
    car, pit = team.car, binding.pit
    refuel = added / car.refuel if car.refuel and added else 0.0
    refuel = max(refuel, pit.min_refuel_s) if added and refuel > pit.short_stop_max_s else refuel
    tyres_s, driver_s = car.tyres_s if tyres else 0.0, car.driver_s if driver else 0.0
    together = pit.fuel_and_tyres == "together"
    still = max(refuel, tyres_s, driver_s) if together else max(refuel, driver_s) + tyres_s
    still = max(still, pit.min_stop_s)
    return still, max(car.pit_loss + still, pit.min_pit_time_s)


def _tyres(
    team: Team, binding: Binding, state: _State, laps: int, added: float, use: float, changes: bool
) -> tuple[bool, list[str]]:
    """Whether the stop brings new tyres, and why where it is not what the stints on a set say."""
    car = team.car
    due = state.on_set >= car.tyre_stints
    if not due:
        return False, []
    if car.tyre_sets is not None and state.sets >= car.tyre_sets:
        return False, [f"no new tyres: all {car.tyre_sets} sets are used"]
    fits = math.floor((state.left + added) / use - car.reserve_laps + 1e-6) if binding.pit.refuelling else laps
    if laps > fits:
        return True, []
    cost = _stop(team, binding, added, True, changes)[1] - _stop(team, binding, added, False, changes)[1]
    gain = car.tyre_lap * state.age * laps
    if cost <= gain or cost <= 0:
        return True, []
    if car.tyre_lap:
        return False, [f"no new tyres: they cost {cost:.0f} s and win {gain:.0f} s in {laps} laps"]
    if laps < SPLASH_SHARE * car.tank / car.use:
        return False, [f"no new tyres for {laps} laps: they cost {cost:.0f} s (tyre_lap is not given)"]
    return True, []


def _length(
    team: Team, binding: Binding, state: _State, start: float, times: list[float], most: int, to_go: int,
    away: Sequence[Spans], cap: int | None,
) -> tuple[int, list[str]]:  # fmt: skip
    """Laps of a stint that begins now, and why it is no longer where the tank would allow more."""
    pit = binding.pit
    laps, why = most, []
    if cap is not None and cap < laps:
        laps = cap
    ends = [start]
    for time in times:
        ends.append(ends[-1] + time)
    if pit.max_stint_s:
        fits = max(n for n in range(len(ends)) if n <= 1 or ends[n] - start <= pit.max_stint_s)
        if fits < laps:
            laps = fits
            why.append(f"cut short by the stint limit of {race_time(pit.max_stint_s)}")
    window = _for_window(team, binding, state, ends, laps, to_go)
    if window is not None:
        laps = window
        close = pit.mandatory_to_s or length_s(team)
        why.append(
            f"ends in the window of the mandatory stop, {race_time(pit.mandatory_from_s)} to {race_time(close)}"
        )
    here = _while_somebody_is_here(ends, laps, away)
    if here is not None:
        laps = here
        why.append(f"cut short: nobody can drive all the way past {race_time(ends[min(here + 1, len(ends) - 1)])}")
    return laps, why


def _for_window(team: Team, binding: Binding, state: _State, ends: list[float], laps: int, to_go: int) -> int | None:
    """Laps after which the mandatory stop is made, where it would be missed otherwise; about the window's middle."""
    pit = binding.pit
    if not pit.mandatory_stops or not (pit.mandatory_from_s > 0 or pit.mandatory_to_s > 0):
        return None
    open_s, close_s = pit.mandatory_from_s, pit.mandatory_to_s or length_s(team)
    made = sum(open_s <= t <= close_s for t in state.stops)
    if made >= pit.mandatory_stops or ends[1] > close_s:
        return None
    if laps < to_go and open_s <= ends[laps] <= close_s and pit.mandatory_stops - made == 1:
        return None  # the stop falls into it as it is
    if laps < to_go and ends[laps] < open_s:
        return None
    inside = [n for n in range(1, min(laps, to_go - 1) + 1) if open_s <= ends[n] <= close_s]
    if not inside:
        return None
    owed = pit.mandatory_stops - made
    aim = max(open_s, ends[0]) + (close_s - max(open_s, ends[0])) / (owed + 1)
    tank = math.floor(team.car.tank / team.car.use - team.car.reserve_laps + 1e-6)
    reach = [n for n in inside if to_go - n <= tank or not pit.refuelling] or inside
    return min(reach, key=lambda n: abs(ends[n] - aim))


def _while_somebody_is_here(ends: list[float], laps: int, away: Sequence[Spans]) -> int | None:
    """Laps until which one driver at least can drive throughout; None where the whole stint has one or no lap has."""
    if not away:
        return None

    def somebody(n: int) -> bool:
        return any(all(b <= ends[0] or a >= ends[n] for a, b in gone) for gone in away)

    if somebody(laps):
        return None
    fits = [n for n in range(1, laps) if somebody(n)]
    return max(fits) if fits else None


def _technical_now(close_s: float, open_s: float, t: float, stint_s: float, stop_s: float) -> bool:
    """The long stop is made at the last stop from which it still ends in time."""
    return t >= open_s and t + stint_s + 2 * stop_s > (close_s or math.inf)
