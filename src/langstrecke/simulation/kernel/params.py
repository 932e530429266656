"""The kernel's contract: what a race is made of (`Params`), as flat arrays of records.

Everything is read-only during a race. Times are seconds, rates are per second, fuel is measured in laps, paces are
seconds a lap against the class. `simulation.compile` fills it from a card and a rule book; what a figure means that
comes straight from the card stands in `racecard.schema`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
Records = Any
"""A NumPy record array; the fields stand in the dtypes below."""

MAX_DRIVERS = 8
TRACK_KNOTS = 33
"""Moments of the race, evenly spread, at which the track's pace is drawn; between them it is interpolated."""
MAX_STINT_LOG = 24
"""Stints remembered per car for the rule of so many hours in a window."""

# Safety-car regimes the kernel knows; the rule book's names are mapped onto them by `simulation.compile`.
BUNCH_NONE = 0  # gaps stay: full-course yellow at a set speed
BUNCH_ONE = 1  # one safety car
BUNCH_THREE = 3  # three safety cars around the lap

WAVE_NONE = 0
WAVE_AHEAD_OF_LEADER = 1  # cars in the queue ahead of their class leader go round
WAVE_LAPPED = 2  # every car a lap or more behind its class leader goes round


CAR = np.dtype(
    [
        ("car_class", "i4"),
        ("n_drivers", "i4"),
        ("first_driver", "i4"),  # who starts
        ("tyres_every", "i4"),  # stints on one set
        ("stints_per_turn", "i4"),  # stints a driver stays in before handing over
        ("all_start", "i4"),  # 1: every nominated driver must drive
        ("grid_s", "f8"),  # crosses the start line this long after the green
        ("pace", "f8"),
        ("pace_sd", "f8"),
        ("stop_offset", "f8"),
        ("stop_offset_sd", "f8"),
        ("stint_laps", "f8"),
        ("reliability", "f8"),
        ("penalty_s", "f8"),  # added after the flag
        ("caution_stop", "f8"),  # share of the tank burnt from which a neutralisation is used to stop
        ("hold_s", "f8"),  # no neutralisation that began by this race time is used to stop; 0: any may be
        ("early_laps", "f8"),  # comes in with this much fuel left beyond the usual: shorter stints
        ("fuel_save", "f8"),  # share of fuel saved on a lap, 0 to 0.15
        ("fuel_save_s", "f8"),  # what a lap with that saving loses
        ("max_continuous", "f8"),  # 0: no such rule
        ("min_rest", "f8"),
        ("window", "f8"),  # at most window_max at the wheel in any window; 0: no such rule
        ("window_max", "f8"),
        ("driver_pace", "f8", (MAX_DRIVERS,)),
        ("driver_pace_sd", "f8", (MAX_DRIVERS,)),
        ("mistakes", "f8", (MAX_DRIVERS,)),  # factor on the class's rate of incidents
        ("min_drive", "f8", (MAX_DRIVERS,)),
        ("max_drive", "f8", (MAX_DRIVERS,)),
    ],
    align=True,
)

CLASS = np.dtype(
    [
        ("lap", "f8"),
        ("lap_sd", "f8"),
        ("day_form", "f8"),
        ("driver_form", "f8"),
        ("stint_form", "f8"),
        ("fuel_lap", "f8"),
        ("tyre_lap", "f8"),
        ("cold_lap", "f8"),
        ("double_stint", "f8"),
        ("night", "f8"),
        ("first_lap", "f8"),
        ("stint_sd", "f8"),
        ("lane", "f8"),
        ("refuel", "f8"),
        ("tyres", "f8"),
        ("driver_change", "f8"),
        ("stop_scatter", "f8"),
        ("stop_trouble", "f8"),
        ("stop_trouble_s", "f8"),
        ("retire_rate", "f8"),
        ("retire_log_sd", "f8"),
        ("repair_rate", "f8"),
        ("repair_log_sd", "f8"),
        ("repair_s", "f8"),
        ("repair_length_log_sd", "f8"),
        ("incident_rate", "f8"),
        ("incident_s", "f8"),
        ("penalty_rate", "f8"),  # drive-throughs
        ("lapping", "f8"),
        ("lapped", "f8"),
        ("set_stints", "i4"),  # stints on one set of tyres as the class does; its lap is the middle of such a set
        ("pit_group", "i4"),  # order in which closed pits open: 0 first
        ("split_group", "i4"),  # order of the class split at a restart
    ],
    align=True,
)

RACE = np.dtype(
    [
        ("n", "i4"),
        ("n_classes", "i4"),
        ("max_laps", "i4"),  # the leader's distance that ends the race before its time; 0: no limit
        ("bunching", "i4"),
        ("pits_closed", "i4"),  # 1: the pits are closed when the yellow comes out
        ("pit_open_lap", "i4"),  # safety-car lap from which the first group may stop
        ("wave_by", "i4"),
        ("class_split", "i4"),
        ("pit_exit_held", "i4"),  # 1: the pit exit is closed while a queue passes (three safety cars: until one has)
        ("fcy_pits_closed", "i4"),  # 1: the pits are closed under a full-course yellow without a safety car
        ("fcy_then_sc", "i4"),  # 1: a full-course yellow keeps the gaps first, then the safety car comes out
        ("window_change", "i4"),  # 1: the stop in the window must bring a driver change
        ("joker_stops", "i4"),  # stops that need not last min_pit_s
        ("red_stops_clock", "i4"),
        ("red_laps_back", "i4"),  # a race that ends under red: the result is that of so many leader's laps before
        ("mandatory_stops", "i4"),  # stops everybody must make, whenever; 0: none
        ("tyres_with_fuel", "i4"),  # 1: together, 0: tyres after refuelling
        ("refuelling", "i4"),  # 0: none, the tank lasts
        ("share_of_class", "i4"),  # min_share is of 1: the class winner's, 0: the overall winner's laps
        ("must_cross_line", "i4"),
        ("technical_green", "i4"),  # 1: the technical stop counts under green only
        ("duration_s", "f8"),
        ("overtaking_s", "f8"),
        ("follow_s", "f8"),  # gap at which a car is held up
        ("lap_sd", "f8"),  # what is unsure of the lap for all classes alike, share of it
        ("track_sd", "f8"),  # spread of the track's pace over the race, share of the lap
        ("track_s", "f8"),  # its time constant
        ("night_from_s", "f8"),  # race time of dusk and dawn, repeating daily; equal: no night
        ("night_until_s", "f8"),
        ("caution_rate", "f8"),
        ("caution_log_sd", "f8"),
        ("caution_start_share", "f8"),
        ("forced_caution_s", "f8"),  # the first neutralisation falls at this race time, not at random; 0: it does not
        ("caution_s", "f8"),
        ("caution_length_log_sd", "f8"),
        ("lap_ratio", "f8"),
        ("catch_up_ratio", "f8"),
        ("wave_until_s", "f8"),  # no wave-by with less than this to go
        ("split_until_s", "f8"),  # no class split with less than this to go
        ("short_yellow_s", "f8"),  # a yellow with less than this to go: pits open to all, no wave-by, no class split
        ("slow_zone_rate", "f8"),
        ("slow_zone_s", "f8"),
        ("slow_zone_ratio", "f8"),
        ("fcy_rate", "f8"),
        ("fcy_s", "f8"),
        ("fcy_log_sd", "f8"),
        ("red_share", "f8"),
        ("red_s", "f8"),
        ("min_pit_s", "f8"),  # least time in the pit lane, entry to exit; 0: none
        ("min_refuel_s", "f8"),  # refuelling takes at least this long ...
        ("short_stop_s", "f8"),  # ... but for a splash of up to this long
        ("joker_every_s", "f8"),  # one joker in each period of this length; 0: whenever
        ("window_open_s", "f8"),  # mandatory stop between these race times; 0, 0: none
        ("window_close_s", "f8"),
        ("technical_stop_s", "f8"),  # one long stop everybody must make; 0: none
        ("technical_until_s", "f8"),
        ("max_stint_s", "f8"),  # longest a car may stay out at a stretch; 0: no such rule
        ("min_share", "f8"),  # classified from this share of the winner's distance
        ("wet_start", "f8"),
        ("rain_rate", "f8"),
        ("rain_s", "f8"),
        ("intensity", "f8"),
        ("wet_ratio", "f8"),
        ("slick_ratio", "f8"),
        ("drying_s", "f8"),
    ],
    align=True,
)


PLAN = np.dtype(
    [
        ("lap", "i4"),  # stop at the end of this lap; 0: no (more) planned stop
        ("tyres", "i4"),  # -1: as usual, 0: keep, 1: new
        ("driver", "i4"),  # -1: as usual, else the index of who gets in, if the rules let him drive what follows
        ("hold", "i4"),  # 1: no neutralisation is used to stop before this one
        ("fuel", "f8"),  # laps of fuel to leave with; negative: as usual
    ],
    align=True,
)
"""One planned stop. Between planned stops a car comes in only for what cannot wait: an empty tank, a driver out of
time, the weather, damage, or a neutralisation its `caution_stop` lets it use (which then stands for the next planned
stop). A planned stop waits while the pits are closed, as long as the fuel lasts."""


class Params(NamedTuple):
    """One race, compiled. Index letters: n cars, c classes, q knots of a quantile table."""

    race: Records  # [1] RACE
    cls: Records  # [c] CLASS
    car: Records  # [n] CAR
    noise: F64  # [c, q] quantiles of lap noise, mean zero
    normal: F64  # [q] quantiles of the standard normal
    plan: Records  # [n, stops] PLAN; no columns: every car follows the default strategy
    scenario: F64  # [k, 2] (race time, rain intensity) of a given weather scenario; empty: the stochastic process


def records(count: int, dtype: np.dtype[np.void]) -> Records:
    """Zeroed record array whose elements give their fields as attributes, in Numba and in plain Python."""
    return np.zeros(count, dtype).view(np.recarray)
