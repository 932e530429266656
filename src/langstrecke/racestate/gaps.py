"""Order of a race and gaps in it at one moment.

The order is that of laps completed, then of the time of the last crossing. A gap is told as on timing screens: whole
laps where a car is a lap or more down, else the seconds that lay between the two at the end of the same lap. `timing
.derive.class_gaps` is the same gap in seconds lap by lap.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Gap(NamedTuple):
    """How far one car is behind another."""

    laps: int
    """Whole laps; 0 for less than one."""
    seconds: float | None
    """At the end of the same lap. None a lap or more down, and where it is not known: a lap has not come, or the car
    behind ended that lap first and has not crossed the line since."""


class Crossings(Protocol):
    """The crossings of one car, as `car.CarLaps` has them."""

    def laps_until(self, at_s: float) -> int:
        """Laps done at a race time."""
        ...

    def crossing_of(self, lap: int) -> float | None:
        """When it ended a lap."""
        ...


LEADS = Gap(0, 0.0)


def order_key(laps: int, crossed_s: float, car: str) -> tuple[int, float, str]:
    """By which cars that have crossed the line are sorted."""
    return -laps, crossed_s, car


def behind_s(laps: int, crossed_s: float, other: Crossings) -> float | None:
    """Seconds a car that ended its lap `laps` at `crossed_s` was behind another at the end of it; None where that is
    not known, or it was ahead.
    """
    then = other.crossing_of(laps)
    return crossed_s - then if then is not None and crossed_s >= then else None


def gap_to(laps: int, crossed_s: float, other: Crossings, now_s: float, *, stopped: bool) -> Gap:
    """The gap of a car that ended its lap `laps` at `crossed_s` to a car ahead of it in the order, at `now_s`.

    Laps down are those the other had done more when this car crossed, or will have when it crosses next at the
    earliest, whichever are more: so nobody shows fewer laps down than a car ahead in the order. A car that will not
    cross again (`stopped`) is down by all the laps it lacks.
    """
    done = other.laps_until(now_s)
    down = done - laps if stopped else max(other.laps_until(crossed_s) - laps, done - laps - 1, 0)
    return Gap(down, None if down else behind_s(laps, crossed_s, other))


def never_nearer(gaps: Sequence[Gap]) -> list[Gap]:
    """Gaps to one leader in the order of the race, none with fewer laps than one before.

    A car that stopped for good counts the lap it is on, one behind it that drives may not: it gets it too.
    """
    found: list[Gap] = []
    for gap in gaps:
        most = found[-1].laps if found else 0
        found.append(gap if gap.laps >= most else Gap(most, None))
    return found
