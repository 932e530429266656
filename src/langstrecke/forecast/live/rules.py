"""Rules of the day: where the field shows that race control has eased a minimum drive time.

IMSA shortens the minimum when neutralisations or red flags eat up a race, and tells the teams, not the timing. When
most crews of a class have sent a driver home short of it, the minimum of the rule book no longer holds.
"""

from __future__ import annotations

import numpy as np

from langstrecke.racecard.schema import RaceCard
from langstrecke.racestate.model import LiveCar, LiveState
from langstrecke.simulation.kernel.params import Params

CLEARLY_SHORT = 0.97
"""A driver below this share of the minimum was sent home short of it: timing and rule count pit lane time
differently (default)."""
LEAST_CREWS = 3
"""From this many crews on they speak for their class (default)."""


def with_eased_minimum(params: Params, card: RaceCard, state: LiveState) -> Params:
    """The compiled card with each class's minimum drive time lowered to what most of its crews of two went by."""
    car = params.car.copy()
    for name in card.classes:
        mine = [
            (i, short)
            for i, (now, entry) in enumerate(zip(state.cars, card.entries, strict=True))
            if entry.car_class == name
            and len(entry.drivers) == 2
            and (short := _sent_home(now)) is not None
            and now.overdue_s == 0.0
        ]
        below = [s for i, s in mine if s < CLEARLY_SHORT * float(car["min_drive"][i].max())]
        if len(below) >= LEAST_CREWS and 2 * len(below) > len(mine):
            held = min(below)
            for i, entry in enumerate(card.entries):
                if entry.car_class == name:
                    car["min_drive"][i] = np.minimum(car["min_drive"][i], held)
    return params._replace(car=car)


def _sent_home(car: LiveCar) -> float | None:
    """Seconds at the wheel of the driver who has got out for good as far as one can see; None before a change."""
    driven = dict(car.driven_s)
    out = [driven[name] for name, _ in car.last_out_s if name in driven]
    return min(out) if out else None
