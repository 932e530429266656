"""Playing many races: chunks of race numbers, played by threads, added up into counts.

A chunk's summary depends on the seed and its race numbers alone and sums of integers do not care for order, so
the outcome is the same to the bit for any number of threads and any split.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from langstrecke.errors import NotFoundError
from langstrecke.racecard.schema import RaceCard
from langstrecke.rulebooks.schema import RuleBook
from langstrecke.simulation.compile import compile_race
from langstrecke.simulation.engines.chunks import CHUNK, Part, play_part
from langstrecke.simulation.engines.threads import in_threads
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.snapshot import Snapshot, blank_snapshot
from langstrecke.simulation.outcome import Outcome, add

Progress = Callable[[int, int], None]

ENGINES = ("threads", "ray", "cuda")


def simulate(
    card: RaceCard,
    *,
    races: int = 10_000,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    figures: bool = False,
    first_race: int = 0,
    book: RuleBook | None = None,
    engine: str = "threads",
    address: str | None = None,
) -> Outcome:
    """Play a card's race `races` times.

    `threads` defaults to the machine's cores and does not change the result. `progress(done, total)` is called from
    the calling thread. With `figures` the outcome keeps a row per race and class (see `outcome.FIGURES`).
    `first_race` numbers the races from there on: races 0..999 and 1000..1999 of a seed add up to 0..1999.
    `engine` is `threads`, `ray` (many machines; `address` of a cluster, else one is started here) or `cuda`; none
    changes the result. Raises CardError for a card that cannot be played, ValueError for fewer than one race.
    """
    return simulate_params(
        compile_race(card, book),
        cars=tuple(e.car for e in card.entries),
        classes=tuple(e.car_class for e in card.entries),
        class_names=tuple(card.classes),
        races=races,
        seed=seed,
        threads=threads,
        progress=progress,
        figures=figures,
        first_race=first_race,
        engine=engine,
        address=address,
    )


def simulate_params(
    params: Params,
    *,
    cars: tuple[str, ...],
    classes: tuple[str, ...],
    class_names: tuple[str, ...],
    races: int,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    figures: bool = False,
    first_race: int = 0,
    snapshot: Snapshot | None = None,
    engine: str = "threads",
    address: str | None = None,
) -> Outcome:
    """`simulate` for a race that is compiled already; with a snapshot, from that moment of the race on."""
    if races < 1:
        raise ValueError(f"at least one race has to be played, not {races}")
    if not 0 <= seed < 2**63:
        raise ValueError(f"the seed must lie between 0 and 2**63 - 1, not {seed}")
    workers = max(1, threads or os.cpu_count() or 1)
    total = Outcome.empty(cars, classes, class_names, seed)
    start = snapshot if snapshot is not None else blank_snapshot(0, 0.0, 0.0)
    rows: dict[int, NDArray[np.float64]] = {}
    chunks = [(a, min(CHUNK, first_race + races - a)) for a in range(first_race, first_race + races, CHUNK)]

    parts = _parts(engine, params, total, seed, chunks, figures, start, workers, address)
    done = 0
    for first, count, part, kept in parts:
        total = add(total, part)
        if figures:
            rows[first] = kept
        done += count
        if progress is not None:
            progress(done, races)
    if figures:
        total = replace(total, figures=np.concatenate([rows[a] for a, _ in chunks]))
    return total


def _parts(
    engine: str,
    params: Params,
    like: Outcome,
    seed: int,
    chunks: list[tuple[int, int]],
    figures: bool,
    start: Snapshot,
    workers: int,
    address: str | None,
) -> Iterator[Part]:
    """The chunks' outcomes, in whatever order the engine has them ready."""
    if engine == "ray":
        from langstrecke.simulation.engines.ray import play_in_ray

        return play_in_ray(params, like, seed, chunks, figures, start, address)
    if engine == "cuda":
        from langstrecke.simulation.engines.cuda import play_on_cuda

        return play_on_cuda(params, like, seed, chunks, figures, start)
    if engine != "threads":
        raise NotFoundError.nearest("engine", engine, list(ENGINES))

    def play(chunk: tuple[int, int]) -> Part:
        part, kept = play_part(params, like, seed, *chunk, figures, start)
        return *chunk, part, kept

    return in_threads(play, chunks, workers)
