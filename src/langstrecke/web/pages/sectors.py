"""The sectors of every car's last lap, and which of them are bests: kept up to date lap by lap."""

from __future__ import annotations

from typing import Any

from langstrecke.live.feed_state import FeedState
from langstrecke.racestate.lap import Lap

OWN, BEST = 1, 2
"""The car's best so far; the best of its class so far."""


class Sectors:
    """The sectors of one race. `look` takes in what has come since; a race that began anew is counted anew."""

    def __init__(self) -> None:
        self._state: FeedState | None = None
        self._clear()

    def _clear(self) -> None:
        self._counted: dict[str, int] = {}
        self._own: dict[str, list[float]] = {}
        self._class: dict[str, list[float]] = {}

    def look(self, state: FeedState) -> dict[str, dict[str, Any]]:
        """The fields s1 to s3 and their marks m1 to m3, by car."""
        if state is not self._state:
            self._state = state
            self._clear()
        found: dict[str, dict[str, Any]] = {}
        for number, car in state.cars.items():
            rows = car.rows
            if len(rows) < self._counted.get(number, 0):
                self._clear()
                return self.look(state)
            for lap in rows[self._counted.get(number, 0) :]:
                self._count(number, lap)
            self._counted[number] = len(rows)
            if rows:
                found[number] = self._fields(number, rows[-1])
        return found

    def _count(self, car: str, lap: Lap) -> None:
        own = self._own.setdefault(car, [float("inf")] * 3)
        best = self._class.setdefault(lap.car_class, [float("inf")] * 3)
        for k, time in enumerate((lap.s1_s, lap.s2_s, lap.s3_s)):
            if time is not None and time > 0.0:
                own[k], best[k] = min(own[k], time), min(best[k], time)

    def _fields(self, car: str, lap: Lap) -> dict[str, Any]:
        own, best = self._own[car], self._class[lap.car_class]
        fields: dict[str, Any] = {}
        for k, time in enumerate((lap.s1_s, lap.s2_s, lap.s3_s)):
            fields[f"s{k + 1}"] = time
            mark = 0 if time is None or time > own[k] else BEST if time <= best[k] else OWN
            fields[f"m{k + 1}"] = mark
        return fields
