"""A race under way: what is known of every car at a moment, in the kernel's terms.

`forecast.live` fills it from timing rows; `simulate_from` plays the rest of the race from it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from langstrecke.simulation.kernel.params import MAX_DRIVERS, records

RUNS, STOPPED, OUT = 0, 1, 2
"""Values of `status`: on the road or in a normal stop; overdue (garage, stranded) and may come back; retired."""

CAR_NOW = np.dtype(
    [
        ("lap", "i4"),  # laps completed
        ("status", "i4"),
        ("driver", "i4"),  # index of who is on board
        ("stops", "i4"),
        ("in_pit", "i4"),  # 1: the last crossing was in the pit lane, the stop is under way
        ("tyre_stints", "i4"),
        ("turn_stints", "i4"),
        ("wet_tyres", "i4"),
        ("technical", "i4"),
        ("window_done", "i4"),
        ("since", "f8"),  # last crossing, race time
        ("fuel_used", "f8"),  # green laps' worth of fuel burnt since the last fill
        ("saves", "f8"),  # probability that it goes to the end on what it has: it saves, or has more than was seen
        ("saves_to", "f8"),  # ... with so many green laps' worth on board
        ("paid_s", "f8"),  # with in_pit: what the stop has cost before the line, of the whole that is drawn
        ("tyre_age", "f8"),  # laps on this set
        ("turn_since", "f8"),  # when the driver on board got in
        ("expected_back_s", "f8"),  # STOPPED: mean of the further wait
        ("out_chance", "f8"),  # STOPPED: probability that it does not come back
        ("driven", "f8", (MAX_DRIVERS,)),
        ("rest_since", "f8", (MAX_DRIVERS,)),
    ],
    align=True,
)

MOMENT = np.dtype(
    [
        ("t", "f8"),  # race time of the snapshot
        ("end", "f8"),  # when the race is due to end
        ("caution_since", "f8"),  # start of the neutralisation under way
        ("wet", "f8"),
        ("neutral", "i4"),  # 1: a safety car (or IMSA full-course yellow) is out
        ("fcy", "i4"),  # 1: a full-course yellow without safety car is on
    ],
    align=True,
)


class Snapshot(NamedTuple):
    """n cars in card order, and the race."""

    car: Any  # [n] CAR_NOW
    moment: Any  # [1] MOMENT


def blank_snapshot(n: int, t: float, end: float) -> Snapshot:
    """A snapshot of n cars at race time t of a race due to end at `end`, to be filled."""
    snapshot = Snapshot(records(n, CAR_NOW), records(1, MOMENT))
    snapshot.moment["t"], snapshot.moment["end"] = t, end
    snapshot.car["rest_since"] = -1.0e18
    return snapshot
