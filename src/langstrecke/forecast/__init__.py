"""Forecasts: what the odds are, from many simulated races.

    odds = langstrecke.forecast(card, races=10_000)

The package can be called: it plays the card and returns a `Forecast`, as `forecast.race.forecast` says. Probabilities
are 0..1, times seconds; CardError for a card that cannot be played.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from langstrecke.forecast.mixture import forecast_what_if
from langstrecke.forecast.race import forecast, from_outcome
from langstrecke.forecast.result import (
    Actual,
    CarForecast,
    ClassForecast,
    DriverLine,
    Forecast,
    PlayedChange,
    PlayedOdds,
    PlayedRace,
    StandardErrors,
)

if TYPE_CHECKING:
    from langstrecke.racecard.schema import RaceCard

__all__ = [
    "Actual",
    "CarForecast",
    "ClassForecast",
    "DriverLine",
    "Forecast",
    "PlayedChange",
    "PlayedOdds",
    "PlayedRace",
    "StandardErrors",
    "forecast",
    "forecast_what_if",
    "from_outcome",
]


class _Forecasting(ModuleType):
    """The room and, at the front door, the verb: `langstrecke.forecast(card)`."""

    def __call__(self, card: RaceCard, races: int = 10_000, seed: int = 1, **more: Any) -> Forecast:
        """Play the card's race `races` times: who wins, how often, with what spread.

        Probabilities are 0..1, times seconds; `more` are the options of `forecast.race.forecast` (threads, progress,
        engine). CardError for a card that cannot be played.
        """
        return forecast(card, races, seed, **more)


sys.modules[__name__].__class__ = _Forecasting
