"""The race card: one human-readable TOML file that holds all it takes to play one race."""

from langstrecke.racecard.apply import apply_patch
from langstrecke.racecard.ground import grounds
from langstrecke.racecard.io import card_facts, card_json, check_card, read_card, write_card
from langstrecke.racecard.patch import Patch, assignments, joined, read_patch
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
from langstrecke.racecard.shipped import list_cards, load_card, shipped_facts
from langstrecke.racecard.text import card_text, rounded
from langstrecke.racecard.warn import warnings_of

__all__ = [
    "ActualResult",
    "CircuitInfo",
    "ClassFigures",
    "Driver",
    "Entry",
    "Neutralisation",
    "Patch",
    "RaceCard",
    "RaceInfo",
    "Weather",
    "apply_patch",
    "assignments",
    "card_facts",
    "card_json",
    "card_text",
    "check_card",
    "grounds",
    "joined",
    "list_cards",
    "load_card",
    "read_card",
    "read_patch",
    "rounded",
    "shipped_facts",
    "warnings_of",
    "write_card",
]
