"""How far the cars go on a tank: what cars of the kind usually do, and what this race has shown so far.

The card's `stint_laps` is the stint teams usually run, which in a sprint is shorter than what the tank holds: the
drive-time rules and the strategy end it. Who still has to stop is decided by the tank.
"""

from __future__ import annotations

import numpy as np

from langstrecke.forecast.live.fits import LiveFits, tank_kind
from langstrecke.racecard.schema import ClassFigures, RaceCard
from langstrecke.racestate.model import LiveState

SEEN_TANKS = 3.0
"""After this many tanks' time of racing the stints seen are the tank (default)."""
TANK_SD = 0.03
"""Spread of the tank from car to car (default)."""


def with_tanks(card: RaceCard, state: LiveState, fits: LiveFits) -> RaceCard:
    """The card with each class's laps on a tank brought up to date by the stints so far."""
    classes = {name: _tank(name, figures, state, fits) for name, figures in card.classes.items()}
    return card.model_copy(update={"classes": classes})


def _tank(name: str, figures: ClassFigures, state: LiveState, fits: LiveFits) -> ClassFigures:
    usual_s = 60.0 * fits.tank_min[tank_kind(name)]
    longest = [c.longest_stint for c in state.cars if c.car_class == name and c.laps > 0]
    usual = usual_s / figures.lap_s
    seen = float(np.quantile(longest, 0.8)) if longest else 0.0
    weight = float(np.clip((state.t / usual_s - 1.0) / (SEEN_TANKS - 1.0), 0.0, 1.0))
    laps = fits.tank * (seen if seen > usual else weight * seen + (1.0 - weight) * usual)
    return figures.model_copy(update={"stint_laps": max(laps, 3.0), "stint_laps_sd": TANK_SD * max(laps, 3.0)})
