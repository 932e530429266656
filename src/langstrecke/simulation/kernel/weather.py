"""Rain and a drying track.

Showers come as a Poisson process with exponential lengths; the track's wetness follows the rain and dries with a time
constant. Lap time on the wrong tyre grows with the square of wetness, on the right one linearly, which puts the
crossover between slicks and wets at a damp track (default shape; the card holds the two levels at wetness 0.5).
"""

from __future__ import annotations

import math

import numpy as np

from langstrecke.simulation.kernel import rng
from langstrecke.simulation.kernel.draws import NEVER
from langstrecke.simulation.kernel.jit import hot, kernel
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.state import (
    State,
)

SOAKING_S = 240.0
"""Time constant with which rain wets the track (default)."""
WET_ON_DRY = 0.04
"""Loss of wet tyres on a dry track, share of the lap (default; gone at wetness 0.25)."""
LEAST_RAIN, RAIN_FROM, RAIN_SPREAD = 0.05, 0.4, 1.2
"""A shower's intensity over the card's mean, drawn evenly from 0.4 to 1.6; at least 0.05, at most 1 (default)."""
DRY = 0.02
"""Wetness below which the track counts as dry."""


@kernel
def start_weather(p: Params, s: State, key: np.uint64) -> None:
    """Weather at the start."""
    game = s.game[0]
    race = p.race[0]
    game.wet = 0.0
    game.wet_at = 0.0
    if p.scenario.shape[0] > 0:
        game.rain_switch = p.scenario[0, 0]
        return
    bits = rng.draw(key, rng.WEATHER, 0, 0)
    if rng.high(bits) < race.wet_start:
        game.rain = _intensity(p, rng.low(bits))
        game.wet = game.rain
        game.rain_switch = -race.rain_s * math.log(rng.high(rng.draw(key, rng.WEATHER, 1, 0)))
    else:
        game.rain_switch = _next_shower(p, key, 0, 0.0)


@kernel
def _intensity(p: Params, u: float) -> float:
    """Intensity of a shower, around the card's mean, never 0."""
    return float(min(1.0, max(LEAST_RAIN, p.race[0].intensity * (RAIN_FROM + RAIN_SPREAD * u))))


@kernel
def _next_shower(p: Params, key: np.uint64, shower: int, t: float) -> float:
    race = p.race[0]
    if race.rain_rate <= 0.0:
        return NEVER
    return float(t - math.log(rng.high(rng.draw(key, rng.WEATHER, 2, shower))) / race.rain_rate)


@kernel
def switch_rain(p: Params, s: State, key: np.uint64, t: float) -> None:
    """The rain starts, stops or changes."""
    game = s.game[0]
    dry_to(p, s, t)
    if p.scenario.shape[0] > 0:
        at = game.scenario
        game.rain = p.scenario[at, 1]
        if at == 0 and t <= 0.0:
            game.wet = game.rain
        game.scenario = at + 1
        game.rain_switch = p.scenario[at + 1, 0] if at + 1 < p.scenario.shape[0] else NEVER
        return
    shower = game.showers + 1
    game.showers = shower
    if game.rain > 0.0:
        game.rain = 0.0
        game.rain_switch = _next_shower(p, key, shower, t)
    else:
        bits = rng.draw(key, rng.WEATHER, 3, shower)
        game.rain = _intensity(p, rng.low(bits))
        game.rain_switch = t - p.race[0].rain_s * math.log(rng.high(bits))


@kernel
def dry_to(p: Params, s: State, t: float) -> None:
    """Bring the wetness of the track up to date."""
    game = s.game[0]
    passed = t - game.wet_at
    if passed <= 0.0:
        return
    game.wet_at = t
    rain, wet = game.rain, game.wet
    if rain > wet:
        game.wet = rain + (wet - rain) * math.exp(-passed / SOAKING_S)
    elif wet > 0.0:
        game.wet = rain + (wet - rain) * math.exp(-passed / p.race[0].drying_s)
        if game.wet < 0.5 * DRY:
            game.wet = 0.0


@hot
def lap_factor(p: Params, wetness: float, on_wets: int) -> float:
    """Lap time over a dry lap on slicks."""
    race = p.race[0]
    if on_wets == 0:
        if wetness < DRY:
            return 1.0
        return float(1.0 + (race.slick_ratio - 1.0) * (2.0 * wetness) ** 2)
    return float(1.0 + (race.wet_ratio - 1.0) * 2.0 * wetness + WET_ON_DRY * max(0.0, 1.0 - 4.0 * wetness))
