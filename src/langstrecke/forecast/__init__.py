"""Forecasts: what the odds are, from many simulated races."""

from langstrecke.forecast.race import forecast, from_outcome
from langstrecke.forecast.result import (
    Actual,
    CarForecast,
    ClassForecast,
    DriverLine,
    Forecast,
    RaceFacts,
    StandardErrors,
)

__all__ = [
    "Actual",
    "CarForecast",
    "ClassForecast",
    "DriverLine",
    "Forecast",
    "RaceFacts",
    "StandardErrors",
    "forecast",
    "from_outcome",
]
