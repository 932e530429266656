"""Rule books: what a series is raced by. One TOML file per series and season, every figure with its source."""

from langstrecke.rulebooks.limits import CrewLimits, DriverLimits, crew_limits, driver_limits
from langstrecke.rulebooks.load import (
    for_event,
    known_series,
    list_rulebooks,
    load_rulebook,
    read_rulebook,
    rulebook_for,
    seasons_of,
)
from langstrecke.rulebooks.points import PointsRules, PointsScale, Title
from langstrecke.rulebooks.schema import (
    ClassificationRules,
    NeutralisationRules,
    PitRules,
    RaceClass,
    RaceRules,
    RuleBook,
)
from langstrecke.rulebooks.sourced import KeySource

__all__ = [
    "ClassificationRules",
    "CrewLimits",
    "DriverLimits",
    "KeySource",
    "NeutralisationRules",
    "PitRules",
    "PointsRules",
    "PointsScale",
    "RaceClass",
    "RaceRules",
    "RuleBook",
    "Title",
    "crew_limits",
    "driver_limits",
    "for_event",
    "known_series",
    "list_rulebooks",
    "load_rulebook",
    "read_rulebook",
    "rulebook_for",
    "seasons_of",
]
