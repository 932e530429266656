"""The kernel's scratch memory: what one race changes while it runs. Allocated once per worker, reset per race."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from langstrecke.simulation.kernel.jit import hot, kernel
from langstrecke.simulation.kernel.params import MAX_DRIVERS, MAX_STINT_LOG, TRACK_KNOTS, Params, records

RING = 1024
"""Slots of the ring of crossings; a power of two above twice the largest field."""
MAX_CARS = 500

MODE_GREEN = 0
MODE_SAFETY_CAR = 1
MODE_FCY = 2  # full-course yellow at a set speed, gaps stay

RUNNING = 0
FINISHED = 1
RETIRED = 2
STRANDED = 3  # still out when the finish was over: did not cross the line

# Columns of a trace row.
ROW_CAR, ROW_LAP, ROW_DRIVER, ROW_START, ROW_END = 0, 1, 2, 3, 4
ROW_IN_PIT, ROW_PIT_S, ROW_MODE, ROW_WET, ROW_TYRE_AGE = 5, 6, 7, 8, 9
ROW_RED_S = 10
ROW_SIZE = 11

CAR_STATE = np.dtype(
    [
        ("when", "f8"),  # next crossing of the line
        ("since", "f8"),  # last crossing
        ("since_1", "f8"),  # the one before
        ("since_2", "f8"),  # the one before that
        ("own_lap", "f8"),  # lap of this car, driver and stint on fresh tyres and an empty tank
        ("fuel", "f8"),  # laps of fuel on board
        ("reserve", "f8"),  # laps of fuel this stint is cut short by
        ("tyre_age", "f8"),
        ("debt", "f8"),  # to be added to the next lap: being lapped and passed
        ("hand_over", "f8"),  # race time by which the driver on board must be out
        ("retire_rate", "f8"),  # this race's rates, per second
        ("repair_rate", "f8"),
        ("zone", "f8"),  # how slow the lap under way is against green
        ("repair", "f8"),  # repair time waiting for the car in the pits
        ("stop_s", "f8"),  # pit time of the stop this lap began with
        ("lap", "i4"),  # laps completed
        ("status", "i4"),
        ("stopping", "i4"),  # 1: comes in at the end of this lap
        ("off_line", "i4"),  # 1: loses time off the racing line this lap (stop, repair, spin): passed freely
        ("held", "i4"),  # laps in a row spent behind an equal car
        ("wet_tyres", "i4"),
        ("tyre_stints", "i4"),  # stints done on this set
        ("driver", "i4"),
        ("stops", "i4"),
        ("waved", "i4"),  # 1: waved by, passes the queue on this lap
        ("turn_stints", "i4"),  # stints of the driver on board since he got in
        ("log_count", "i4"),
        ("plan_at", "i4"),  # next planned stop
        ("technical", "i4"),  # 1: technical stop done
        ("window_done", "i4"),  # 1: stopped inside the mandatory window
        ("jokers", "i4"),  # stops below the minimum time made so far ...
        ("joker_from", "i4"),  # ... and the period from which the next may be made
        ("tank", "f8"),  # this race's laps on a full tank
        ("turn_since", "f8"),  # when the driver on board got in
        ("pace_draw", "f8"),
        ("stop_draw", "f8"),
        ("driver_draw", "f8", (MAX_DRIVERS,)),
        ("driven", "f8", (MAX_DRIVERS,)),
        ("rest_since", "f8", (MAX_DRIVERS,)),  # when each driver last got out; very negative: not yet driven
        ("log_driver", "i4", (MAX_STINT_LOG,)),  # past turns, a ring by log_count
        ("log_start", "f8", (MAX_STINT_LOG,)),
        ("log_end", "f8", (MAX_STINT_LOG,)),
    ],
    align=True,
)

GAME = np.dtype(
    [
        ("now", "f8"),
        ("next_event", "f8"),  # earliest of the times below at which something changes
        ("end", "f8"),  # when the race is due to end (a red flag may move it)
        ("due", "f8"),  # when the race is expected to end: `end`, or earlier where the distance ends it
        ("flag_time", "f8"),  # when the chequered flag came out
        ("caution_rate", "f8"),  # this race's rate
        ("next_caution", "f8"),
        ("caution_since", "f8"),
        ("caution_until", "f8"),  # earliest end of the safety-car period under way
        ("next_fcy", "f8"),
        ("fcy_until", "f8"),
        ("next_zone", "f8"),
        ("zone_until", "f8"),
        ("zone", "f8"),  # factor of an active slow zone, else 1
        ("red_s", "f8"),  # seconds stood still under red flags so far
        ("neutral_s", "f8"),  # seconds neutralised so far
        ("rain_switch", "f8"),  # when the rain starts, stops or changes next
        ("rain", "f8"),  # intensity of the rain now
        ("wet", "f8"),  # wetness of the track ...
        ("wet_at", "f8"),  # ... as of then
        ("fast_lap", "f8"),  # this race's green lap of the fastest class
        ("track", "f8", (TRACK_KNOTS,)),  # the track's pace against its mean, share of the lap, at even moments
        ("track_per_s", "f8"),  # knots a second
        ("head", "i8"),  # ring: first element
        ("tail", "i8"),  # ring: one past the last
        ("car_laps", "i8"),
        ("rows", "i8"),  # trace rows written
        ("mode", "i4"),  # MODE_*
        ("lead_lap", "i4"),
        ("flag_out", "i4"),
        ("cautions", "i4"),  # safety-car periods so far, also the index of their draws
        ("fcys", "i4"),
        ("zones", "i4"),
        ("showers", "i4"),
        ("sc_laps", "i4"),  # laps the safety car has done in this period
        ("waved", "i4"),
        ("sc_follows", "i4"),  # 1: the full-course yellow under way is followed by a safety car
        ("reds", "i4"),
        ("scenario", "i4"),
    ],
    align=True,
)


class State(NamedTuple):
    """Scratch memory of one race of n cars; the three elements behind the cars are safety cars."""

    car: Any  # [n + 3] CAR_STATE records
    game: Any  # [1] GAME records
    blank: Any  # [1] GAME records, all zero, for the reset
    ring: NDArray[np.int32]  # [RING] elements by next crossing
    queue: NDArray[np.int32]  # [n + 3] scratch for sorting
    slots: NDArray[np.float64]  # [n + 3]
    lap_draw: NDArray[np.float64]  # [c] this race's lap by class
    order: NDArray[np.int32]  # [n] the classification, best first
    unclassified: NDArray[np.int32]  # [n]
    place: NDArray[np.int32]  # [c] scratch


def make_state(n: int, n_classes: int) -> State:
    """Fresh scratch memory for a field of n cars."""
    return State(
        car=records(n + 3, CAR_STATE),
        game=records(1, GAME),
        blank=records(1, GAME),
        ring=np.zeros(RING, np.int32),
        queue=np.zeros(n + 3, np.int32),
        slots=np.zeros(n + 3, np.float64),
        lap_draw=np.zeros(n_classes, np.float64),
        order=np.zeros(n, np.int32),
        unclassified=np.zeros(n, np.int32),
        place=np.zeros(n_classes, np.int32),
    )


@hot
def pop_first(s: State) -> int:
    """Take the element whose crossing is earliest."""
    game = s.game[0]
    head = game.head
    game.head = head + 1
    return int(s.ring[head & (RING - 1)])


@hot
def short_yellow(p: Params, s: State) -> bool:
    """Whether the yellow under way came so late that the short procedure holds."""
    game = s.game[0]
    return bool(game.due - game.caution_since < p.race[0].short_yellow_s)


@kernel
def sort_ring(s: State) -> None:
    """Insertion sort of the ring by crossing time: nearly sorted input is the rule."""
    game = s.game[0]
    head, tail = game.head, game.tail
    for at in range(head + 1, tail):
        i = s.ring[at & (RING - 1)]
        t = s.car[i].when
        slot = at
        while slot > head and s.car[s.ring[(slot - 1) & (RING - 1)]].when > t:
            s.ring[slot & (RING - 1)] = s.ring[(slot - 1) & (RING - 1)]
            slot -= 1
        s.ring[slot & (RING - 1)] = i


@kernel
def drop(s: State, element: int) -> None:
    """Take an element out of the ring, wherever it is."""
    game = s.game[0]
    head, tail = game.head, game.tail
    to = head
    for at in range(head, tail):
        i = s.ring[at & (RING - 1)]
        if i != element:
            s.ring[to & (RING - 1)] = i
            to += 1
    game.tail = to
