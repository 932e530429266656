"""Differences on the same luck, as tables show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langstrecke.strategy.counterfactual.paired import Difference


def points(difference: Difference) -> str:
    """A change of a probability in points with its interval."""
    if difference.gain is None and difference.change == 0:
        return "0.0"
    low, high = (f"{100 * v:+.1f}" for v in (difference.low, difference.high))
    return f"{100 * difference.change:+.1f} ({low} to {high})".replace("-", "−")


def places(difference: Difference) -> str:
    """A change of a place with half its interval."""
    return f"{difference.change:+.2f} ± {1.96 * difference.se:.2f}".replace("-0.00", "0.00").replace("-", "−")
