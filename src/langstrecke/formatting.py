"""How names, times, gaps and percentages are written, wherever a result is shown."""

from __future__ import annotations

import re

_PARTICLES = frozenset(
    (
        "van",
        "von",
        "der",
        "den",
        "de",
        "di",
        "da",
        "del",
        "della",
        "do",
        "dos",
        "du",
        "la",
        "le",
        "pier",
        "ten",
        "ter",
    )
)
_SUFFIXES = {"jr", "jr.", "sr", "sr.", "ii", "iii"}
_OUT = re.compile(r"retire|not running|dnf|dns|did not|withdr|disq|dsq|not classified|^nc$|^ret", re.IGNORECASE)


def printable(text: str) -> str:
    """A name on one line without control characters: what a card says must not act on a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def surname(name: str) -> str:
    """`Renger van der Zande` -> `van der Zande`; `Oswaldo Negri Jr.` -> `Negri Jr.`."""
    parts = printable(name).split()
    if len(parts) < 2:
        return " ".join(parts)
    first = len(parts) - 1
    while first > 1 and parts[first].casefold() in _SUFFIXES:
        first -= 1
    while first > 1 and parts[first - 1].casefold() in _PARTICLES:
        first -= 1
    return " ".join(parts[first:])


def is_out(status: str) -> bool:
    """Whether a result's status says that the car did not finish."""
    return _OUT.search(status) is not None
