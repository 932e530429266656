"""How far the cars go on a tank: what the card believes, and what this race has shown so far.

Who still has to stop is decided by the tank, so it is told by the censored estimate of `ratings.tank` with the card
as prior: stints that ended under a yellow, with a short visit or not at all say only that the tank held that much. In
a race too short for its stints to be as long as the tank every one of them is such a bound.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from langstrecke.racecard.schema import ClassFigures, Entry, RaceCard
from langstrecke.racestate.fuel import FuelStint
from langstrecke.racestate.model import LiveState
from langstrecke.ratings.stops import LEAST_ERROR, LONG_RACE_S
from langstrecke.ratings.tank import CAR_SHARE, Stints, tank_of

CARD_ERROR = 0.06
"""How far a card's tank is off, relative (documented default: the spread over the classes of IMSA 2021-24 and WEC
2024-25 in races over five hours is 0.03 to 0.07)."""
TOGETHER = 1.0 / 3.0
"""What a stint of a race under way counts for against an independent one: a field stops together, for reasons of its
own (documented default)."""
LEAST_LAPS = 4.0
"""Shorter stints say nothing: a drive-through, a puncture."""


def with_tanks(card: RaceCard, state: LiveState, factor: float = 1.0) -> RaceCard:
    """The card with each class's laps on a tank, and how far they are known, brought up to date by the stints.

    `factor` is on top of it (`LiveFits.tank`).
    """
    classes: dict[str, ClassFigures] = {}
    entries = {e.car: e for e in card.entries}
    for name, figures in card.classes.items():
        seen = [s for c in state.cars if c.car_class == name for s in c.stints]
        classes[name] = _tank(figures, seen, factor, whole=state.end > LONG_RACE_S)
        ratio = classes[name].stint_laps / figures.stint_laps
        for car in card.cars_of(name):
            entries[car] = _scaled(entries[car], ratio)
    return card.model_copy(update={"classes": classes, "entries": tuple(entries.values())})


def _scaled(entry: Entry, ratio: float) -> Entry:
    return entry if entry.stint_laps is None else entry.model_copy(update={"stint_laps": ratio * entry.stint_laps})


def _tank(figures: ClassFigures, seen: Sequence[FuelStint], factor: float, *, whole: bool) -> ClassFigures:
    known = [s for s in seen if s.green + s.neutral >= LEAST_LAPS]
    stints = Stints(
        green=np.array([s.green for s in known]),
        neutral=np.array([s.neutral for s in known]),
        censored=np.array([s.bound or not whole for s in known], dtype=bool),
    )
    laps, error = tank_of(stints, prior=(figures.stint_laps, CARD_ERROR), weight_each=TOGETHER)
    laps = max(factor * laps, 3.0)
    spread = math.hypot(math.hypot(error, LEAST_ERROR), CAR_SHARE)
    return figures.model_copy(update={"stint_laps": laps, "stint_laps_sd": spread * laps})
