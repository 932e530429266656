"""Races played and written down one by one: what counting, watching, tracing and seasons all start from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from langstrecke.simulation.kernel.entries import (
    DRAWN,
    F64,
    Rows,
    play,
    rows_for,
)
from langstrecke.simulation.kernel.params import Params
from langstrecke.simulation.kernel.snapshot import Snapshot, blank_snapshot
from langstrecke.simulation.kernel.state import ROW_SIZE, make_state
from langstrecke.simulation.prepare import prepare


def play_rows(
    params: Params,
    seed: int,
    first: int,
    races: int,
    *,
    start: Snapshot | None = None,
    drawn: F64 | None = None,
    moments: Sequence[float] = (),
    trace: F64 | None = None,
) -> Rows:
    """`kernel.entries.play` on memory of its own; safe on any number of threads.

    `drawn` [races, n, DRAWN] sets paces and grid race by race. `moments` (race times, rising) need a `trace` with
    room for the laps of a race. The kernel is compiled first where it has not been yet (`prepare`).
    """
    prepare()
    n, classes = int(params.race[0].n), int(params.race[0].n_classes)
    if drawn is not None:
        params = params._replace(car=params.car.copy())
    rows = rows_for(params, races, len(moments))
    play(
        params,
        make_state(n, classes),
        start if start is not None else blank_snapshot(0, 0.0, 0.0),
        seed,
        first,
        drawn if drawn is not None else np.zeros((0, n, DRAWN)),
        np.array(moments, np.float64),
        trace if trace is not None else np.zeros((0, ROW_SIZE)),
        rows,
    )
    return rows
