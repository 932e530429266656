"""What is drawn once per race: what nobody knows about the cars (the card's uncertainty) and the form of the day."""

from __future__ import annotations

import math

import numpy as np

from langstrecke.simulation.kernel import rng
from langstrecke.simulation.kernel.jit import hot, kernel
from langstrecke.simulation.kernel.params import TRACK_KNOTS, Params
from langstrecke.simulation.kernel.state import (
    RUNNING,
    State,
)

NEVER = 1.0e18


@kernel
def draw_race(p: Params, s: State, key: np.uint64) -> None:
    """Reset the scratch memory and draw this race's parameters."""
    s.game[0] = s.blank[0]
    normal = p.normal
    rates = rng.draw(key, rng.RACE, 0, 0)
    s.game[0].caution_rate = p.race[0].caution_rate * math.exp(
        p.race[0].caution_log_sd * rng.look_up(normal, rng.high(rates)) - 0.5 * p.race[0].caution_log_sd ** 2
    )
    retire_z = rng.look_up(normal, rng.low(rates))
    repair_z = rng.look_up(normal, rng.high(rng.draw(key, rng.RACE, 1, 0)))
    s.game[0].end = p.race[0].duration_s
    s.game[0].fast_lap = NEVER
    for c in range(p.race[0].n_classes):
        s.lap_draw[c] = p.cls[c].lap + p.cls[c].lap_sd * rng.look_up(normal, rng.high(rng.draw(key, rng.RACE, c, 1)))
        s.game[0].fast_lap = min(s.game[0].fast_lap, s.lap_draw[c])
    s.game[0].due = s.game[0].end
    if p.race[0].max_laps > 0:
        s.game[0].due = min(s.game[0].end, p.race[0].max_laps * s.game[0].fast_lap)
    draw_track(p, s, key)
    for i in range(p.race[0].n):
        c = p.car[i].car_class
        bits = rng.draw(key, rng.CAR, i, 0)
        s.car[i].pace_draw = p.car[i].pace + p.car[i].pace_sd * rng.look_up(normal, rng.high(bits))
        s.car[i].pace_draw += p.cls[c].day_form * rng.look_up(normal, rng.low(bits))
        bits = rng.draw(key, rng.CAR, i, 1)
        s.car[i].stop_draw = p.car[i].stop_offset + p.car[i].stop_offset_sd * rng.look_up(normal, rng.high(bits))
        s.car[i].tank = max(2.0, p.car[i].stint_laps + p.cls[c].stint_sd * rng.look_up(normal, rng.low(bits)))
        for d in range(p.car[i].n_drivers):
            bits = rng.draw(key, rng.DRIVER, i, d)
            pace = p.car[i].driver_pace[d] + p.car[i].driver_pace_sd[d] * rng.look_up(normal, rng.high(bits))
            s.car[i].driver_draw[d] = pace + p.cls[c].driver_form * rng.look_up(normal, rng.low(bits))
            s.car[i].driven[d] = 0.0
            s.car[i].rest_since[d] = -NEVER
        sd = p.cls[c].retire_log_sd
        s.car[i].retire_rate = p.cls[c].retire_rate * p.car[i].reliability * math.exp(sd * retire_z - 0.5 * sd * sd)
        sd = p.cls[c].repair_log_sd
        s.car[i].repair_rate = p.cls[c].repair_rate * p.car[i].reliability * math.exp(sd * repair_z - 0.5 * sd * sd)
        s.car[i].lap = 0
        s.car[i].fuel = s.car[i].tank
        s.car[i].tyre_age = 0.0
        s.car[i].tyre_stints = 0
        s.car[i].wet_tyres = 0
        s.car[i].driver = p.car[i].first_driver
        s.car[i].turn_since = 0.0
        s.car[i].turn_stints = 0
        s.car[i].log_count = 0
        s.car[i].status = RUNNING
        s.car[i].stopping = 0
        s.car[i].off_line = 0
        s.car[i].held = 0
        s.car[i].waved = 0
        s.car[i].debt = 0.0
        s.car[i].stops = 0
        s.car[i].stop_s = 0.0
        s.car[i].repair = 0.0
        s.car[i].technical = 0
        s.car[i].plan_at = 0
        s.car[i].window_done = 0
        s.car[i].jokers = 0
        s.car[i].joker_from = 0
        s.car[i].zone = 1.0
    for element in range(p.race[0].n, p.race[0].n + 3):
        s.car[element].when = NEVER


@kernel
def draw_track(p: Params, s: State, key: np.uint64) -> None:
    """How the track's pace wanders: a stationary Ornstein-Uhlenbeck process, the same for every car, mean nought."""
    step = p.race[0].duration_s / (TRACK_KNOTS - 1)
    s.game[0].track_per_s = 1.0 / step
    sd = p.race[0].track_sd
    kept = math.exp(-step / p.race[0].track_s)
    fresh = sd * math.sqrt(1.0 - kept * kept)
    level = sd * rng.look_up(p.normal, rng.high(rng.draw(key, rng.RACE, 0, 2)))
    mean = 0.5 * level
    s.game[0].track[0] = level
    for k in range(1, TRACK_KNOTS):
        level = kept * level + fresh * rng.look_up(p.normal, rng.high(rng.draw(key, rng.RACE, k, 2)))
        s.game[0].track[k] = level
        mean += level if k < TRACK_KNOTS - 1 else 0.5 * level
    mean /= TRACK_KNOTS - 1
    for k in range(TRACK_KNOTS):
        s.game[0].track[k] -= mean


@hot
def track_at(s: State, t: float) -> float:
    """The track's pace at race time t, share of the lap; after the scheduled end as it was then."""
    at = min(max(t * s.game[0].track_per_s, 0.0), TRACK_KNOTS - 1.001)
    k = int(at)
    here = s.game[0].track[k]
    return float(here + (at - k) * (s.game[0].track[k + 1] - here))
