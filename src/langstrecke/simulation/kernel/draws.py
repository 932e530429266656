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
    game = s.game[0]
    race = p.race[0]
    s.game[0] = s.blank[0]
    normal = p.normal
    rates = rng.draw(key, rng.RACE, 0, 0)
    game.caution_rate = race.caution_rate * math.exp(
        race.caution_log_sd * rng.look_up(normal, rng.high(rates)) - 0.5 * race.caution_log_sd**2
    )
    retire_z = rng.look_up(normal, rng.low(rates))
    bits = rng.draw(key, rng.RACE, 1, 0)
    repair_z = rng.look_up(normal, rng.high(bits))
    circuit = 1.0 + race.lap_sd * rng.look_up(normal, rng.low(bits))
    game.end = race.duration_s
    game.fast_lap = NEVER
    for c in range(race.n_classes):
        klass = p.cls[c]
        own = klass.lap + klass.lap_sd * rng.look_up(normal, rng.high(rng.draw(key, rng.RACE, c, 1)))
        s.lap_draw[c] = own * circuit
        game.fast_lap = min(game.fast_lap, s.lap_draw[c])
    game.due = game.end
    if race.max_laps > 0:
        game.due = min(game.end, race.max_laps * game.fast_lap)
    draw_track(p, s, key)
    for i in range(race.n):
        entry = p.car[i]
        car = s.car[i]
        c = entry.car_class
        klass = p.cls[c]
        bits = rng.draw(key, rng.CAR, i, 0)
        car.pace_draw = entry.pace + entry.pace_sd * rng.look_up(normal, rng.high(bits))
        car.pace_draw += klass.day_form * rng.look_up(normal, rng.low(bits))
        bits = rng.draw(key, rng.CAR, i, 1)
        car.stop_draw = entry.stop_offset + entry.stop_offset_sd * rng.look_up(normal, rng.high(bits))
        car.tank = max(2.0, entry.stint_laps + klass.stint_sd * rng.look_up(normal, rng.low(bits)))
        for d in range(entry.n_drivers):
            bits = rng.draw(key, rng.DRIVER, i, d)
            pace = entry.driver_pace[d] + entry.driver_pace_sd[d] * rng.look_up(normal, rng.high(bits))
            car.driver_draw[d] = pace + klass.driver_form * rng.look_up(normal, rng.low(bits))
            car.driven[d] = 0.0
            car.rest_since[d] = -NEVER
        sd = klass.retire_log_sd
        car.retire_rate = klass.retire_rate * entry.reliability * math.exp(sd * retire_z - 0.5 * sd * sd)
        sd = klass.repair_log_sd
        car.repair_rate = klass.repair_rate * entry.reliability * math.exp(sd * repair_z - 0.5 * sd * sd)
        car.lap = 0
        car.fuel = car.tank
        car.tyre_age = 0.0
        car.tyre_stints = 0
        car.wet_tyres = 0
        car.driver = entry.first_driver
        car.turn_since = 0.0
        car.turn_stints = 0
        car.log_count = 0
        car.status = RUNNING
        car.stopping = 0
        car.off_line = 0
        car.held = 0
        car.waved = 0
        car.debt = 0.0
        car.stops = 0
        car.stop_s = 0.0
        car.repair = 0.0
        car.technical = 0
        car.plan_at = 0
        car.window_done = 0
        car.jokers = 0
        car.joker_from = 0
        car.zone = 1.0
    for element in range(race.n, race.n + 3):
        s.car[element].when = NEVER


@kernel
def draw_track(p: Params, s: State, key: np.uint64) -> None:
    """How the track's pace wanders: a stationary Ornstein-Uhlenbeck process, the same for every car, mean nought."""
    game = s.game[0]
    race = p.race[0]
    step = race.duration_s / (TRACK_KNOTS - 1)
    game.track_per_s = 1.0 / step
    sd = race.track_sd
    kept = math.exp(-step / race.track_s)
    fresh = sd * math.sqrt(1.0 - kept * kept)
    level = sd * rng.look_up(p.normal, rng.high(rng.draw(key, rng.RACE, 0, 2)))
    mean = 0.5 * level
    game.track[0] = level
    for k in range(1, TRACK_KNOTS):
        level = kept * level + fresh * rng.look_up(p.normal, rng.high(rng.draw(key, rng.RACE, k, 2)))
        game.track[k] = level
        mean += level if k < TRACK_KNOTS - 1 else 0.5 * level
    mean /= TRACK_KNOTS - 1
    for k in range(TRACK_KNOTS):
        game.track[k] -= mean


@hot
def track_at(s: State, t: float) -> float:
    """The track's pace at race time t, share of the lap; after the scheduled end as it was then."""
    game = s.game[0]
    at = min(max(t * game.track_per_s, 0.0), TRACK_KNOTS - 1.001)
    k = int(at)
    here = game.track[k]
    return float(here + (at - k) * (game.track[k + 1] - here))
