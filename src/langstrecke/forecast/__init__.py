"""Forecasts: what the odds are, from many simulated races."""

from langstrecke.forecast.mixture import forecast_what_if
from langstrecke.forecast.race import forecast, from_outcome
from langstrecke.forecast.result import (
    Actual,
    CarForecast,
    ClassForecast,
    DriverLine,
    Forecast,
    PlayedChange,
    PlayedRace,
    StandardErrors,
)

__all__ = [
    "Actual",
    "CarForecast",
    "ClassForecast",
    "DriverLine",
    "Forecast",
    "PlayedChange",
    "PlayedRace",
    "StandardErrors",
    "forecast",
    "forecast_what_if",
    "from_outcome",
]
