"""How fast the simulation is: car-laps per second, per engine, on real cards."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass

from langstrecke.racecard.schema import RaceCard
from langstrecke.simulation.engines.ray import cluster
from langstrecke.simulation.simulate import simulate

LEAST_S = 2.0
"""A measurement lasts at least about this long (default)."""


@dataclass(frozen=True)
class Speed:
    """One measurement."""

    card: str
    engine: str
    threads: int
    races: int
    car_laps: int
    seconds: float
    car_laps_per_second: float

    def to_json(self) -> dict[str, object]:
        """The row of `langstrecke bench --json`."""
        return asdict(self)


def measure(
    card: RaceCard,
    *,
    threads: Sequence[int] = (1,),
    races: int | None = None,
    engine: str = "threads",
    address: str | None = None,
) -> tuple[Speed, ...]:
    """Time a card; compilation, the building of its arrays and the start of a cluster are left out.

    One row per number of threads; the other engines give one row (Ray: with the cluster's cores, CUDA: 1). Without
    `races` as many are played as fill about two seconds. Raises as `simulate` does for an engine that is not there.
    """
    with ExitStack() as open_until_done:
        counts: Sequence[int] = threads
        if engine == "ray":
            ray = open_until_done.enter_context(cluster(address))
            counts = (int(ray.cluster_resources().get("CPU", 1)),)
        elif engine == "cuda":
            counts = (1,)

        def timed(number: int, count: int) -> tuple[int, float]:
            began = time.perf_counter()
            outcome = simulate(card, races=number, threads=count, engine=engine, address=address)
            return outcome.car_laps, time.perf_counter() - began

        timed(64, counts[0])  # compiles, or loads what was compiled before
        found = []
        for count in counts:
            number = races or max(64, int(64 * LEAST_S / timed(64, count)[1]))
            car_laps, seconds = timed(number, count)
            found.append(Speed(card.race.id, engine, count, number, car_laps, seconds, car_laps / seconds))
        return tuple(found)


def all_threads() -> tuple[int, ...]:
    """One thread, and all of the machine's."""
    cores = os.cpu_count() or 1
    return (1, cores) if cores > 1 else (1,)
