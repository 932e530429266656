"""Races one by one: where chosen cars came in each simulated race, and where they stood at chosen moments.

`simulate` adds races up; a comparison of two plans on the same luck needs them side by side. What is kept is a few
numbers per race and car, so a million races of two cars take 100 MB at most.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from langstrecke.simulation.engine import in_threads
from langstrecke.simulation.jit import entry, kernel
from langstrecke.simulation.params import Params
from langstrecke.simulation.resume import play_race
from langstrecke.simulation.snapshot import Snapshot, blank_snapshot
from langstrecke.simulation.state import (
    FINISHED,
    ROW_CAR,
    ROW_END,
    ROW_LAP,
    ROW_SIZE,
    State,
    make_state,
)

F32 = NDArray[np.float32]

CLASS_PLACE, PLACE, LAPS, STOPS, RETIRED, UNCLASSIFIED = 0, 1, 2, 3, 4, 5
WATCHED = 6
"""Columns of `Watched.cars`."""

CHUNK = 32
ROOM = 1.25
"""Rows kept for a race with moments, over what its expected laps come to."""


@dataclass(frozen=True)
class Watched:
    """Races of some cars: `cars[race, car]` holds CLASS_PLACE, PLACE (both from 1), LAPS, STOPS, RETIRED (1: not
    running at the flag) and UNCLASSIFIED. At each moment `places[race, car, moment]` is the place in class and
    `gaps` the seconds behind the class leader.
    """

    watch: tuple[int, ...]
    moments: tuple[float, ...]
    first_race: int
    cars: F32
    places: F32
    gaps: F32

    @property
    def races(self) -> int:
        """How many races were played."""
        return int(self.cars.shape[0])


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


def simulate_watched(
    params: Params,
    watch: Sequence[int],
    *,
    races: int,
    seed: int = 1,
    first_race: int = 0,
    moments: Sequence[float] = (),
    snapshot: Snapshot | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Watched:
    """Play races and keep the watched cars' outcomes race by race; race k of a seed is `simulate`'s race k.

    `moments` (race times) cost about a tenth more time. Results do not depend on the number of threads.
    """
    if races < 1:
        raise ValueError(f"at least one race has to be played, not {races}")
    n, classes = int(params.race[0].n), int(params.race[0].n_classes)
    cars = np.zeros((races, len(watch), WATCHED), np.float32)
    places = np.zeros((races, len(watch), len(moments)), np.float32)
    gaps = np.zeros((races, len(watch), len(moments)), np.float32)
    start = snapshot if snapshot is not None else blank_snapshot(0, 0.0, 0.0)
    watched = np.array(list(watch), np.int64)
    times = np.array(sorted(moments), np.float64)
    rows = _rows(params) if len(times) else 0
    workers = max(1, threads or os.cpu_count() or 1)

    def play(a: int) -> int:
        b = min(races, a + CHUNK)
        trace, scratch = np.zeros((rows, ROW_SIZE)), np.zeros((2, n))
        state = make_state(n, classes)
        out = (cars[a:b], places[a:b], gaps[a:b])
        play_watched(params, state, start, seed, first_race + a, b - a, watched, times, trace, scratch, *out)
        return b - a

    done = 0
    for count in in_threads(play, list(range(0, races, CHUNK)), workers):
        done += count
        if progress is not None:
            progress(done, races)
    return Watched(tuple(watch), tuple(float(t) for t in times), first_race, cars, places, gaps)


def _rows(params: Params) -> int:
    fastest = float(params.cls["lap"].min())
    return int((float(params.race[0].duration_s) / fastest * ROOM + 20) * int(params.race[0].n))
