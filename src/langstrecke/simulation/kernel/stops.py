"""Pit stops: when a car comes in, and what the stop costs.

The strategy every car follows unless told otherwise: run the tank down, use a neutralisation when enough of the tank
is burnt, take no more fuel than the finish needs, change tyres with the weather, obey windows and the technical stop,
hand over before a driver's time is up.
"""

from __future__ import annotations

import math

import numpy as np

from langstrecke.simulation.kernel import drivers, rng, weather
from langstrecke.simulation.kernel.jit import hot, kernel
from langstrecke.simulation.kernel.params import WAVE_NONE, Params
from langstrecke.simulation.kernel.state import (
    MODE_FCY,
    MODE_GREEN,
    MODE_SAFETY_CAR,
    RUNNING,
    State,
    short_yellow,
)

SPARE_LAPS = 0.7
"""Fuel kept beyond the last lap when a car is filled to the end (default)."""
RESERVE_LAPS = 1.6
"""Stints are cut short by up to this many laps, drawn evenly: nobody runs a tank dry (default)."""
EMERGENCY_SHARE = 0.2
"""Fill of an emergency stop with the pits closed, share of the tank (default; IMSA allows a few seconds of fuel)."""
EARLY_SHARE = 0.7
"""A stop up to this share of a tank before a planned one stands for it (default)."""
WEATHER_HORIZON_LAPS = 10.0
"""Laps over which a tyre change for the weather must pay (default)."""
TECHNICAL_EARLY_S = 5400.0
"""A technical stop that counts under green only is made at least this long before its window closes (default)."""
WINDOW_LAP = 1.05
"""An out-lap over a green lap (default)."""
WINDOW_SLACK = 2.0
"""A car comes in this many laps before the mandatory window closes: a yellow may fall on its lap (default)."""
OWED_LAPS = 3.0
"""A car that comes back with fewer laps than this to go makes no further stop (default)."""
JOKER_GAIN_S = 5.0
"""A stop that need not last the minimum is used where it saves at least this much (default)."""
UNDERCUT_HELD = 3
"""Laps in a row behind an equal car from which a crew stops early for a free track (default)."""
UNDERCUT_LAPS = 3.0
"""It does so at most this many laps before the tank asks for the stop (default)."""
NEUTRAL_BURN = 0.5
"""Fuel burnt on a neutralised lap over a green one (default)."""
NEUTRAL_RATIO = 1.15
"""Lap time over a green lap from which a lap counts as neutralised for the fuel (default)."""
LAST_LAPS_FUEL = 2.0
"""Laps of fuel with which a car has to come in at the end of the lap it begins: this one and the in-lap's rest."""
IN_LAP = 1.6
"""How long the lap to a stop may take over a green lap, when a driver's time is reckoned (default)."""
IN_LAP_NEUTRAL = 3.0
"""The same with a neutralisation out (default)."""
NEUTRAL_LAP = 1.5
"""A lap under yellow over a green one, where laps to go are counted (default)."""
FLAG_MARGIN = 0.75
"""With less than this share of the lap under way to go the flag is taken to fall on it (default)."""
LEAST_BURNT = 0.1
"""Share of the tank below which no neutralisation is used to stop for the finish (default)."""
TECHNICAL_LAPS = 3.0
"""A technical stop that counts under yellow too is made at least so many laps before its window closes (default)."""
TECHNICAL_FROM, TECHNICAL_SPREAD = 0.55, 0.4
"""A crew makes the technical stop from somewhere between 0.55 and 0.95 of its window on, drawn evenly (default)."""


@hot
def pits_open(p: Params, s: State, i: int) -> bool:
    """Whether car i may stop without penalty at the end of the lap it begins."""
    game = s.game[0]
    race = p.race[0]
    mode = game.mode
    if mode == MODE_FCY:
        return bool(race.fcy_pits_closed == 0)
    if mode != MODE_SAFETY_CAR or race.pits_closed == 0 or short_yellow(p, s):
        return True
    return bool(game.sc_laps >= race.pit_open_lap + p.cls[p.car[i].car_class].pit_group)


@hot
def comes_in(p: Params, s: State, i: int, t: float) -> bool:
    """Whether car i, beginning a lap at t, stops at the end of it."""
    c = p.car[i].car_class
    mode = s.game[0].mode
    lap_s = s.lap_draw[c]
    fuel = s.car[i].fuel
    green = mode == MODE_GREEN
    reserve = s.car[i].reserve
    hold = p.car[i].hold_s > 0.0 and s.game[0].caution_since <= p.car[i].hold_s
    if p.plan.shape[1] > 0:
        planned = next_planned(p, s, i)
        if planned > 0:
            if s.car[i].lap + 1 >= planned and (fuel < LAST_LAPS_FUEL or pits_open(p, s, i)):
                return True
            reserve = 0.0
            hold = hold or p.plan[i, s.car[i].plan_at].hold == 1
    quiet = (
        green
        and p.race[0].window_close_s <= 0.0
        and p.race[0].technical_stop_s <= 0.0
        and s.game[0].wet == 0.0
        and s.game[0].rain == 0.0
    )
    crosses = s.car[i].when
    if quiet and s.car[i].held >= UNDERCUT_HELD and _undercuts(p, s, i, t, lap_s):
        return True
    enough = fuel - reserve >= LAST_LAPS_FUEL
    if quiet and enough and crosses + IN_LAP * lap_s < s.car[i].hand_over and s.car[i].wet_tyres == 0:
        return False
    to_go = s.game[0].due - t
    laps_to_go = math.ceil(to_go / lap_s) if to_go > 0.0 else 1.0
    if green:
        if not enough and fuel < laps_to_go and (fuel < LAST_LAPS_FUEL or laps_to_go > 1.0 + reserve):
            return True
    else:
        laps_to_go = max(1.0, math.ceil(to_go / (NEUTRAL_LAP * lap_s)))
        if fuel < LAST_LAPS_FUEL and fuel < laps_to_go:
            return True
    in_lap = (IN_LAP if green else IN_LAP_NEUTRAL) * lap_s
    # With the flag due on this lap a stop is no use; but a lap begun under FCY may get quicker behind the safety car,
    # and a leader in trouble may keep the flag waiting (if it falls after all, the line is crossed in the pit lane).
    last_lap = min(NEUTRAL_LAP * lap_s, FLAG_MARGIN * (crosses - t))
    if crosses + in_lap >= s.car[i].hand_over and (to_go <= 0.0 or to_go > last_lap):
        return True
    if weather_stop(p, s, i, lap_s):
        return pits_open(p, s, i)
    if p.race[0].window_close_s > 0.0 and s.car[i].window_done == 0:
        arrives = t + lap_s
        if arrives >= p.race[0].window_open_s:
            if not green or arrives + lap_s * WINDOW_SLACK >= p.race[0].window_close_s:
                return True
            spread = (
                (p.race[0].window_close_s - p.race[0].window_open_s - 2.0 * lap_s) * s.car[i].reserve / RESERVE_LAPS
            )
            return bool(arrives >= p.race[0].window_open_s + spread)
    if p.race[0].technical_stop_s > 0.0 and s.car[i].technical == 0:
        early = TECHNICAL_EARLY_S if p.race[0].technical_green == 1 else TECHNICAL_LAPS * lap_s
        if t + early >= p.race[0].technical_until_s and (green or p.race[0].technical_green == 0):
            return True
    if green or hold or not pits_open(p, s, i) or _waits_for_wave_by(p, s, i, t):
        return False
    if p.race[0].refuelling == 0:
        return False
    burnt = 1.0 - fuel / s.car[i].tank
    if fuel >= laps_to_go + SPARE_LAPS:
        return False
    if burnt >= p.car[i].caution_stop:
        return True
    # Enough for the finish from here, and not without stopping: take it.
    return bool(burnt >= LEAST_BURNT and s.car[i].tank >= laps_to_go + SPARE_LAPS)


@kernel
def _undercuts(p: Params, s: State, i: int, t: float, lap_s: float) -> bool:
    """Whether a car stuck behind an equal one stops now for a free track: the stop is near and it costs no other."""
    car = s.car[i]
    if p.race[0].refuelling == 0 or p.plan.shape[1] > 0:
        return False
    fuel = car.fuel
    if fuel - car.reserve >= LAST_LAPS_FUEL + UNDERCUT_LAPS:
        return False
    laps_to_go = math.ceil((s.game[0].due - t) / lap_s) + SPARE_LAPS
    if fuel >= laps_to_go:
        return False
    later = math.ceil((laps_to_go - fuel) / car.tank)
    return bool(1.0 + math.ceil((laps_to_go - 1.0 - car.tank) / car.tank) <= later)


@hot
def next_planned(p: Params, s: State, i: int) -> int:
    """Lap at whose end car i has its next planned stop; 0 if there is none."""
    at = s.car[i].plan_at
    return int(p.plan[i, at].lap) if at < p.plan.shape[1] else 0


@kernel
def _take_planned(p: Params, s: State, i: int) -> int:
    """The planned stop this one stands for (it may come early, under a neutralisation); -1 if it is extra."""
    car = s.car[i]
    planned = next_planned(p, s, i)
    if planned <= 0 or planned - car.lap > EARLY_SHARE * car.tank:
        return -1
    car.plan_at += 1
    return int(car.plan_at - 1)


@kernel
def _waits_for_wave_by(p: Params, s: State, i: int, t: float) -> bool:
    """Whether car i stays out to get its lap back: its class leader stops now and will stand behind it in the queue.

    It stops after the wave-by, when it has joined the back. A car about to cross the line is behind on the road.
    """
    game = s.game[0]
    race = p.race[0]
    if game.mode != MODE_SAFETY_CAR or game.waved == 1 or race.wave_by == WAVE_NONE:
        return False
    if game.due - t <= race.wave_until_s or short_yellow(p, s):
        return False
    lap = s.car[i].lap
    soon = 0.5 * race.lap_ratio * game.fast_lap
    for j in range(race.n):
        rival = s.car[j]
        if p.car[j].car_class != p.car[i].car_class or rival.status != RUNNING or j == i:
            continue
        if rival.lap > lap or (rival.lap == lap and rival.when - t < soon):
            return True
    return False


@kernel
def weather_stop(p: Params, s: State, i: int, lap_s: float) -> bool:
    """Whether the other kind of tyre would repay the stop."""
    car = s.car[i]
    wet = s.game[0].wet
    if wet == 0.0 and car.wet_tyres == 0:
        return False
    now = weather.lap_factor(p, wet, car.wet_tyres)
    other = weather.lap_factor(p, wet, 1 - car.wet_tyres)
    c = p.car[i].car_class
    klass = p.cls[c]
    return bool((now - other) * lap_s * WEATHER_HORIZON_LAPS > klass.lane + klass.tyres)


@kernel
def serve(p: Params, s: State, key: np.uint64, i: int, t: float) -> float:
    """Make the stop of car i that begins at t: fuel, tyres, driver, mishaps. Returns the time it costs."""
    game = s.game[0]
    race = p.race[0]
    car = s.car[i]
    entry = p.car[i]
    c = entry.car_class
    klass = p.cls[c]
    lap_s = s.lap_draw[c]
    stop = car.stops
    car.stops = stop + 1
    planned = _take_planned(p, s, i)
    # the tyres
    wet = game.wet
    kind = car.wet_tyres
    if wet > 0.0 or kind == 1:
        dry_lap = weather.lap_factor(p, wet, 0)
        wet_lap = weather.lap_factor(p, wet, 1)
        kind = 1 if wet_lap < dry_lap else 0
    emergency = not pits_open(p, s, i)
    new_tyres = kind != car.wet_tyres or (car.tyre_stints + 1 >= entry.tyres_every and not emergency)
    if planned >= 0 and kind == car.wet_tyres and p.plan[i, planned].tyres >= 0:
        new_tyres = p.plan[i, planned].tyres == 1
    # the fuel: to the end if that is within a tank
    to_go = game.due - t
    laps_to_go = max(0.0, math.ceil(to_go / lap_s)) if to_go > 0.0 else 0.0
    refuel_s = 0.0
    if race.refuelling == 1:
        goal = min(car.tank, laps_to_go + 1.0 + SPARE_LAPS)
        if planned >= 0 and p.plan[i, planned].fuel >= 0.0:
            goal = min(car.tank, p.plan[i, planned].fuel)
        if emergency:
            goal = min(goal, car.fuel + EMERGENCY_SHARE * car.tank)
        added = max(0.0, goal - car.fuel)
        car.fuel += added
        refuel_s = klass.refuel * added / car.tank
        if refuel_s > race.short_stop_s:
            refuel_s = max(refuel_s, race.min_refuel_s)
        next_stint_s = car.fuel * lap_s
    else:
        next_stint_s = to_go
    # the driver, of those who still have time when the repair is done
    back = t + car.repair
    d = drivers.choose(p, s, i, back, next_stint_s)
    if planned >= 0 and 0 <= p.plan[i, planned].driver < entry.n_drivers:
        wanted = p.plan[i, planned].driver
        if drivers.may_take(p, s, i, wanted, back, next_stint_s):
            d = wanted
    in_window = race.window_close_s > 0.0 and race.window_open_s <= t <= race.window_close_s
    if in_window and car.window_done == 0 and race.window_change == 1 and d == car.driver:
        d = (d + 1) % entry.n_drivers
    change_s = klass.driver_change if d != car.driver else 0.0
    tyres_s = klass.tyres if new_tyres else 0.0
    if race.tyres_with_fuel == 1:
        standing = max(max(refuel_s, tyres_s), change_s)
    else:
        standing = max(refuel_s, change_s) + tyres_s
    bits = rng.draw(key, rng.STOP, i, stop)
    cost = klass.lane + max(0.0, standing + car.stop_draw) - klass.stop_scatter * math.log(rng.high(bits))
    if rng.low(bits) < klass.stop_trouble:
        cost -= klass.stop_trouble_s * math.log(rng.high(rng.draw(key, rng.TROUBLE, i, 2 * stop)))
    if car.repair > 0.0:  # fuel, tyres and driver are done meanwhile
        cost = max(cost, klass.lane + car.repair)
        car.repair = 0.0
    if race.technical_stop_s > 0.0 and car.technical == 0:
        due = TECHNICAL_FROM + TECHNICAL_SPREAD * rng.high(rng.draw(key, rng.STOP, i, 1 << 20))
        counts = game.mode == MODE_GREEN or race.technical_green == 0
        if counts and t >= min(due * race.technical_until_s, race.technical_until_s - TECHNICAL_EARLY_S):
            car.technical = 1
            cost = max(cost, race.technical_stop_s)
    if in_window:
        car.window_done = 1
    if cost < race.min_pit_s - JOKER_GAIN_S and _joker(p, s, i, t):
        car.jokers += 1
    else:
        cost = max(cost, race.min_pit_s)
    if new_tyres:
        car.tyre_age = 0.0
        car.tyre_stints = 0
        car.wet_tyres = kind
    else:
        car.tyre_stints += 1
    drivers.hand_over(p, s, i, d, t, t + cost)
    begin_stint(p, s, key, i)
    return float(cost)


@kernel
def _joker(p: Params, s: State, i: int, t: float) -> bool:
    """Whether car i has a stop left that need not last the minimum, one to a period of race time."""
    race = p.race[0]
    car = s.car[i]
    if car.jokers >= race.joker_stops:
        return False
    if race.joker_every_s > 0.0:
        period = int((t - s.game[0].red_s) / race.joker_every_s)
        if period < car.joker_from:
            return False
        car.joker_from = period + 1
    return True


@kernel
def pointless(p: Params, s: State, i: int, t: float) -> bool:
    """Whether car i, back on the road at t, can no longer finish by the rules; it is parked then.

    Long repairs do that: a window, a technical or a mandatory stop missed, not enough time for the others to drive.
    """
    game = s.game[0]
    race = p.race[0]
    car = s.car[i]
    entry = p.car[i]
    late = t + WINDOW_LAP * s.lap_draw[entry.car_class]
    if race.window_close_s > 0.0 and car.window_done == 0 and late > race.window_close_s:
        return True
    if race.technical_stop_s > 0.0 and car.technical == 0 and late > race.technical_until_s:
        return True
    if race.mandatory_stops > car.stops and t + OWED_LAPS * s.lap_draw[entry.car_class] > game.due:
        return True
    if entry.n_drivers == 1:
        return False
    d = car.driver
    owed = max(0.0, entry.min_drive[d] - car.driven[d])
    for other in range(entry.n_drivers):
        if other != d:
            owed += drivers.unmet(p, s, i, other)
    return bool(owed > 0.0 and t + owed > game.due)


@kernel
def begin_stint(p: Params, s: State, key: np.uint64, i: int) -> None:
    """Form and fuel margin of the stint that begins: who drives, on what day, how he feels."""
    race = p.race[0]
    car = s.car[i]
    entry = p.car[i]
    c = entry.car_class
    klass = p.cls[c]
    bits = rng.draw(key, rng.STINT, i, car.stops)
    car.reserve = RESERVE_LAPS * rng.low(bits) if race.refuelling == 1 or race.window_close_s > 0.0 else 0.0
    car.reserve += entry.early_laps
    form = klass.stint_form * rng.look_up(p.normal, rng.high(bits))
    # A class's lap is that of the middle of a stint; fuel and tyres count from there.
    if race.refuelling == 1:
        mid_fuel = 0.5 * car.tank
        mid_tyre = mid_fuel * klass.set_stints
    else:  # one tank and two sets of tyres for the race
        laps = race.duration_s / s.lap_draw[c]
        mid_fuel = car.tank - 0.5 * laps
        mid_tyre = 0.25 * laps
    level = s.lap_draw[c] + car.pace_draw + car.driver_draw[car.driver] + form
    car.own_lap = level - klass.fuel_lap * mid_fuel - klass.tyre_lap * mid_tyre
