"""The same kernel source on a CUDA device: one thread plays one race.

The kernel functions are compiled a second time, for the device, by `numba.cuda`; nothing of the model is written
twice. Floating point follows the same order of operations, but a device may fuse a multiplication with an addition:
results agree with those of the threads to rounding, which may tip a close finish in rare races. The threads are the
reference. So far this engine has been run in Numba's simulator only, not on a device.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numba import cuda as _cuda
from numpy.typing import NDArray

from langstrecke.errors import LangstreckeError
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.resume import play_race
from langstrecke.simulation.kernel.snapshot import Snapshot
from langstrecke.simulation.kernel.state import FINISHED, State, make_state
from langstrecke.simulation.outcome import FIGURES, Outcome

cuda: Any = _cuda  # by this name the simulator finds and replaces it

Part = tuple[int, int, Outcome, NDArray[np.float64]]

BATCH = 2048
"""Races in flight on the device: about 60 kB of scratch memory each for a field of 60."""
BLOCK = 64
RESULTS = 7  # place overall, place in class, laps, not running at the flag, unclassified, stops, car-laps


def play_on_cuda(
    params: Params, like: Outcome, seed: int, chunks: list[tuple[int, int]], figures: bool, start: Snapshot
) -> Iterator[Part]:
    """Play chunks on the first CUDA device, yielding them in order.

    Raises LangstreckeError where there is no device, and for `figures`, which this engine does not keep.
    """
    if figures:
        raise LangstreckeError("the engine cuda keeps no figures per race", hint="use the engine threads")
    if not cuda.is_available():
        raise LangstreckeError("there is no CUDA device here", hint="leave --engine out")
    first, last = chunks[0][0], chunks[-1][0] + chunks[-1][1]
    n, classes = int(params.race[0].n), int(params.race[0].n_classes)
    batch = min(BATCH, last - first)
    scratch = [cuda.to_device(_many(a, batch)) for a in make_state(n, classes)]
    fixed = [cuda.to_device(np.ascontiguousarray(a)) for a in (*params, *start)]
    results = cuda.to_device(np.zeros((batch, n, RESULTS), np.int32))
    for begin in range(first, last, batch):
        count = min(batch, last - begin)
        _device_kernel()[(count + BLOCK - 1) // BLOCK, BLOCK](*fixed, *scratch, seed, begin, count, results)
        yield (
            begin,
            count,
            _summed(like, params, results.copy_to_host()[:count]),
            np.zeros((0, classes, len(FIGURES))),
        )


def _many(array: NDArray[Any], count: int) -> NDArray[Any]:
    """One copy of a scratch array per race in flight."""
    return np.ascontiguousarray(np.broadcast_to(array, (count, *array.shape)))


def _summed(like: Outcome, params: Params, rows: NDArray[np.int32]) -> Outcome:
    """Counts of one batch from its rows (races, cars, RESULTS)."""
    races, n, _ = rows.shape
    wide = rows.astype(np.int64)
    overall, in_class = np.zeros((n, n), np.int64), np.zeros((n, n), np.int64)
    cars = np.broadcast_to(np.arange(n), (races, n))
    np.add.at(overall, (cars, wide[:, :, 0]), 1)
    np.add.at(in_class, (cars, wide[:, :, 1]), 1)
    laps = wide[:, :, 2]
    return replace(
        like,
        races=races,
        class_positions=in_class,
        overall_positions=overall,
        laps=laps.sum(axis=0),
        laps_squared=(laps * laps).sum(axis=0),
        retired=wide[:, :, 3].sum(axis=0),
        unclassified=wide[:, :, 4].sum(axis=0),
        stops=wide[:, :, 5].sum(axis=0),
        car_laps=int(wide[:, 0, 6].sum()),
    )


@lru_cache(maxsize=1)
def _device_kernel() -> Any:
    """The entry point on the device, compiled on first use."""
    return cuda.jit(device_race)


def device_race(
    race: Any,
    cls: Any,
    car: Any,
    noise: Any,
    normal: Any,
    plan: Any,
    scenario: Any,
    now_car: Any,
    now_moment: Any,
    state_car: Any,
    game: Any,
    blank: Any,
    ring: Any,
    queue: Any,
    slots: Any,
    lap_draw: Any,
    order: Any,
    unclassified: Any,
    place: Any,
    no_trace: Any,
    seed: int,
    first: int,
    count: int,
    results: Any,
) -> None:
    """One thread: race number `first` + its index; fields in the order of Params, Snapshot and State."""
    k = cuda.grid(1)
    if k >= count:
        return
    p = Params(race, cls, car, noise, normal, plan, scenario)
    s = State(
        state_car[k],
        game[k],
        blank[k],
        ring[k],
        queue[k],
        slots[k],
        lap_draw[k],
        order[k],
        unclassified[k],
        place[k],
        no_trace[k],
    )
    play_race(p, s, Snapshot(now_car, now_moment), seed, first + k, no_trace[k])
    for c in range(race[0].n_classes):
        place[k, c] = 0
    for rank in range(race[0].n):
        i = order[k, rank]
        c = car[i].car_class
        results[k, i, 0] = rank
        results[k, i, 1] = place[k, c]
        place[k, c] += 1
        results[k, i, 2] = state_car[k, i].lap
        results[k, i, 3] = 0 if state_car[k, i].status == FINISHED else 1
        results[k, i, 4] = unclassified[k, i]
        results[k, i, 5] = state_car[k, i].stops
        results[k, i, 6] = game[k, 0].car_laps
