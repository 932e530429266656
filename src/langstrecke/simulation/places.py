"""Races of a season: the places of every single race, with the cars' paces and grid given race by race.

`simulate` adds races up; a championship needs each of them, and cars whose pace is drawn once for a whole season.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from langstrecke.simulation.kernel.entries import F64, I16, play_places
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.state import ROW_SIZE, make_state


@dataclass(frozen=True)
class Places:
    """Places of single races, counted from 1; cars in card order, k marks."""

    in_class: I16  # [races, n]
    overall: I16  # [races, n]
    unclassified: I16  # [races, n] 1: not classified by the rule book
    at_marks: I16  # [races, k, n] place in class at a moment of the race
    run_s: F64  # [races] race time to the flag, red flags left out


def places(
    params: Params,
    seed: int,
    first: int,
    pace: F64,
    driver_pace: F64,
    grid_s: F64,
    marks: tuple[float, ...] = (),
    rows: int = 0,
) -> Places:
    """`play_places` on memory of its own. `rows`: the most car-laps of a race, needed for marks."""
    n, races = int(params.race[0].n), pace.shape[0]
    own = params._replace(car=params.car.copy())
    own.car["pace_sd"] = 0.0
    own.car["driver_pace_sd"] = 0.0
    state = make_state(n, int(params.race[0].n_classes))
    trace = np.zeros((rows if marks else 0, ROW_SIZE))
    found = Places(
        in_class=np.zeros((races, n), np.int16),
        overall=np.zeros((races, n), np.int16),
        unclassified=np.zeros((races, n), np.int16),
        at_marks=np.zeros((races, len(marks), n), np.int16),
        run_s=np.zeros(races),
    )
    play_places(
        own,
        state,
        seed,
        first,
        pace,
        driver_pace,
        grid_s,
        np.array(marks, np.float64),
        trace,
        np.zeros((n, 2)),
        found.in_class,
        found.overall,
        found.unclassified,
        found.at_marks,
        found.run_s,
    )
    return found
