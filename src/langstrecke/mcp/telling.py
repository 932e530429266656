"""What all tools' answers share: intervals, what is not known, and what an answer rests on."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

from langstrecke.errors import LangstreckeError
from langstrecke.formatting import plural, printable, signed
from langstrecke.services.answers.strategy import Difference
from langstrecke.services.requests.cards import CardAsk
from langstrecke.services.settings import Settings

KNOWLEDGE = {
    "before": "fitted on what was known before the race",
    "full": "fitted with the race itself, so this is no prediction",
    "hand": "made by hand",
}
UNNAMED = "nothing beyond the uncertainty drawn in the races is named by the card"


def share(value: float, races: int) -> str:
    """A probability with its 95 % Monte-Carlo interval: `25.2 % (±0.9)`."""
    half = 1.96 * sqrt(max(value * (1 - value), 0.25 / races) / races)
    return f"{100 * value:.1f} % (±{100 * half:.1f})"


def points(change: Difference) -> str:
    """A change of a chance, in percentage points, with its 95 % interval."""
    low, high = (signed(100 * v) for v in change.interval)
    return f"{signed(100 * change.change)} points (95 % interval {low} to {high})"


def places(change: Difference) -> str:
    """A change of a place with its 95 % interval; less is better."""
    low, high = (signed(v, 2) for v in change.interval)
    return f"{signed(change.change, 2)} places (95 % interval {low} to {high}; less is better)"


def told(lines: Iterable[str], notes: Iterable[str], source: str) -> str:
    """An answer: its lines, what is not known, its source."""
    open_points = [printable(note) for note in notes] or [UNNAMED]
    return "\n".join([*lines, "", "Not known: " + "; ".join(open_points), f"Source: {source}"])


def card_source(settings: Settings, name: str) -> str:
    """The card an answer was played from, and its rule book."""
    from langstrecke.services.racecards import card

    try:
        race = card(settings, CardAsk(card=name))["race"]
    except LangstreckeError:
        return f"timing of {name} in the store"
    return f"race card {name} ({KNOWLEDGE[race['knowledge']]}), rule book {race['rulebook']}"


def cut(lines: list[str], most: int, noun: str) -> list[str]:
    """The first `most` lines, and how many more there are."""
    rest = len(lines) - most
    return lines if rest <= 0 else [*lines[:most], f"... and {plural(rest, noun)} more"]
