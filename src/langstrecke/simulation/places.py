"""Races of a season: the places of every single race, with the cars' paces and grid given race by race.

`simulate` adds races up; a championship needs each of them, and cars whose pace is drawn once for a whole season.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from langstrecke.simulation.jit import entry, kernel
from langstrecke.simulation.params import Params
from langstrecke.simulation.race import classify, run_race
from langstrecke.simulation.state import ROW_CAR, ROW_END, ROW_LAP, ROW_SIZE, State, make_state

F64 = NDArray[np.float64]
I16 = NDArray[np.int16]


@dataclass(frozen=True)
class Places:
    """Places of single races, counted from 1; cars in card order, k marks."""

    in_class: I16  # [races, n]
    overall: I16  # [races, n]
    unclassified: I16  # [races, n] 1: not classified by the rule book
    at_marks: I16  # [races, k, n] place in class at a moment of the race
    run_s: F64  # [races] race time to the flag, red flags left out


@entry
def play_places(
    p: Params,
    s: State,
    seed: int,
    first: int,
    pace: F64,
    driver_pace: F64,
    grid_s: F64,
    marks: F64,
    trace: F64,
    best: F64,
    in_class: I16,
    overall: I16,
    unclassified: I16,
    at_marks: I16,
    run_s: F64,
) -> None:
    """Play races first .. with car paces [races, n], driver paces [races, n, drivers] and grid [races, n].

    Writes into `p`, which must be this caller's own.
    """
    for r in range(pace.shape[0]):
        for i in range(p.race[0].n):
            p.car[i].pace = pace[r, i]
            p.car[i].grid_s = grid_s[r, i]
            for d in range(p.car[i].n_drivers):
                p.car[i].driver_pace[d] = driver_pace[r, i, d]
        run_race(p, s, seed, first + r, trace)
        classify(p, s)
        for c in range(p.race[0].n_classes):
            s.place[c] = 0
        for rank in range(p.race[0].n):
            i = s.order[rank]
            c = p.car[i].car_class
            s.place[c] += 1
            in_class[r, i] = s.place[c]
            overall[r, i] = rank + 1
            unclassified[r, i] = s.unclassified[i]
        run_s[r] = s.game[0].flag_time - s.game[0].red_s
        for k in range(marks.shape[0]):
            _order_at(p, s, marks[k], trace, best, at_marks[r, k])


@kernel
def _order_at(p: Params, s: State, at: float, trace: F64, best: F64, out: I16) -> None:
    """Places in class at a race time: laps completed by then, the earlier crossing first."""
    n = p.race[0].n
    for i in range(n):
        best[i, 0] = 0.0
        best[i, 1] = 0.0
    for row in range(min(s.game[0].rows, trace.shape[0])):
        if trace[row, ROW_END] <= at:
            i = int(trace[row, ROW_CAR])
            if trace[row, ROW_LAP] > best[i, 0]:
                best[i, 0] = trace[row, ROW_LAP]
                best[i, 1] = trace[row, ROW_END]
    for i in range(n):
        place = 1
        for j in range(n):
            if j != i and p.car[j].car_class == p.car[i].car_class:
                ahead = best[j, 0] > best[i, 0] or (
                    best[j, 0] == best[i, 0] and (best[j, 1] < best[i, 1] or (best[j, 1] == best[i, 1] and j < i))
                )
                if ahead:
                    place += 1
        out[i] = place


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
