"""Differences on the same luck, as tables show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langstrecke.strategy.counterfactual.paired import Difference


MEANS = "points: percentage points of probability; ± and ranges: the simulation's 95 %"
"""What the figures of every table of differences mean: said once below it."""


def points(difference: Difference) -> str:
    """A change of a probability in points with its interval."""
    if difference.gain is None and difference.change == 0:
        return "0.0"
    low, high = (f"{100 * v:+.1f}" for v in (difference.low, difference.high))
    return f"{100 * difference.change:+.1f} ({low} to {high})".replace("-", "−")


def places(difference: Difference) -> str:
    """A change of a place with half its 95 % interval."""
    return either_way(difference.change, 1.96 * difference.se, 2)


def either_way(value: float, half: float, digits: int = 1) -> str:
    """A difference with half its 95 % interval: `+1.2 ± 0.4`, `0.0 ± 0.3`."""
    change = f"{round(value, digits) or 0.0:+.{digits}f}" if round(value, digits) else f"{0:.{digits}f}"
    return f"{change} ± {half:.{digits}f}".replace("-", "−")
