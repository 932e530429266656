"""Races of a season: the places of every single race, with the cars' paces and grid given race by race.

`simulate` adds races up; a championship needs each of them, and cars whose pace is drawn once for a whole season.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from langstrecke.simulation.kernel.entries import (
    DRAWN,
    DRAWN_GRID_S,
    DRAWN_PACE,
    F64,
    IN_CLASS,
    OVERALL,
    RUN_S,
    STOOD_LAP,
    STOOD_SINCE,
    UNCLASSIFIED,
    Rows,
)
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.state import ROW_SIZE
from langstrecke.simulation.rows import play_rows

I16 = NDArray[np.int16]


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
    """Play races first .. with car paces [races, n], driver paces [races, n, drivers] and grid [races, n].

    `rows`: the most car-laps of a race, needed for marks (race times).
    """
    races, n = pace.shape
    drawn = np.zeros((races, n, DRAWN))
    drawn[:, :, DRAWN_PACE] = pace
    drawn[:, :, DRAWN_GRID_S] = grid_s
    drawn[:, :, 2 : 2 + driver_pace.shape[2]] = driver_pace
    own = params._replace(car=params.car.copy())
    own.car["pace_sd"] = 0.0
    own.car["driver_pace_sd"] = 0.0
    order = sorted(range(len(marks)), key=marks.__getitem__)
    trace = np.zeros((rows if marks else 0, ROW_SIZE))
    played = play_rows(own, seed, first, races, drawn=drawn, moments=[marks[k] for k in order], trace=trace)
    at_marks = np.zeros((races, len(marks), n), np.int16)
    for m, k in enumerate(order):
        at_marks[:, k] = _order_at(own, played, m)
    return Places(
        in_class=played.car[:, :, IN_CLASS].astype(np.int16),
        overall=played.car[:, :, OVERALL].astype(np.int16),
        unclassified=played.car[:, :, UNCLASSIFIED].astype(np.int16),
        at_marks=at_marks,
        run_s=played.race[:, RUN_S].copy(),
    )


def _order_at(params: Params, played: Rows, m: int) -> I16:
    """Places in class at a moment [races, n]: laps completed by then, the earlier crossing first, then card order."""
    laps = played.standing[:, m, :, STOOD_LAP]
    since = np.where(laps > 0.0, played.standing[:, m, :, STOOD_SINCE], 0.0)
    place = np.zeros(laps.shape, np.int16)
    for c in range(int(params.race[0].n_classes)):
        cars = np.flatnonzero(params.car["car_class"] == c)
        best_first = np.lexsort((since[:, cars], -laps[:, cars]), axis=1)
        np.put_along_axis(
            place, cars[best_first], np.arange(1, len(cars) + 1, dtype=np.int16)[None, :].repeat(len(laps), 0), axis=1
        )
    return place
