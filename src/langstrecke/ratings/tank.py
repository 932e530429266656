"""Laps on a tank (or on a stint's energy) from the stints of one class in one race, most of which say only a bound.

A stint that a crew ended under green ran the tank nearly dry, or was ended early for its own reasons: a mixture of
an edge with a short tail below it and of anything shorter. A stint ended by a yellow, by the flag or in the rain was
censored: the tank held at least as much. Laps under yellow count as half a green one, and are unsure by as much as
their number. The likelihood is put on a grid of tanks; its mean and spread are the answer. Nothing is thrown away for
having met a yellow, which in races full of them leaves only the short stints.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from langstrecke.timing.neutral import NEUTRAL_BURN

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MIN_STINTS = 4
"""Stints ended by a stop from which a tank is told (default)."""

LEFT_SHARE = 0.04
"""Mean of what is left in the tank, as a share of it, where a crew stops for fuel (documented default)."""

CAR_SHARE = 0.012
"""How far cars of a class differ, as a share of the tank (documented default)."""

YELLOW_LAPS = 0.12
"""What each neutralised lap of a stint leaves unsure, in green laps (documented default)."""

ODD = 0.02
"""Share of stints that fit nothing: a stop the timing missed, a lap too many (documented default)."""

FULL_SHARES = (0.1, 0.25, 0.4, 0.55, 0.7, 0.85)
"""Shares of green-ended stints that went to the edge, weighed equally: crews and races differ."""

STEP = 0.01
ROOM = 1.25
"""The grid of tanks: log steps, and how far it reaches over the longest stint."""


@dataclass(frozen=True)
class Stints:
    """Stints of one class, n of them: green laps, neutralised laps, whether each ended without telling (censored)."""

    green: Floats
    neutral: Floats
    censored: Bools

    @property
    def burnt(self) -> Floats:
        """Green laps' worth of fuel."""
        return self.green + NEUTRAL_BURN * self.neutral


def tank_of(
    stints: Stints, prior: tuple[float, float] | None = None, weight_each: float = 1.0
) -> tuple[float, float]:
    """Green laps on a tank and its relative standard error.

    `prior` is what was believed before, in the same terms; without it one stint at least is needed. `weight_each` is
    what a stint counts for against an independent one.
    """
    x = stints.burnt[None, :]
    longest = float(x.max(initial=0.0 if prior is None else prior[0]))
    tank = np.exp(np.arange(np.log(max(0.4 * longest, 2.0)), np.log(ROOM * longest + 1.0), STEP))[:, None]
    noise = np.hypot(CAR_SHARE * tank, YELLOW_LAPS * stints.neutral[None, :])
    left = LEFT_SHARE * tank
    over = tank - x
    # density of the edge: tank less an exponential rest, plus Gaussian noise
    edge = (
        np.exp(np.minimum(-over / left + noise**2 / (2 * left**2), 50.0)) / left * ndtr(over / noise - noise / left)
    )
    holds = ndtr(over / noise)
    parts = []
    for share in FULL_SHARES:
        green = (1 - ODD) * (share * edge + (1 - share) * holds / tank) + ODD / (2 * tank)
        censored = (1 - ODD) * holds + ODD / 2
        parts.append(np.log(np.where(stints.censored[None, :], censored, green)).sum(axis=1))
    likelihood = np.logaddexp.reduce(np.array(parts), axis=0)
    if prior is not None:
        likelihood = weight_each * likelihood - 0.5 * ((np.log(tank[:, 0]) - np.log(prior[0])) / prior[1]) ** 2
    weight = np.exp(likelihood - likelihood.max())
    weight /= weight.sum()
    logs = np.log(tank[:, 0])
    mean = float(weight @ logs)
    return float(np.exp(mean)), float(np.sqrt(weight @ (logs - mean) ** 2))
