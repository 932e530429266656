"""Fuel burnt by a car, in green laps' worth: a lap driven slowly under a neutralisation burns less."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from langstrecke.racestate.neutral import Spans
from langstrecke.racestate.standstill import STILL_S
from langstrecke.timing.neutral import NEUTRAL_BURN

SLOW_LAP = 1.08
"""A lap this much over the car's usual one, over half of it under a neutralisation, was driven slowly (default)."""


@dataclass(frozen=True)
class Stretch:
    """What a car drove from one visit to the pits to the next; the last one of a car may be under way."""

    green: float
    """Laps."""
    neutral: float
    """Laps driven slowly under a neutralisation."""
    over: bool
    """It ended with a visit to the pits that is over."""
    in_yellow: bool
    """That visit fell under a neutralisation."""
    visit_s: float | None
    """Time in the pit lane at that visit, where it is known; 0 where the car stood there under a red flag."""

    @property
    def burnt(self) -> float:
        """Green laps' worth of fuel."""
        return self.green + NEUTRAL_BURN * self.neutral


def stretches(
    ends: array[float],
    times: array[float],
    counts: array[float],
    came_in: Sequence[int],
    visits_s: Sequence[float | None],
    usual_s: float,
    spans: Spans,
) -> tuple[Stretch, ...]:
    """The laps of a car from visit to visit.

    `counts` is how many laps a row stands for: more than one where laps before it have not come. `came_in` are the
    rows of the in-laps, `visits_s` the times in the lane of those that are over.
    """
    end, time, count = np.asarray(ends), np.asarray(times), np.asarray(counts)
    slow = _neutralised(end, time, usual_s, spans)
    edges = [0, *(k + 1 for k in came_in), len(end)]
    found = []
    for n, (a, b) in enumerate(pairwise(edges)):
        if a == b:  # in the pits now: nothing has been driven since
            continue
        laps, neutral = float(count[a:b].sum()), float(count[a:b][slow[a:b]].sum())
        over = n < len(visits_s)
        in_yellow = over and bool(slow[b - 1] or slow[b])
        visit = visits_s[n] if over else None
        if over and visit is None and time[b - 1] > usual_s + STILL_S:
            visit = 0.0  # the race stood still, the car in the lane: nothing is done there under a red flag
        found.append(Stretch(laps - neutral, neutral, over, in_yellow, visit))
    return tuple(found)


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
