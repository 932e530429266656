"""When the field crossed the line, and the stretches in which nobody did."""

from __future__ import annotations

from bisect import bisect_left, insort
from itertools import pairwise


class FieldTimes:
    """Times of all crossings, kept sorted; long silences are found as they come."""

    def __init__(self, silence_s: float) -> None:
        self._silence_s = silence_s
        self._times: list[float] = []
        self._long: list[tuple[float, float]] | None = []

    def add(self, at_s: float) -> None:
        """A car crossed."""
        if not self._times or at_s >= self._times[-1]:
            if self._long is not None and self._times and at_s - self._times[-1] > self._silence_s:
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

    def silences(self, now_s: float) -> tuple[tuple[float, float], ...]:
        """Stretches without any crossing up to now, the one under way included."""
        if self._long is None:
            self._long = [(a, b) for a, b in pairwise(self._times) if b - a > self._silence_s]
        found = [(a, min(b, now_s)) for a, b in self._long if a < now_s]
        if self._times and now_s - self._times[-1] > self._silence_s:
            found.append((self._times[-1], now_s))
        return tuple(found)
