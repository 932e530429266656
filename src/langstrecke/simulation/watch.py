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

from langstrecke.simulation.engines.threads import in_threads
from langstrecke.simulation.kernel.entries import (
    IN_CLASS,
    LAPS,
    OVERALL,
    RACE_ROW,
    RETIRED,
    STOOD_LAP,
    STOOD_SINCE,
    STOPS,
    UNCLASSIFIED,
    Rows,
)
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.snapshot import Snapshot
from langstrecke.simulation.kernel.state import ROW_SIZE
from langstrecke.simulation.rows import play_rows

__all__ = ["CLASS_PLACE", "LAPS", "PLACE", "RETIRED", "STOPS", "UNCLASSIFIED", "Watched", "simulate_watched"]

F32 = NDArray[np.float32]

CLASS_PLACE, PLACE = IN_CLASS, OVERALL
WATCHED = 6
"""Columns of `Watched.cars`: those of a car's row, without the time."""

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
    cars = np.zeros((races, len(watch), WATCHED), np.float32)
    places = np.zeros((races, len(watch), len(moments)), np.float32)
    gaps = np.zeros((races, len(watch), len(moments)), np.float32)
    watched = np.array(list(watch), np.int64)
    times = sorted(float(t) for t in moments)
    room = _room(params) if times else 0
    workers = max(1, threads or os.cpu_count() or 1)

    def play(a: int) -> int:
        b = min(races, a + CHUNK)
        trace = np.zeros((room, ROW_SIZE))
        rows = play_rows(params, seed, first_race + a, b - a, start=snapshot, moments=times, trace=trace)
        cars[a:b] = rows.car[:, watched, :WATCHED]
        for m, t in enumerate(times):
            for w, car in enumerate(watched):
                places[a:b, w, m], gaps[a:b, w, m] = _stand(params, rows, m, t, int(car))
        return b - a

    done = 0
    for count in in_threads(play, list(range(0, races, CHUNK)), workers):
        done += count
        if progress is not None:
            progress(done, races)
    return Watched(tuple(watch), tuple(times), first_race, cars, places, gaps)


def _stand(params: Params, rows: Rows, m: int, t: float, car: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """In each race a car's place in class at moment m (race time t), and its gap to the class leader."""
    c = int(params.car[car].car_class)
    laps = rows.standing[:, m, :, STOOD_LAP]
    since = rows.standing[:, m, :, STOOD_SINCE]
    lap_s = rows.race[:, RACE_ROW + c]
    rivals = np.flatnonzero(params.car["car_class"] == c)
    own_laps, own_since = laps[:, car, None], since[:, car, None]
    ahead = (laps[:, rivals] > own_laps) | ((laps[:, rivals] == own_laps) & (since[:, rivals] < own_since))
    driven = laps + np.minimum(1.0, np.maximum(0.0, (t - since) / lap_s[:, None]))
    return 1.0 + ahead.sum(axis=1), (driven[:, rivals].max(axis=1) - driven[:, car]) * lap_s


def _room(params: Params) -> int:
    fastest = float(params.cls["lap"].min())
    return int((float(params.race[0].duration_s) / fastest * ROOM + 20) * int(params.race[0].n))
