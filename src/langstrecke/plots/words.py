"""Labels of figures."""

from __future__ import annotations

from langstrecke.forecast import CarForecast
from langstrecke.forecast.names import printable


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
