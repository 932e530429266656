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
def run_from(p: Params, s: State, x: Snapshot, seed: int, race: int, trace: NDArray[np.float64]) -> None:
    """Play the rest of the race from a snapshot: every car takes up the lap it was on."""
    key = rng.race_key(seed, race)
    draw_race(p, s, key)
    now = x.moment[0].t
    s.game[0].end = x.moment[0].end
    s.game[0].due = s.game[0].end
    s.game[0].now = now
    weather.start_weather(p, s, key)
    s.game[0].wet = x.moment[0].wet
    s.game[0].wet_at = now
    if s.game[0].rain_switch < now:
        s.game[0].rain_switch = now + s.game[0].rain_switch if p.scenario.shape[0] == 0 else now
    caution.start_events(p, s, key, max(now, 1.0e-6))
    for i in range(p.race[0].n):
        s.queue[i] = i
        _take_over(p, s, key, x, i)
        if s.car[i].lap > s.game[0].lead_lap:
            s.game[0].lead_lap = s.car[i].lap
    if p.race[0].max_laps > 0:
        s.game[0].due = min(s.game[0].end, now + (p.race[0].max_laps - s.game[0].lead_lap) * s.game[0].fast_lap)
    order_by_crossing(p, s)
    if x.moment[0].neutral == 1:
        s.game[0].mode = MODE_SAFETY_CAR
    elif x.moment[0].fcy == 1:
        s.game[0].mode = MODE_FCY
        s.game[0].fcys += 1
        s.game[0].caution_since = now
        s.game[0].fcy_until = now - 0.5 * p.race[0].fcy_s * math.log(rng.high(rng.draw(key, rng.CAUTION, 13, 0)))
    for at in range(p.race[0].n):
        i = s.queue[at]
        if s.car[i].status == RETIRED:
            continue
        t = s.car[i].since
        stop_s = stops.serve(p, s, key, i, t) if x.car[i].in_pit > 0 else 0.0
        if x.car[i].paid_s > 0.0:
            stop_s = max(stop_s - x.car[i].paid_s, EXIT_SHARE * p.cls[p.car[i].car_class].lane)
        start_lap(p, s, key, i, t, stop_s, trace)
        if x.car[i].status == STOPPED:
            _strand(p, s, key, x, i)
    _nobody_before(s, now, key)
    if x.moment[0].neutral == 1:
        caution.join_safety_car(p, s, key, now, x.moment[0].caution_since)
    caution.set_next_event(s)
    play_on(p, s, key, trace)


@kernel
def _take_over(p: Params, s: State, key: np.uint64, x: Snapshot, i: int) -> None:
    """Bring car i into the state the snapshot shows."""
    s.car[i].lap = x.car[i].lap
    s.car[i].since = x.car[i].since
    s.car[i].since_1 = x.car[i].since
    s.car[i].since_2 = x.car[i].since
    s.car[i].driver = x.car[i].driver
    s.car[i].stops = x.car[i].stops
    s.car[i].tyre_stints = x.car[i].tyre_stints
    s.car[i].turn_stints = x.car[i].turn_stints
    s.car[i].wet_tyres = x.car[i].wet_tyres
    s.car[i].technical = x.car[i].technical
    s.car[i].window_done = x.car[i].window_done
    s.car[i].tyre_age = x.car[i].tyre_age
    s.car[i].turn_since = x.car[i].turn_since
    s.car[i].fuel = max(0.5, s.car[i].tank - x.car[i].fuel_used)
    for d in range(p.car[i].n_drivers):
        s.car[i].driven[d] = x.car[i].driven[d]
        s.car[i].rest_since[d] = x.car[i].rest_since[d]
    if x.car[i].status == OUT:
        s.car[i].status = RETIRED
        return
    stops.begin_stint(p, s, key, i)
    drivers.set_hand_over(p, s, i, x.moment[0].t)


@kernel
def _strand(p: Params, s: State, key: np.uint64, x: Snapshot, i: int) -> None:
    """A car that is overdue: it comes back after a wait, or not at all."""
    bits = rng.draw(key, rng.TROUBLE, i, 1 << 21)
    s.car[i].off_line = 1
    if rng.low(bits) < x.car[i].out_chance:
        s.car[i].when = NEVER
        s.car[i].status = RETIRED
    else:
        s.car[i].when = x.moment[0].t - x.car[i].expected_back_s * math.log(rng.high(bits))


@kernel
def _nobody_before(s: State, now: float, key: np.uint64) -> None:
    """Nobody has crossed since the snapshot: whoever was drawn to have done so crosses shortly."""
    head, tail = s.game[0].head, s.game[0].tail
    to = head
    for at in range(head, tail):
        i = s.ring[at & (RING - 1)]
        if s.car[i].status == RETIRED:
            continue
        if s.car[i].when <= now:
            s.car[i].when = now - OVERDUE_S * math.log(rng.high(rng.draw(key, rng.LAP, i, 1 << 30)))
        s.ring[to & (RING - 1)] = i
        to += 1
    s.game[0].tail = to
    sort_ring(s)
