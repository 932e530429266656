"""One chunk of races: what every engine plays, and how its rows are counted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from langstrecke.simulation.kernel.entries import (
    CAR_LAPS,
    ENDED,
    IN_CLASS,
    LAPS,
    NEUTRAL_S,
    NEUTRALISATIONS,
    OVERALL,
    RED_FLAGS,
    RETIRED,
    STOPS,
    UNCLASSIFIED,
    Rows,
)
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.snapshot import Snapshot
from langstrecke.simulation.outcome import FIGURES, Outcome
from langstrecke.simulation.rows import play_rows

CHUNK = 64
"""Races a worker plays between two looks at the progress bar and the cancel button."""

Part = tuple[int, int, Outcome, NDArray[np.float64]]
"""First race, number of races, their outcome, their figures."""


def play_part(
    params: Params, like: Outcome, seed: int, first: int, count: int, figures: bool, start: Snapshot
) -> tuple[Outcome, NDArray[np.float64]]:
    """Play one chunk on its own scratch memory; what every engine runs, wherever it runs."""
    rows = play_rows(params, seed, first, count, start=start)
    return counted(like, rows), figures_of(params, rows, figures)


def counted(like: Outcome, rows: Rows) -> Outcome:
    """The counts of some races."""
    whole = rows.car[:, :, :ENDED].astype(np.int64)
    races, n, _ = whole.shape
    cars = np.arange(n) * n

    def positions(column: int) -> NDArray[np.int64]:
        return np.bincount((cars + whole[:, :, column] - 1).ravel(), minlength=n * n).reshape(n, n)

    sums = whole.sum(axis=0)
    return replace(
        like,
        races=races,
        class_positions=positions(IN_CLASS),
        overall_positions=positions(OVERALL),
        retired=sums[:, RETIRED],
        unclassified=sums[:, UNCLASSIFIED],
        laps=sums[:, LAPS],
        laps_squared=(whole[:, :, LAPS] ** 2).sum(axis=0),
        stops=sums[:, STOPS],
        car_laps=int(rows.race[:, CAR_LAPS].sum()),
    )


def figures_of(params: Params, rows: Rows, wanted: bool) -> NDArray[np.float64]:
    """A row of `outcome.FIGURES` per race and class; none where they are not wanted."""
    races, classes = rows.race.shape[0], int(params.race[0].n_classes)
    kept = np.zeros((races if wanted else 0, classes, len(FIGURES)), np.float64)
    if not wanted:
        return kept
    every = np.arange(races)
    for c in range(classes):
        cars = rows.car[:, np.flatnonzero(params.car["car_class"] == c)]
        kept[:, c, 6] = rows.race[:, NEUTRAL_S]
        if cars.shape[1] == 0:
            continue
        winner = cars[every, np.argmin(cars[:, :, IN_CLASS], axis=1)]
        behind = np.where(cars[:, :, IN_CLASS] == 1.0, np.inf, cars[:, :, IN_CLASS])
        second = cars[every, np.argmin(behind, axis=1)]
        on_lap = cars[:, :, LAPS] == winner[:, LAPS, None]
        close = (second[:, LAPS] == winner[:, LAPS]) & (second[:, IN_CLASS] == 2.0)
        kept[:, c, 0] = winner[:, LAPS]
        kept[:, c, 1] = winner[:, STOPS]
        kept[:, c, 2] = np.where(close, second[:, ENDED] - winner[:, ENDED], np.nan)
        kept[:, c, 3] = (on_lap & (cars[:, :, UNCLASSIFIED] == 0.0)).sum(axis=1)
        kept[:, c, 4] = cars[:, :, RETIRED].sum(axis=1)
        kept[:, c, 5] = rows.race[:, NEUTRALISATIONS]
        kept[:, c, 7] = rows.race[:, RED_FLAGS]
    return kept
