"""Starting the kernel in the middle of a race."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from langstrecke.simulation.kernel import drivers, rng, stops, weather
from langstrecke.simulation.kernel import neutralisation as caution
from langstrecke.simulation.kernel.draws import NEVER, draw_race
from langstrecke.simulation.kernel.jit import kernel
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.race import classify, order_by_crossing, play_on, run_race, start_lap
from langstrecke.simulation.kernel.snapshot import OUT, STOPPED, Snapshot
from langstrecke.simulation.kernel.state import MODE_FCY, MODE_SAFETY_CAR, RETIRED, RING, State, sort_ring

OVERDUE_S = 4.0
"""A car that should have crossed by now crosses within about this long (default)."""

EXIT_SHARE = 0.15
"""Least share of the lane's loss that falls behind the line, wherever the box lies: out-laps of IMSA 2021-23 at
Laguna Seca and VIR, where it lies before the line, lose 6 to 8 s; the cold tyres' part of it is the lap's own."""


@kernel
def play_race(p: Params, s: State, x: Snapshot, seed: int, race: int, trace: NDArray[np.float64]) -> None:
    """Play one race and rank it: from a snapshot, or from the start where the snapshot holds no cars."""
    if x.car.shape[0] > 0:
        run_from(p, s, x, seed, race, trace)
    else:
        run_race(p, s, seed, race, trace)
    classify(p, s)


@kernel
def run_from(p: Params, s: State, x: Snapshot, seed: int, number: int, trace: NDArray[np.float64]) -> None:
    """Play the rest of the race from a snapshot: every car takes up the lap it was on."""
    game = s.game[0]
    race = p.race[0]
    moment = x.moment[0]
    key = rng.race_key(seed, number)
    draw_race(p, s, key)
    now = moment.t
    game.end = moment.end
    game.due = game.end
    game.now = now
    weather.start_weather(p, s, key)
    game.wet = moment.wet
    game.wet_at = now
    if game.rain_switch < now:
        game.rain_switch = now + game.rain_switch if p.scenario.shape[0] == 0 else now
    caution.start_events(p, s, key, max(now, 1.0e-6))
    for i in range(race.n):
        car = s.car[i]
        s.queue[i] = i
        _take_over(p, s, key, x, i)
        if car.lap > game.lead_lap:
            game.lead_lap = car.lap
    if race.max_laps > 0:
        game.due = min(game.end, now + (race.max_laps - game.lead_lap) * game.fast_lap)
    order_by_crossing(p, s)
    if moment.neutral == 1:
        game.mode = MODE_SAFETY_CAR
        game.caution_since = moment.caution_since
        game.sc_laps = int((now - moment.caution_since) / (race.lap_ratio * game.fast_lap))
    elif moment.fcy == 1:
        game.mode = MODE_FCY
        game.fcys += 1
        game.caution_since = now
        game.fcy_until = now - 0.5 * race.fcy_s * math.log(rng.high(rng.draw(key, rng.CAUTION, 13, 0)))
    for at in range(race.n):
        i = s.queue[at]
        seen = x.car[i]
        car = s.car[i]
        if car.status == RETIRED:
            continue
        t = car.since
        stop_s = stops.serve(p, s, key, i, t) if seen.in_pit > 0 else 0.0
        if seen.paid_s > 0.0:
            stop_s = max(stop_s - seen.paid_s, EXIT_SHARE * p.cls[p.car[i].car_class].lane)
        start_lap(p, s, key, i, t, stop_s, trace)
        if seen.status == STOPPED:
            _strand(p, s, key, x, i)
    _nobody_before(s, now, key)
    if moment.neutral == 1:
        caution.join_safety_car(p, s, key, now)
    caution.set_next_event(s)
    play_on(p, s, key, trace)


@kernel
def _take_over(p: Params, s: State, key: np.uint64, x: Snapshot, i: int) -> None:
    """Bring car i into the state the snapshot shows."""
    car = s.car[i]
    seen = x.car[i]
    car.lap = seen.lap
    car.since = seen.since
    car.since_1 = seen.since
    car.since_2 = seen.since
    car.driver = seen.driver
    car.stops = seen.stops
    car.tyre_stints = seen.tyre_stints
    car.turn_stints = seen.turn_stints
    car.wet_tyres = seen.wet_tyres
    car.technical = seen.technical
    car.window_done = seen.window_done
    car.tyre_age = seen.tyre_age
    car.turn_since = seen.turn_since
    car.fuel = max(0.5, car.tank - seen.fuel_used)
    if seen.saves > 0.0 and rng.low(rng.draw(key, rng.CAR, i, 1 << 30)) < seen.saves:
        car.fuel = max(car.fuel, seen.saves_to)
    for d in range(p.car[i].n_drivers):
        car.driven[d] = seen.driven[d]
        car.rest_since[d] = seen.rest_since[d]
    if seen.status == OUT:
        car.status = RETIRED
        return
    stops.begin_stint(p, s, key, i)
    drivers.set_hand_over(p, s, i, x.moment[0].t)


@kernel
def _strand(p: Params, s: State, key: np.uint64, x: Snapshot, i: int) -> None:
    """A car that is overdue: it comes back after a wait, or not at all."""
    car = s.car[i]
    seen = x.car[i]
    bits = rng.draw(key, rng.TROUBLE, i, 1 << 21)
    car.off_line = 1
    if rng.low(bits) < seen.out_chance:
        car.when = NEVER
        car.status = RETIRED
    else:
        car.when = x.moment[0].t - seen.expected_back_s * math.log(rng.high(bits))


@kernel
def _nobody_before(s: State, now: float, key: np.uint64) -> None:
    """Nobody has crossed since the snapshot: whoever was drawn to have done so crosses shortly."""
    game = s.game[0]
    head, tail = game.head, game.tail
    to = head
    for at in range(head, tail):
        i = s.ring[at & (RING - 1)]
        car = s.car[i]
        if car.status == RETIRED:
            continue
        if car.when <= now:
            car.when = now - OVERDUE_S * math.log(rng.high(rng.draw(key, rng.LAP, i, 1 << 30)))
        s.ring[to & (RING - 1)] = i
        to += 1
    game.tail = to
    sort_ring(s)
