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
DRY = 0.02
"""Wetness below which the track counts as dry."""


@kernel
def start_weather(p: Params, s: State, key: np.uint64) -> None:
    """Weather at the start."""
    s.game[0].wet = 0.0
    s.game[0].wet_at = 0.0
    if p.scenario.shape[0] > 0:
        s.game[0].rain_switch = p.scenario[0, 0]
        return
    bits = rng.draw(key, rng.WEATHER, 0, 0)
    if rng.high(bits) < p.race[0].wet_start:
        s.game[0].rain = _intensity(p, rng.low(bits))
        s.game[0].wet = s.game[0].rain
        s.game[0].rain_switch = -p.race[0].rain_s * math.log(rng.high(rng.draw(key, rng.WEATHER, 1, 0)))
    else:
        s.game[0].rain_switch = _next_shower(p, key, 0, 0.0)


@kernel
def _intensity(p: Params, u: float) -> float:
    """Intensity of a shower: triangular around the card's mean, never 0."""
    return float(min(1.0, max(0.05, p.race[0].intensity * (0.4 + 1.2 * u))))


@kernel
def _next_shower(p: Params, key: np.uint64, shower: int, t: float) -> float:
    if p.race[0].rain_rate <= 0.0:
        return NEVER
    return float(t - math.log(rng.high(rng.draw(key, rng.WEATHER, 2, shower))) / p.race[0].rain_rate)


@kernel
def switch_rain(p: Params, s: State, key: np.uint64, t: float) -> None:
    """The rain starts, stops or changes."""
    dry_to(p, s, t)
    if p.scenario.shape[0] > 0:
        at = s.game[0].scenario
        s.game[0].rain = p.scenario[at, 1]
        if at == 0 and t <= 0.0:
            s.game[0].wet = s.game[0].rain
        s.game[0].scenario = at + 1
        s.game[0].rain_switch = p.scenario[at + 1, 0] if at + 1 < p.scenario.shape[0] else NEVER
        return
    shower = s.game[0].showers + 1
    s.game[0].showers = shower
    if s.game[0].rain > 0.0:
        s.game[0].rain = 0.0
        s.game[0].rain_switch = _next_shower(p, key, shower, t)
    else:
        bits = rng.draw(key, rng.WEATHER, 3, shower)
        s.game[0].rain = _intensity(p, rng.low(bits))
        s.game[0].rain_switch = t - p.race[0].rain_s * math.log(rng.high(bits))


@kernel
def dry_to(p: Params, s: State, t: float) -> None:
    """Bring the wetness of the track up to date."""
    passed = t - s.game[0].wet_at
    if passed <= 0.0:
        return
    s.game[0].wet_at = t
    rain, wet = s.game[0].rain, s.game[0].wet
    if rain > wet:
        s.game[0].wet = rain + (wet - rain) * math.exp(-passed / SOAKING_S)
    elif wet > 0.0:
        s.game[0].wet = rain + (wet - rain) * math.exp(-passed / p.race[0].drying_s)
        if s.game[0].wet < 0.5 * DRY:
            s.game[0].wet = 0.0


@hot
def lap_factor(p: Params, wetness: float, on_wets: int) -> float:
    """Lap time over a dry lap on slicks."""
    if on_wets == 0:
        if wetness < DRY:
            return 1.0
        return float(1.0 + (p.race[0].slick_ratio - 1.0) * (2.0 * wetness) ** 2)
    return float(1.0 + (p.race[0].wet_ratio - 1.0) * 2.0 * wetness + WET_ON_DRY * max(0.0, 1.0 - 4.0 * wetness))
