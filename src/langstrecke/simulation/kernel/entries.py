"""What Python calls of the kernel: the compiled entry points, one for each way to play races."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from langstrecke.simulation.kernel.jit import entry, kernel
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.race import classify, run_race
from langstrecke.simulation.kernel.resume import play_race
from langstrecke.simulation.kernel.snapshot import Snapshot
from langstrecke.simulation.kernel.state import (
    FINISHED,
    ROW_CAR,
    ROW_END,
    ROW_LAP,
    State,
)


@entry
def play_chunk(
    p: Params,
    s: State,
    x: Snapshot,
    seed: int,
    first: int,
    races: int,
    class_positions: NDArray[np.int64],
    overall_positions: NDArray[np.int64],
    per_car: NDArray[np.int64],
    figures: NDArray[np.float64],
) -> int:
    """Play races first .. first + races - 1 and count; returns the car-laps driven.

    A snapshot of no cars means from the start.
    """
    car_laps = 0
    for race in range(first, first + races):
        play_race(p, s, x, seed, race, s.no_trace)
        car_laps += s.game[0].car_laps
        _count(p, s, class_positions, overall_positions, per_car)
        if figures.shape[0] > 0:
            _figures(p, s, figures[race - first])
    return car_laps


@kernel
def _count(
    p: Params,
    s: State,
    class_positions: NDArray[np.int64],
    overall_positions: NDArray[np.int64],
    per_car: NDArray[np.int64],
) -> None:
    """Add one race to the counts."""
    for c in range(p.race[0].n_classes):
        s.place[c] = 0
    for rank in range(p.race[0].n):
        i = s.order[rank]
        c = p.car[i].car_class
        overall_positions[i, rank] += 1
        class_positions[i, s.place[c]] += 1
        s.place[c] += 1
        laps = np.int64(s.car[i].lap)
        per_car[0, i] += 1 if s.car[i].status != FINISHED else 0
        per_car[1, i] += s.unclassified[i]
        per_car[2, i] += laps
        per_car[3, i] += laps * laps
        per_car[4, i] += s.car[i].stops


@kernel
def _figures(p: Params, s: State, rows: NDArray[np.float64]) -> None:
    """Write the figures of one race, a row per class (columns `outcome.FIGURES`)."""
    for c in range(p.race[0].n_classes):
        s.place[c] = 0
    for rank in range(p.race[0].n):
        i = s.order[rank]
        c = p.car[i].car_class
        row = rows[c]
        laps = s.car[i].lap
        if s.place[c] == 0:
            row[0] = laps
            row[1] = s.car[i].stops
            row[2] = np.nan
            row[3] = 0.0
            row[4] = 0.0
            row[5] = s.game[0].cautions + s.game[0].fcys
            row[6] = s.car[i].since  # the winner's finish, until all are in
            row[7] = s.game[0].reds
        elif s.place[c] == 1 and laps == row[0]:
            row[2] = s.car[i].since - row[6]
        if laps == row[0] and s.unclassified[i] == 0:
            row[3] += 1
        row[4] += 1 if s.car[i].status != FINISHED else 0
        s.place[c] += 1
    for c in range(p.race[0].n_classes):
        rows[c, 6] = s.game[0].neutral_s


@entry
def play_traced(p: Params, s: State, seed: int, race: int, trace: NDArray[np.float64]) -> int:
    """Play one race and write a row per car-lap (columns `state.ROW_*`); returns the rows written."""
    run_race(p, s, seed, race, trace)
    return int(s.game[0].rows)


F32 = NDArray[np.float32]


@entry
def play_watched(
    p: Params,
    s: State,
    x: Snapshot,
    seed: int,
    first: int,
    races: int,
    watch: NDArray[np.int64],
    moments: NDArray[np.float64],
    trace: NDArray[np.float64],
    scratch: NDArray[np.float64],
    cars: F32,
    places: F32,
    gaps: F32,
) -> None:
    """Play races first .. first + races - 1 and write a row per race and watched car.

    `trace` has rows for a whole race where there are moments, else none; `scratch` is [2, n].
    """
    for race in range(first, first + races):
        play_race(p, s, x, seed, race, trace)
        at = race - first
        for c in range(p.race[0].n_classes):
            s.place[c] = 0
        for rank in range(p.race[0].n):
            i = s.order[rank]
            c = p.car[i].car_class
            s.place[c] += 1
            for w in range(watch.shape[0]):
                if watch[w] == i:
                    cars[at, w, 0] = s.place[c]
                    cars[at, w, 1] = rank + 1
                    cars[at, w, 2] = s.car[i].lap
                    cars[at, w, 3] = s.car[i].stops
                    cars[at, w, 4] = 1.0 if s.car[i].status != FINISHED else 0.0
                    cars[at, w, 5] = s.unclassified[i]
        if moments.shape[0] > 0:
            for i in range(p.race[0].n):
                scratch[0, i] = x.car[i].lap if x.car.shape[0] > 0 else 0.0
                scratch[1, i] = x.car[i].since if x.car.shape[0] > 0 else p.car[i].grid_s
            row = 0
            for m in range(moments.shape[0]):
                while row < s.game[0].rows and trace[row, ROW_END] <= moments[m]:
                    i = int(trace[row, ROW_CAR])
                    scratch[0, i] = trace[row, ROW_LAP]
                    scratch[1, i] = trace[row, ROW_END]
                    row += 1
                for w in range(watch.shape[0]):
                    _stand(p, s, moments[m], watch[w], scratch, places[at, w], gaps[at, w], m)


@kernel
def _stand(
    p: Params,
    s: State,
    t: float,
    car: int,
    scratch: NDArray[np.float64],
    places: F32,
    gaps: F32,
    m: int,
) -> None:
    """Place in class of a car at race time t, and its gap to the class leader."""
    c = p.car[car].car_class
    lap_s = s.lap_draw[c]
    own = scratch[0, car] + min(1.0, max(0.0, (t - scratch[1, car]) / lap_s))
    best = own
    place = 1
    for j in range(p.race[0].n):
        if p.car[j].car_class != c or j == car:
            continue
        other = scratch[0, j] + min(1.0, max(0.0, (t - scratch[1, j]) / lap_s))
        best = max(best, other)
        if scratch[0, j] > scratch[0, car] or (scratch[0, j] == scratch[0, car] and scratch[1, j] < scratch[1, car]):
            place += 1
    places[m] = place
    gaps[m] = (best - own) * lap_s


F64 = NDArray[np.float64]

I16 = NDArray[np.int16]


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
