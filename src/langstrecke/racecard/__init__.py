"""The race card: one human-readable TOML file that holds all it takes to play one race."""

from langstrecke.racecard.io import card_json, check_card, read_card, write_card
from langstrecke.racecard.schema import (
    ActualResult,
    CircuitInfo,
    ClassFigures,
    Driver,
    Entry,
    Neutralisation,
    RaceCard,
    RaceInfo,
    Weather,
)
from langstrecke.racecard.shipped import list_cards, load_card
from langstrecke.racecard.text import card_text, rounded

__all__ = [
    "ActualResult",
    "CircuitInfo",
    "ClassFigures",
    "Driver",
    "Entry",
    "Neutralisation",
    "RaceCard",
    "RaceInfo",
    "Weather",
    "card_json",
    "card_text",
    "check_card",
    "list_cards",
    "load_card",
    "read_card",
    "rounded",
    "write_card",
]
