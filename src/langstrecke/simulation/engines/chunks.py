"""One chunk of races on its own scratch memory: what every engine plays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from langstrecke.simulation.kernel.entries import play_chunk
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.snapshot import Snapshot
from langstrecke.simulation.kernel.state import (
    make_state,
)
from langstrecke.simulation.outcome import FIGURES, Outcome

CHUNK = 64
"""Races a worker plays between two looks at the progress bar and the cancel button."""

Part = tuple[int, int, Outcome, NDArray[np.float64]]
"""First race, number of races, their outcome, their figures."""


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
