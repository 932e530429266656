"""What many simulated races come to: counts and sums, the same size for a hundred races or a million.

Arrays are indexed by car in card order. All sums are of integers, so adding chunks in any order gives the same bits.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

FIGURES = (
    "winner_laps",  # of the class winner
    "winner_stops",
    "margin_s",  # class winner to second; nan where the second is a lap or more down
    "lead_lap_cars",  # classified cars of the class on the winner's lap
    "retired",
    "neutralisations",  # of the whole race, repeated for each class
    "neutral_s",
    "red_flags",
)
"""Columns of `Outcome.figures`, one row per race and class."""


@dataclass(frozen=True)
class Outcome:
    """Summary of `races` simulated races of n cars.

    `class_positions[i, k]`: races in which car i was (k+1)-th of its class, the unclassified last, by distance;
    `overall_positions[i, k]`: the same for the whole field; `retired[i]`: races in which it was not running at the
    flag; `unclassified[i]`: races in which the rule book does not classify it; `laps[i]`, `laps_squared[i]`: sums
    over races; `stops[i]`: sum of pit stops; `figures[race, class, FIGURES]`: kept on request, else empty.
    """

    cars: tuple[str, ...]
    classes: tuple[str, ...]  # class of each car
    class_names: tuple[str, ...]  # in card order
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
    figures: F64 = field(default_factory=lambda: np.zeros((0, 0, len(FIGURES))))

    @classmethod
    def empty(
        cls, cars: tuple[str, ...], classes: tuple[str, ...], class_names: tuple[str, ...], seed: int
    ) -> Outcome:
        """An outcome of no races yet."""
        n = len(cars)
        square, line = np.zeros((n, n), np.int64), np.zeros(n, np.int64)
        return cls(cars, classes, class_names, 0, seed, square, square, line, line, line, line, line, 0)

    def class_position_probabilities(self) -> F64:
        """P(k-th in class), shape (n, n); rows sum to 1; columns beyond the size of the class are 0."""
        return self.class_positions / max(self.races, 1)


def add(a: Outcome, b: Outcome) -> Outcome:
    """Both together; `a` and `b` must be of the same card and seed."""
    return replace(
        a,
        races=a.races + b.races,
        class_positions=a.class_positions + b.class_positions,
        overall_positions=a.overall_positions + b.overall_positions,
        retired=a.retired + b.retired,
        unclassified=a.unclassified + b.unclassified,
        laps=a.laps + b.laps,
        laps_squared=a.laps_squared + b.laps_squared,
        stops=a.stops + b.stops,
        car_laps=a.car_laps + b.car_laps,
    )
