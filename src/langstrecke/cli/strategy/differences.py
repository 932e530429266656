"""Differences on the same luck, as tables show them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langstrecke.formatting import percent, signed
from langstrecke.formatting import points as change_of
from langstrecke.language import decimals

if TYPE_CHECKING:
    from langstrecke.strategy.counterfactual.paired import Difference


MEANS = "points are percentage points; their ranges and every ± are the simulation's 95 %"
"""What the figures of every table of differences mean: said once below it."""


def points(difference: Difference) -> str:
    """A change of a probability in points with its interval."""
    if difference.gain is None and difference.change == 0:
        return signed(0.0)
    return f"{change_of(difference.change)} ({change_of(difference.low)} to {change_of(difference.high)})"


def verdict(who_wins: str, win: Difference) -> str:
    """A change of the win in one sentence, `who_wins` being `Car 01 wins DPi`."""
    if not win.change and win.gain is None:
        return f"{who_wins} as often as before: not one race turns."
    sure = "" if win.low > 0 or win.high < 0 else ", which may be chance"
    low, high, change = (change_of(v) for v in (win.low, win.high, win.change))
    told = f"{change} points (95 %: {low} to {high}){sure}"
    return f"{who_wins} in {percent(win.after)} instead of {percent(win.before)}: {told}."


def places_won(difference: Difference) -> str:
    """Places won (a lower place is better) with half the 95 % interval."""
    return either_way(-difference.change, 1.96 * difference.se, 2)


def either_way(value: float, half: float, digits: int = 1) -> str:
    """A difference with half its 95 % interval: `+1.2 ± 0.4`, `0.0 ± 0.3`."""
    return f"{signed(value, digits)} ± {decimals(f'{half:.{digits}f}')}"
