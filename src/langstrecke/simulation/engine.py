"""Playing many races: chunks of race numbers, played by threads, added up into counts.

A chunk's summary depends on the seed and its race numbers alone and sums of integers do not care for order, so
the outcome is the same to the bit for any number of threads and any split.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from langstrecke.errors import NotFoundError
from langstrecke.racecard.schema import RaceCard
from langstrecke.rulebooks.schema import RuleBook
from langstrecke.simulation.compile import compile_race
from langstrecke.simulation.jit import entry, kernel
from langstrecke.simulation.outcome import FIGURES, Outcome, add
from langstrecke.simulation.params import Params
from langstrecke.simulation.race import run_race
from langstrecke.simulation.resume import play_race
from langstrecke.simulation.snapshot import Snapshot, blank_snapshot
from langstrecke.simulation.state import (
    FINISHED,
    State,
    make_state,
)

CHUNK = 64
"""Races a worker plays between two looks at the progress bar and the cancel button."""

Progress = Callable[[int, int], None]
Part = tuple[int, int, Outcome, NDArray[np.float64]]
"""First race, number of races, their outcome, their figures."""

ENGINES = ("threads", "ray", "cuda")

T = TypeVar("T")
R = TypeVar("R")


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
        from langstrecke.simulation.engine_ray import play_in_ray

        return play_in_ray(params, like, seed, chunks, figures, start, address)
    if engine == "cuda":
        from langstrecke.simulation.engine_cuda import play_on_cuda

        return play_on_cuda(params, like, seed, chunks, figures, start)
    if engine != "threads":
        raise NotFoundError.nearest("engine", engine, list(ENGINES))

    def play(chunk: tuple[int, int]) -> Part:
        part, kept = play_part(params, like, seed, *chunk, figures, start)
        return *chunk, part, kept

    return in_threads(play, chunks, workers)


def play_part(
    params: Params, like: Outcome, seed: int, first: int, count: int, figures: bool, start: Snapshot
) -> tuple[Outcome, NDArray[np.float64]]:
    """Play one chunk on its own scratch memory; what every engine runs, wherever it runs."""
    n = int(params.race[0].n)
    state = make_state(n, int(params.race[0].n_classes))
    class_positions = np.zeros((n, n), np.int64)
    overall_positions = np.zeros((n, n), np.int64)
    per_car = np.zeros((5, n), np.int64)
    kept = np.zeros((count if figures else 0, int(params.race[0].n_classes), len(FIGURES)), np.float64)
    car_laps = play_chunk(params, state, start, seed, first, count, class_positions, overall_positions, per_car, kept)
    part = replace(
        like,
        races=count,
        class_positions=class_positions,
        overall_positions=overall_positions,
        retired=per_car[0],
        unclassified=per_car[1],
        laps=per_car[2],
        laps_squared=per_car[3],
        stops=per_car[4],
        car_laps=int(car_laps),
    )
    return part, kept


def in_threads(work: Callable[[T], R], items: list[T], workers: int) -> Iterator[R]:
    """Results of `work` as they come, a few items in flight per worker; an interrupt stops after the running ones."""
    if workers == 1:
        for item in items:
            yield work(item)
        return
    with ThreadPoolExecutor(workers) as pool:
        waiting: set[Future[R]] = set()
        queue = iter(items)
        try:
            for item in queue:
                waiting.add(pool.submit(work, item))
                if len(waiting) >= 2 * workers:
                    ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in ready:
                        yield future.result()
            while waiting:
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in ready:
                    yield future.result()
        finally:
            for future in waiting:
                future.cancel()
