"""Labels of figures."""

from __future__ import annotations

from langstrecke.forecast import CarForecast
from langstrecke.formatting import printable


def label(car: CarForecast) -> tuple[str, str]:
    """Number and team."""
    return printable(car.car), printable(car.team)
