"""What Python calls of the kernel: one compiled function that plays races and writes down what became of every car.

There is one on purpose: each would be compiled on its own, racing and all. Whoever wants counts, figures, single
cars or places takes them from the rows, in NumPy.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from langstrecke.simulation.kernel.jit import entry, kernel
from langstrecke.simulation.kernel.params import MAX_DRIVERS, Params
from langstrecke.simulation.kernel.resume import play_race
from langstrecke.simulation.kernel.snapshot import Snapshot
from langstrecke.simulation.kernel.state import FINISHED, ROW_CAR, ROW_END, ROW_LAP, State

F64 = NDArray[np.float64]

# Columns of `Rows.car`: places from 1, the unclassified last, by distance.
IN_CLASS, OVERALL, LAPS, STOPS, RETIRED, UNCLASSIFIED, ENDED = 0, 1, 2, 3, 4, 5, 6
CAR_ROW = 7
# Columns of `Rows.race`; behind them this race's green lap of every class.
NEUTRALISATIONS, NEUTRAL_S, RED_FLAGS, RUN_S, CAR_LAPS, TRACED = 0, 1, 2, 3, 4, 5
RACE_ROW = 6
# Columns of `Rows.standing`
STOOD_LAP, STOOD_SINCE = 0, 1
# Columns of `drawn`; behind them the drivers' paces.
DRAWN_PACE, DRAWN_GRID_S = 0, 1
DRAWN = 2 + MAX_DRIVERS


class Rows(NamedTuple):
    """What is kept of single races. Index letters: n cars, c classes, m moments."""

    car: F64  # [races, n, CAR_ROW]
    race: F64  # [races, RACE_ROW + c]
    standing: F64  # [races, m, n, 2] laps completed at a moment, and when the last of them was


def rows_for(params: Params, races: int, moments: int) -> Rows:
    """Memory for so many races."""
    n, classes = int(params.race[0].n), int(params.race[0].n_classes)
    return Rows(
        np.zeros((races, n, CAR_ROW)), np.zeros((races, RACE_ROW + classes)), np.zeros((races, moments, n, 2))
    )


@entry
def play(
    p: Params,
    s: State,
    x: Snapshot,
    seed: int,
    first: int,
    drawn: F64,
    moments: F64,
    trace: F64,
    rows: Rows,
) -> None:
    """Play races `first`, `first` + 1, ... of a seed, as many as `rows` has room for.

    `x`: the moment the races start from; no cars: the start. `drawn` [races, n, DRAWN]: the cars' paces race by race,
    written into `p`, which must then be this caller's own; empty: those of `p`. `trace` holds the last race's laps
    (columns `state.ROW_*`) as far as it has rows; with `moments` (race times, rising) it must have them for a race.
    """
    for k in range(rows.race.shape[0]):
        if drawn.shape[0] > 0:
            _take(p, drawn[k])
        play_race(p, s, x, seed, first + k, trace)
        write_rows(p, s, rows.car[k], rows.race[k])
        if moments.shape[0] > 0:
            _look_back(p, s, x, moments, trace, rows.standing[k])


@kernel
def _take(p: Params, drawn: F64) -> None:
    """Give the cars the paces and the grid of one race."""
    for i in range(p.race[0].n):
        car = p.car[i]
        car.pace = drawn[i, DRAWN_PACE]
        car.grid_s = drawn[i, DRAWN_GRID_S]
        for d in range(car.n_drivers):
            car.driver_pace[d] = drawn[i, 2 + d]


@kernel
def write_rows(p: Params, s: State, cars: F64, whole: F64) -> None:
    """Write down a race that has been played and classified."""
    race = p.race[0]
    game = s.game[0]
    for c in range(race.n_classes):
        s.place[c] = 0
        whole[RACE_ROW + c] = s.lap_draw[c]
    for rank in range(race.n):
        i = s.order[rank]
        c = p.car[i].car_class
        s.place[c] += 1
        car = s.car[i]
        cars[i, IN_CLASS] = s.place[c]
        cars[i, OVERALL] = rank + 1
        cars[i, LAPS] = car.lap
        cars[i, STOPS] = car.stops
        cars[i, RETIRED] = 0.0 if car.status == FINISHED else 1.0
        cars[i, UNCLASSIFIED] = s.unclassified[i]
        cars[i, ENDED] = car.since
    whole[NEUTRALISATIONS] = game.cautions + game.fcys
    whole[NEUTRAL_S] = game.neutral_s
    whole[RED_FLAGS] = game.reds
    whole[RUN_S] = game.flag_time - game.red_s
    whole[CAR_LAPS] = game.car_laps
    whole[TRACED] = game.rows


@kernel
def _look_back(p: Params, s: State, x: Snapshot, moments: F64, trace: F64, standing: F64) -> None:
    """How far every car was at each moment, from the trace of the race."""
    row = 0
    for m in range(moments.shape[0]):
        for i in range(p.race[0].n):
            if m > 0:
                standing[m, i, STOOD_LAP] = standing[m - 1, i, STOOD_LAP]
                standing[m, i, STOOD_SINCE] = standing[m - 1, i, STOOD_SINCE]
            else:
                standing[m, i, STOOD_LAP] = x.car[i].lap if x.car.shape[0] > 0 else 0.0
                standing[m, i, STOOD_SINCE] = x.car[i].since if x.car.shape[0] > 0 else p.car[i].grid_s
        while row < min(s.game[0].rows, trace.shape[0]) and trace[row, ROW_END] <= moments[m]:
            i = int(trace[row, ROW_CAR])
            standing[m, i, STOOD_LAP] = trace[row, ROW_LAP]
            standing[m, i, STOOD_SINCE] = trace[row, ROW_END]
            row += 1
