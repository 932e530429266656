"""When the field crossed the line, and the stretches in which nobody did: so a race looks that stands still."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from itertools import pairwise

from langstrecke.racestate.neutral import Spans

STILL_S = 240.0
"""No car crosses for this long: the race stands still, and nobody is late meanwhile (a safety car's queue is round
sooner; default)."""


class FieldTimes:
    """Times of all crossings, kept sorted; long silences are found as they come."""

    def __init__(self, times: Iterable[float] = ()) -> None:
        self._times = sorted(times)
        self._long: list[tuple[float, float]] | None = None

    def add(self, at_s: float) -> None:
        """A car crossed."""
        if not self._times or at_s >= self._times[-1]:
            if self._long is not None and self._times and at_s - self._times[-1] > STILL_S:
                self._long.append((self._times[-1], at_s))
            self._times.append(at_s)
            return
        insort(self._times, at_s)
        self._long = None

    def remove(self, at_s: float) -> None:
        """A crossing is taken back."""
        k = bisect_left(self._times, at_s)
        if k < len(self._times) and self._times[k] == at_s:
            del self._times[k]
            self._long = None

    def silences(self, now_s: float) -> Spans:
        """Stretches without any crossing as they showed at race time `now_s`, the one under way then included."""
        if self._long is None:
            self._long = [(a, b) for a, b in pairwise(self._times) if b - a > STILL_S]
        found = [(a, min(b, now_s)) for a, b in self._long if now_s - a > STILL_S]
        if self._times and now_s - self._times[-1] > STILL_S:
            found.append((self._times[-1], now_s))
        return tuple(found)
