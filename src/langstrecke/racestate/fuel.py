"""What is in the tank: a visit to the pits brings as much fuel as its length allows, a drive-through none.

Timing tells how long a car was in the pit lane, not what was done there. Less the way through the lane, that is the
time it may have been refuelled for. Where a car's stops do not tell the way through the lane every visit is taken to
fill the tank.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from langstrecke.racecard.schema import ClassFigures, RaceCard
from langstrecke.racestate.burn import Stretch
from langstrecke.ratings.tank import YELLOW_LAPS
from langstrecke.timing.neutral import NEUTRAL_BURN

MIN_VISITS = 6
"""Timed stops of a class from which the way through the lane is told (default)."""
FULL_SHARE = 0.4
"""Share of the card's tank burnt from which a stop tells it (default): shorter ones wait for driver and tyres."""
QUICK = 0.2
"""Share of the stops that are quicker than the card's time for a tank (as `ratings.stops` has it)."""
QUICKER = 1.3
"""So much quicker than the card's time for a tank may a crew refuel (default: what is clearly too short counts)."""
GRACE_S = 2.0
"""... and so much earlier may it begin."""
MISSING = 0.08
"""What a visit may leave short of a full tank, as a share of it, without its being told (default)."""
PART_SD = 0.3
"""What a visit that did not fill the tank leaves unsure, as a share of what it left missing (default)."""
BRIEF_SHARE = 0.6
"""Without a card: a visit shorter than this share of the class's middle one may have brought no fuel, or some
(default: in 13 races of IMSA 2021-24 and WEC 2024-25, 95 of 100 drive-throughs are shorter, 98 stops longer)."""


@dataclass(frozen=True)
class FuelStint:
    """What a car drove on from a full tank: green laps and neutralised ones.

    `bound`: it ended without telling the tank (under a yellow, by a visit that did not fill, or it is under way).
    """

    green: float
    neutral: float
    bound: bool

    @property
    def burnt(self) -> float:
        """Green laps' worth of fuel."""
        return _burnt(self.green, self.neutral)


@dataclass(frozen=True)
class OnBoard:
    """The stints of a car that began with a full tank, and what is missing from the tank now, in green laps."""

    stints: tuple[FuelStint, ...]
    used: float
    used_sd: float


def lane_s(figures: ClassFigures, cars: Iterable[Sequence[Stretch]]) -> float | None:
    """Time in the pit lane of a class less the time for fuel, by the stops of a race so far; None from too few.

    The quicker fifth of the timed stops for much of a tank, each less the card's time for the fuel it took, which is
    that of the quicker fifth, too.
    """
    tank = figures.stint_laps
    found = [
        s.visit_s - figures.refuel_s * min(1.0, s.burnt / tank)
        for stretches in cars
        for s in stretches
        if s.over and s.visit_s and s.burnt > FULL_SHARE * tank
    ]
    if len(found) < MIN_VISITS:
        return None
    return max(0.0, float(np.quantile(found, QUICK)))


def fuel_of(card: RaceCard, cars: Mapping[str, Sequence[Stretch]]) -> dict[str, OnBoard]:
    """What is on board of every car of the card that has driven, by what each of them drove from visit to visit."""
    found: dict[str, OnBoard] = {}
    for name, figures in card.classes.items():
        mine = {number: cars[number] for number in card.cars_of(name) if number in cars}
        lane = lane_s(figures, mine.values())
        found |= {number: on_board(driven, figures, lane) for number, driven in mine.items()}
    return found


def on_board(stretches: Sequence[Stretch], figures: ClassFigures, lane: float | None) -> OnBoard:
    """What a car's visits to the pits have left in its tank, by the card's time for a tank and the way through."""
    tank = figures.stint_laps
    stints: list[FuelStint] = []
    green = neutral = 0.0  # since the last full tank; the share of laps a short visit brought is taken off green
    doubt = 0.0
    for s in stretches:
        green, neutral = green + s.green, neutral + s.neutral
        if not s.over:
            break
        used = _burnt(green, neutral)
        missing = used - _brings(s, figures, lane)
        if missing <= MISSING * tank:
            if not doubt:
                stints.append(FuelStint(green, neutral, bound=s.in_yellow))
            green = neutral = doubt = 0.0
        elif missing < used:
            if not doubt:
                stints.append(FuelStint(green, neutral, bound=True))
            green, neutral, doubt = missing, 0.0, PART_SD * missing
    under_way = bool(stretches) and not stretches[-1].over
    if under_way and not doubt:
        stints.append(FuelStint(green, neutral, bound=True))
    return OnBoard(tuple(stints), _burnt(green, neutral), math.hypot(doubt, YELLOW_LAPS * neutral))


def brief_s(cars: Iterable[Sequence[Stretch]]) -> float | None:
    """Without a card: visits of a class shorter than this do not tell what they brought; None from too few."""
    visits = [s.visit_s for stretches in cars for s in stretches if s.over and s.visit_s]
    return BRIEF_SHARE * float(np.median(visits)) if len(visits) >= MIN_VISITS else None


def burnt_since_full(stretches: Sequence[Stretch], brief: float | None) -> float | None:
    """Green laps' worth burnt since the last visit, without a card; None after one too brief to have filled."""
    before = [s for s in stretches if s.over]
    if before and brief is not None and before[-1].visit_s is not None and before[-1].visit_s < brief:
        return None
    return 0.0 if not stretches or stretches[-1].over else stretches[-1].burnt


def _burnt(green: float, neutral: float) -> float:
    return green + NEUTRAL_BURN * neutral


def _brings(visit: Stretch, figures: ClassFigures, lane: float | None) -> float:
    """Green laps' worth of fuel a visit may have brought."""
    if lane is None or visit.visit_s is None or figures.refuel_s <= 0.0:
        return math.inf
    standing = visit.visit_s - lane + GRACE_S
    return max(0.0, QUICKER * figures.stint_laps * standing / figures.refuel_s) if standing > GRACE_S else 0.0
