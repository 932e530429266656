"""Langstrecke: an endurance-racing workbench, from timing files to scored odds.

    import langstrecke as ls

    race = ls.load("23_Analysis_Race.CSV")        # a Session: laps, stints, stops, periods, clean_laps
    odds = ls.forecast(ls.load_card("le-mans-2019"), races=10_000)
    ls.plots.win_bars(odds, "LMP2")

Every name is loaded when it is first used; docs/python.md shows them all.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langstrecke import plots
    from langstrecke.api import Store, card_from, changed, open_store, plan, what_if, window
    from langstrecke.errors import LangstreckeError
    from langstrecke.forecast.race import forecast
    from langstrecke.racecard import RaceCard, list_cards, load_card
    from langstrecke.timing.session import Session, load

__version__ = "0.2.0"

_HOMES = {
    "langstrecke.api": ("Store", "card_from", "changed", "open_store", "plan", "what_if", "window"),
    "langstrecke.errors": ("LangstreckeError",),
    "langstrecke.racecard": ("RaceCard", "list_cards", "load_card"),
    "langstrecke.timing.session": ("Session", "load"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}
_MODULES = ("forecast", "plots")
"""Rooms that are names of the front door themselves; `forecast` can be called."""

__all__ = [
    "LangstreckeError",
    "RaceCard",
    "Session",
    "Store",
    "__version__",
    "card_from",
    "changed",
    "forecast",
    "list_cards",
    "load",
    "load_card",
    "open_store",
    "plan",
    "plots",
    "what_if",
    "window",
]


def __getattr__(name: str) -> Any:
    # Readers bring Polars, the store DuckDB, figures matplotlib: who does not ask for them need not wait for them.
    if name in _MODULES:
        return importlib.import_module(f"langstrecke.{name}")
    if name in _HOME:
        return getattr(importlib.import_module(_HOME[name]), name)
    raise AttributeError(f"module 'langstrecke' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
