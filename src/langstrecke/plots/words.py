"""Labels of figures."""

from __future__ import annotations

from langstrecke.forecast import CarForecast
from langstrecke.formatting import printable


def label(car: CarForecast) -> tuple[str, str]:
    """Number and team."""
    return printable(car.car), printable(car.team)


def percent(share: float) -> str:
    """A probability in per cent, as short as it may be."""
    if share <= 0:
        return "0"
    if share < 0.001:
        return "<0.1"
    return f"{100 * share:.1f}" if share < 0.995 else f"{100 * share:.0f}"


def signed(change: float) -> str:
    """A change of a probability in points, with a sign unless it is nothing."""
    points = round(100 * change, 1)
    return "0.0" if points == 0 else f"{points:+.1f}".replace("-", "−")
