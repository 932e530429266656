"""Lines that grow: what has to be sent so that a chart shows them as they now are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Points = list[Any]
"""[x, y] pairs, or the pieces of a band."""


def tails(before: Mapping[str, Points], after: Mapping[str, Points]) -> tuple[bool, dict[str, Points]]:
    """What must be sent to get from one set of lines to the other: (whole, lines).

    Not whole: the points to be added. Whole, where an older point has changed: all lines.
    """
    added = {}
    for car, points in after.items():
        old = before.get(car, [])
        if points[: len(old)] != old:
            return True, dict(after)
        if len(points) > len(old):
            added[car] = points[len(old) :]
    return False, added


def thinned(points: Points, most: int) -> Points:
    """Every n-th point, so that no more than about `most` are left; which are left does not change as the line grows
    within a power of two of its length.
    """
    every = 1
    while len(points) // every > most:
        every *= 2
    return points[::every]


def in_hours(points: Points) -> Points:
    """The same points with x in hours instead of seconds."""
    return [[round(x / 3600.0, 4), y] for x, y in points]
