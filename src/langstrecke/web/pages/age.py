"""How old an answer about a race under way is, in words."""

from __future__ import annotations

from langstrecke.formatting import race_time

STALE_S = 180.0
"""Advice is marked old when the race has moved on by this: a lap and a half (default)."""


def age_words(at_s: float | None, race_s: float) -> str:
    """What stands beside advice worked out at a race time: nothing while it is fresh, or where there is none."""
    if at_s is None or 0.0 <= race_s - at_s <= STALE_S:
        return ""
    return f"OLD: worked out at {race_time(at_s)}, the race is at {race_time(race_s)}"
