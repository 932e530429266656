"""What many simulated races come to: counts and sums, the same size for a hundred races or a million.

All arrays are indexed by car in card order. Sums are of integers or of rounded milliseconds, so that adding chunks
in any order gives the same bits.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]


@dataclass(frozen=True)
class Outcome:
    """Summary of `races` simulated races of `n` cars.

    `class_positions[i, k]`: races in which car i was (k+1)-th of its class, unclassified cars ranked last by distance;
    `overall_positions[i, k]`: the same for the whole field; `retired[i]`: races in which it did not finish;
    `unclassified[i]`: finished too far back or not running at the flag, by the rule book;
    `laps[i]`, `laps_squared[i]`: sums over races; `stops[i]`: sum of pit stops;
    `race_*`: one figure a race, as histograms, see `simulation.engine`.
    """

    cars: tuple[str, ...]
    classes: tuple[str, ...]  # class of each car
    races: int
    seed: int
    class_positions: I64
    overall_positions: I64
    retired: I64
    unclassified: I64
    laps: I64
    laps_squared: I64
    stops: I64
    car_laps: int

    def class_position_probabilities(self) -> NDArray[np.float64]:
        """P(k-th in class), shape (n, n); rows sum to 1; columns beyond the size of the class are 0."""
        return self.class_positions / max(self.races, 1)
