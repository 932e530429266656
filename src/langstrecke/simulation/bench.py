"""How fast the simulation is: car-laps per second, per engine, on real cards."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from langstrecke.racecard.schema import RaceCard
from langstrecke.simulation.engine import simulate

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


def measure(card: RaceCard, *, threads: Sequence[int] = (1,), races: int | None = None) -> tuple[Speed, ...]:
    """Time a card, compilation and the building of its arrays left out; one row per number of threads.

    Without `races` as many are played as fill about two seconds.
    """
    simulate(card, races=8, threads=1)  # compiles, or loads what was compiled before
    found = []
    for count in threads:
        number = races or _enough(card, count)
        began = time.perf_counter()
        outcome = simulate(card, races=number, threads=count)
        seconds = time.perf_counter() - began
        rate = outcome.car_laps / seconds
        found.append(Speed(card.race.id, "threads", count, number, outcome.car_laps, seconds, rate))
    return tuple(found)


def _enough(card: RaceCard, threads: int) -> int:
    began = time.perf_counter()
    simulate(card, races=64, threads=threads)
    return max(64, int(64 * LEAST_S / (time.perf_counter() - began)))


def all_threads() -> tuple[int, ...]:
    """One thread, and all of the machine's."""
    cores = os.cpu_count() or 1
    return (1, cores) if cores > 1 else (1,)
