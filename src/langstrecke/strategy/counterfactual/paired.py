"""Two ways to race, compared on the same luck: differences and their intervals from paired races."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]

SURE = 1.96
"""Standard errors either side of a 95 % interval."""


@dataclass(frozen=True)
class Difference:
    """What a change makes of one figure. `low` and `high` bound the simulation's error (95 %), nothing else.

    `gain` says how many times fewer races the shared luck needs than independent draws for the same standard error;
    None where no race came out otherwise.
    """

    before: float
    after: float
    change: float
    se: float
    low: float
    high: float
    gain: float | None
    races: int

    def to_json(self) -> dict[str, Any]:
        """Rounded figures."""
        data: dict[str, Any] = {k: round(getattr(self, k), 6) for k in ("before", "after", "change", "se")}
        data["interval"] = [round(self.low, 6), round(self.high, 6)]
        data["fewer_races"] = None if self.gain is None else round(self.gain, 1)
        return data


def difference(before: F64, after: F64) -> Difference:
    """Mean of `after - before` over paired races.

    Where not one of n races differs the interval is three in n, the largest rate that would hide so with 5 %.
    """
    n = len(before)
    if n < 2 or n != len(after):
        raise ValueError("pairs of at least two races are needed")
    apart = after - before
    change = float(apart.mean())
    variance = float(apart.var(ddof=1))
    se = math.sqrt(variance / n)
    alone = float(before.var(ddof=1) + after.var(ddof=1))
    half = SURE * se if variance > 0 else 3.0 / n
    gain = alone / variance if variance > 0 and alone > 0 else None
    return Difference(float(before.mean()), float(after.mean()), change, se, change - half, change + half, gain, n)
