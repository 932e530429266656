"""Differences on the same luck, as tables show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langstrecke.strategy.counterfactual.paired import Difference


MEANS = "points are percentage points; their ranges and every ± are the simulation's 95 %"
"""What the figures of every table of differences mean: said once below it."""


def points(difference: Difference) -> str:
    """A change of a probability in points with its interval."""
    if difference.gain is None and difference.change == 0:
        return "0.0"
    low, high = (f"{100 * v:+.1f}" for v in (difference.low, difference.high))
    return f"{100 * difference.change:+.1f} ({low} to {high})".replace("-", "−")


def verdict(who_wins: str, win: Difference) -> str:
    """A change of the win in one sentence, `who_wins` being `Car 01 wins DPi`."""
    if not win.change and win.gain is None:
        return f"{who_wins} as often as before: not one race turns."
    sure = "" if win.low > 0 or win.high < 0 else ", which may be chance"
    low, high, change = (f"{100 * v:+.1f}".replace("-", "−") for v in (win.low, win.high, win.change))
    told = f"{change} points (95 %: {low} to {high}){sure}"
    return f"{who_wins} in {100 * win.after:.1f} % instead of {100 * win.before:.1f} %: {told}."


def places_won(difference: Difference) -> str:
    """Places won (a lower place is better) with half the 95 % interval."""
    return either_way(-difference.change, 1.96 * difference.se, 2)


def either_way(value: float, half: float, digits: int = 1) -> str:
    """A difference with half its 95 % interval: `+1.2 ± 0.4`, `0.0 ± 0.3`."""
    change = f"{round(value, digits) or 0.0:+.{digits}f}" if round(value, digits) else f"{0:.{digits}f}"
    return f"{change} ± {half:.{digits}f}".replace("-", "−")
