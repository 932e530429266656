"""Fuel burnt by a car, in green laps' worth: a lap driven slowly under a neutralisation burns less."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from langstrecke.racestate.neutral import Spans
from langstrecke.timing.neutral import NEUTRAL_BURN

SLOW_LAP = 1.08
"""A lap this much over the car's usual one, over half of it under a neutralisation, was driven slowly (default)."""


def burnt(
    ends: array[float],
    times: array[float],
    counts: array[float],
    came_in: Sequence[int],
    usual_s: float,
    spans: Spans,
) -> tuple[float, float]:
    """(since the last stop that is over, in the longest stretch between two visits to the pits) of a car's laps.

    `counts` is how many laps a row stands for: more than one where laps before it have not come. `came_in` are the
    rows of the in-laps; the stretch under way counts.
    """
    end, time = np.asarray(ends), np.asarray(times)
    burn = np.where(_neutralised(end, time, usual_s, spans), NEUTRAL_BURN, 1.0) * np.asarray(counts)
    total = np.append(0.0, np.cumsum(burn))
    edges = [0, *(k + 1 for k in came_in), len(burn)]
    stopped = [k for k in came_in if k < len(burn) - 1]
    fresh = stopped[-1] + 1 if stopped else 0
    return float(total[-1] - total[fresh]), float(np.diff(total[edges]).max())


def _neutralised(
    end: NDArray[np.float64], time: NDArray[np.float64], usual_s: float, spans: Spans
) -> NDArray[np.bool_]:
    """Laps of which over half was driven under a neutralisation, and slowly."""
    if not spans:
        return np.zeros(len(end), dtype=bool)
    a, b = np.array(spans).T
    inside = np.minimum(end[:, None], b) - np.maximum((end - time)[:, None], a)
    slowed = np.maximum(inside, 0.0).sum(axis=1)
    return np.asarray((slowed > 0.5 * time) & (time > SLOW_LAP * usual_s), dtype=bool)
