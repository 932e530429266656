"""Races one by one: where chosen cars came in each simulated race, and where they stood at chosen moments.

`simulate` adds races up; a comparison of two plans on the same luck needs them side by side. What is kept is a few
numbers per race and car, so a million races of two cars take 100 MB at most.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from langstrecke.simulation.engines.threads import in_threads
from langstrecke.simulation.kernel.entries import F32, play_watched
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.snapshot import Snapshot, blank_snapshot
from langstrecke.simulation.kernel.state import (
    ROW_SIZE,
    make_state,
)

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
