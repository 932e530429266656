"""How far the cars go on a tank: what the card believes, and what this race has shown so far.

Who still has to stop is decided by the tank, so it is told by the censored estimate of `ratings.tank` with the card
as prior: stints that ended under a yellow, with a short visit or not at all say only that the tank held that much. In
a race too short for its stints to be as long as the tank every one of them is such a bound.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from langstrecke.racecard.schema import ClassFigures, Entry, RaceCard
from langstrecke.racestate.fuel import FuelStint
from langstrecke.ratings.stops import LEAST_ERROR, LONG_RACE_S
from langstrecke.ratings.tank import CAR_SHARE, Stints, tank_of

CARD_ERROR = 0.06
"""How far a card's tank is off, relative (documented default: the spread over the classes of IMSA 2021-24 and WEC
2024-25 in races over five hours is 0.03 to 0.07)."""
TOGETHER = 1.0 / 3.0
"""What a stint of a race under way counts for against an independent one: a field stops together, for reasons of its
own (documented default)."""
TELLS = 0.6
"""A bound below this share of the card's tank is no news: the card would have to be off by six standard errors."""
LEAST_LAPS = 4.0
"""Shorter stints say nothing: a drive-through, a puncture."""


def with_tanks(card: RaceCard, stints: Mapping[str, Sequence[FuelStint]], factor: float = 1.0) -> RaceCard:
    """The card with each class's laps on a tank, and how far they are known, put right by the stints of the class.

    `factor` is on top of it (`LiveFits.tank`).
    """
    classes: dict[str, ClassFigures] = {}
    entries = {e.car: e for e in card.entries}
    whole = card.race.duration_s > LONG_RACE_S
    for name, figures in card.classes.items():
        telling = tuple(s for s in stints.get(name, ()) if _tells(s, figures.stint_laps))
        told, error = believed(figures.stint_laps, telling, whole=whole)
        laps = max(factor * told, 3.0)
        spread = math.hypot(math.hypot(error, LEAST_ERROR), CAR_SHARE)
        classes[name] = figures.model_copy(update={"stint_laps": laps, "stint_laps_sd": spread * laps})
        ratio = laps / figures.stint_laps
        for car in card.cars_of(name):
            entries[car] = _scaled(entries[car], ratio)
    return card.model_copy(update={"classes": classes, "entries": tuple(entries.values())})


def _scaled(entry: Entry, ratio: float) -> Entry:
    return entry if entry.stint_laps is None else entry.model_copy(update={"stint_laps": ratio * entry.stint_laps})


def _tells(stint: FuelStint, tank: float) -> bool:
    """Whether a stint says anything of the tank: most of those under way are bounds far below it."""
    return stint.green + stint.neutral >= LEAST_LAPS and not (stint.bound and stint.burnt < TELLS * tank)


@lru_cache(maxsize=64)
def believed(tank: float, seen: tuple[FuelStint, ...], *, whole: bool) -> tuple[float, float]:
    """Green laps on a tank, the card's being `tank`, with a relative standard error; remembered for the same stints.

    `whole`: the race is long enough for stints as long as the tank.
    """
    stints = Stints(
        green=np.array([s.green for s in seen]),
        neutral=np.array([s.neutral for s in seen]),
        censored=np.array([s.bound or not whole for s in seen], dtype=bool),
    )
    return tank_of(stints, prior=(tank, CARD_ERROR), weight_each=TOGETHER)
