"""Which series are run by one set of people, and by which neutralisation rules in which season."""

from __future__ import annotations

TWO_KINDS = ("wec", "le-mans")
"""Run by one set of people; they know full-course yellows and safety cars both."""
SAFETY_CAR_SINCE = 2023
"""From this season on the WEC and Le Mans bunch the field behind a safety car with pass-around (rule books wec-2023,
le-mans-2023): before it, full-course yellows were short and gaps stayed."""


def region(series: str) -> str:
    """Series run by one set of people in one way: the WEC and Le Mans are one, every other series is its own."""
    return "aco" if series in TWO_KINDS else series


def regime(series: str, season: int) -> str:
    """The set of neutralisation rules a race was run by: a series, the WEC and Le Mans by what they did then."""
    return f"{series}-safety-car" if series in TWO_KINDS and season >= SAFETY_CAR_SINCE else series
