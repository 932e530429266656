"""The same kernel source on a CUDA device: one thread plays one race.

The kernel functions are compiled a second time, for the device, by `numba.cuda`; nothing of the model is written
twice. Floating point follows the same order of operations, but a device may fuse a multiplication with an addition:
results agree with those of the threads to rounding, which may tip a close finish in rare races. The threads are the
reference. So far this engine has been run in Numba's simulator only, not on a device.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numba import cuda as _cuda
from numpy.typing import NDArray

from langstrecke.errors import LangstreckeError
from langstrecke.simulation.engines.chunks import Part, counted, figures_of
from langstrecke.simulation.kernel.entries import Rows, rows_for, write_rows
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.resume import play_race
from langstrecke.simulation.kernel.snapshot import Snapshot
from langstrecke.simulation.kernel.state import State, make_state
from langstrecke.simulation.outcome import Outcome

cuda: Any = _cuda  # by this name the simulator finds and replaces it

BATCH = 2048
"""Races in flight on the device: about 60 kB of scratch memory each for a field of 60."""
BLOCK = 64


def play_on_cuda(
    params: Params, like: Outcome, seed: int, chunks: list[tuple[int, int]], figures: bool, start: Snapshot
) -> Iterator[Part]:
    """Play chunks on the first CUDA device, yielding them in order.

    Raises LangstreckeError where there is no device.
    """
    if not cuda.is_available():
        raise LangstreckeError("there is no CUDA device here", hint="leave --engine out")
    first, last = chunks[0][0], chunks[-1][0] + chunks[-1][1]
    n, classes = int(params.race[0].n), int(params.race[0].n_classes)
    batch = min(BATCH, last - first)
    scratch = [cuda.to_device(_many(a, batch)) for a in make_state(n, classes)]
    fixed = [cuda.to_device(np.ascontiguousarray(a)) for a in (*params, *start)]
    kept = rows_for(params, batch, 0)
    cars, races = cuda.to_device(kept.car), cuda.to_device(kept.race)
    for begin in range(first, last, batch):
        count = min(batch, last - begin)
        _device_kernel()[(count + BLOCK - 1) // BLOCK, BLOCK](*fixed, *scratch, seed, begin, count, cars, races)
        rows = Rows(cars.copy_to_host()[:count], races.copy_to_host()[:count], kept.standing[:count])
        yield begin, count, counted(like, rows), figures_of(params, rows, figures)


def _many(array: NDArray[Any], count: int) -> NDArray[Any]:
    """One copy of a scratch array per race in flight."""
    return np.ascontiguousarray(np.broadcast_to(array, (count, *array.shape)))


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
    seed: int,
    first: int,
    count: int,
    cars: Any,
    races: Any,
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
    )
    play_race(p, s, Snapshot(now_car, now_moment), seed, first + k, races[:0])
    write_rows(p, s, cars[k], races[k])
