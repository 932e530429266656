"""How long a race that stands still will go on standing.

The timing does not tell. The four races of the data that were stopped (Watkins Glen 2021, 2022 and 2024, Austin 2025)
stood for 2,200 to 3,800 s; the clock ran on.
"""

from __future__ import annotations

import math
from itertools import pairwise

from langstrecke.racestate.model import LiveState

USUAL_S = 3000.0
"""How long a race stands still, all in all (documented default, see above)."""
LEAST_S = 600.0
"""Mean of the further wait where it has stood for as long already (default)."""
PARTS = 5
"""Equal parts the races are split into, each with a wait of its own."""


def waits(state: LiveState, races: int) -> list[tuple[float, int, int]]:
    """(further wait in seconds, first race, number of races) of every part; one with no wait where the race runs.

    The wait is exponential; each part takes its middle quantile, never beyond the scheduled end.
    """
    if state.still_since_s is None:
        return [(0.0, 0, races)]
    mean = max(USUAL_S - (state.t - state.still_since_s), LEAST_S)
    bounds = [round(races * k / PARTS) for k in range(PARTS + 1)]
    found = []
    for k, (first, last) in enumerate(pairwise(bounds)):
        wait = -mean * math.log(1.0 - (k + 0.5) / PARTS)
        if last > first:
            found.append((min(wait, state.end - state.t), first, last - first))
    return found


def goes_on_s(state: LiveState) -> float:
    """Race time at which a race that stands still is taken to go on, after the middle one of its waits; now, where it
    runs.
    """
    wait, _, _ = waits(state, PARTS)[PARTS // 2] if state.still_since_s is not None else (0.0, 0, 0)
    return state.t + wait
