"""The laps of one car as they come, and what follows from them alone: one lap after the other, each counted once.

A lap that follows the newest one is added to what is known. A lap put right, taken back or late has the laps of this
car counted anew, and no other's.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right, insort
from collections.abc import Container, Sequence
from functools import lru_cache
from itertools import pairwise

from langstrecke.racestate.burn import stretches
from langstrecke.racestate.lap import Lap
from langstrecke.racestate.model import CarState, Spell
from langstrecke.racestate.neutral import Spans
from langstrecke.timing.people import person


@lru_cache(maxsize=4096)
def person_key(name: str) -> str:
    """`timing.people.person`, remembered: the same few names come thousands of times."""
    return person(name)


class CarLaps:
    """All laps of one car."""

    def __init__(self, car: str) -> None:
        self.car = car
        self._by_lap: dict[int, Lap] = {}
        self._gone: set[int] = set()
        self._rows: list[Lap] | None = []
        self._rises: bool | None = True
        self._restart()

    def _restart(self) -> None:
        self._now = _Count()
        self._then = _Count()
        self._newest_s: float | None = None

    def put(self, lap: Lap) -> Lap | None:
        """A lap, or another version of it: the one it takes the place of."""
        old = self._by_lap.get(lap.lap)
        self._by_lap[lap.lap] = lap
        self._gone.discard(lap.lap)
        if old is None and self._rows is not None and (not self._rows or self._rows[-1].lap < lap.lap):
            if self._rises and self._rows:
                self._rises = self._rows[-1].elapsed_s < lap.elapsed_s
            self._rows.append(lap)
            self._newest_s = None
        else:
            self._rows = self._rises = None
            self._restart()
        return old

    def withdraw(self, lap: int) -> Lap | None:
        """The lap was none, and is not missing either: what is taken back."""
        old = self._by_lap.pop(lap, None)
        self._gone.add(lap)
        self._rows = self._rises = None
        self._restart()
        return old

    @property
    def rows(self) -> list[Lap]:
        """The laps that hold, by lap number."""
        if self._rows is None:
            self._rows = [self._by_lap[lap] for lap in sorted(self._by_lap)]
        return self._rows

    @property
    def newest_s(self) -> float:
        """The latest time of crossing; 0 without any."""
        if self._newest_s is None:
            self._newest_s = max((row.elapsed_s for row in self.rows), default=0.0)
        return self._newest_s

    def state(self, at_s: float, spans: Spans) -> CarState | None:
        """What the laps until a race time say; None before the first crossing.

        `spans` are the neutralised stretches of the race, in which less fuel is burnt.
        """
        rows = self.rows
        if self.newest_s <= at_s:
            count = self._now
        else:
            rows = self._until(at_s)
            if self._then.laps > len(rows):
                self._then = _Count()
            count = self._then
        if not rows:
            return None
        return count.state(rows, self._gone, spans)

    def _until(self, at_s: float) -> list[Lap]:
        """The laps that ended by then; where the times run backwards they are looked at one by one."""
        rows = self.rows
        if self._rises is None:
            self._rises = all(a.elapsed_s < b.elapsed_s for a, b in pairwise(rows))
        if self._rises:
            return rows[: bisect_right(rows, at_s, key=lambda row: row.elapsed_s)]
        self._then = _Count()
        return [row for row in rows if row.elapsed_s <= at_s]

    def laps_until(self, at_s: float) -> int:
        """How many laps the car had done at this race time."""
        rows = self.rows if self.newest_s <= at_s else self._until(at_s)
        return rows[-1].lap if rows else 0

    def crossing_of(self, lap: int) -> float | None:
        """When the car ended this lap; None where that lap has not come."""
        row = self._by_lap.get(lap)
        return row.elapsed_s if row is not None else None

    @property
    def holes(self) -> tuple[int, ...]:
        """Laps that must exist and have not come."""
        rows = self.rows
        if not rows or rows[-1].lap == len(rows):
            return ()
        return tuple(n for n in range(1, rows[-1].lap) if n not in self._by_lap and n not in self._gone)


class _Count:
    """The laps of one car counted up to one of them."""

    def __init__(self) -> None:
        self.laps = 0
        self.backwards = False
        self._last: Lap | None = None
        self._spells: list[Spell] = []
        self._driven: dict[str, tuple[str, float]] = {}
        self._holes: list[int] = []
        self._sorted: list[float] = []
        self._ends, self._times, self._counts = array("d"), array("d"), array("d")
        self._came_in: list[int] = []
        self._visits_s: list[float | None] = []
        self._fresh = 0
        self._stint_from = self._longest_stop = 0.0
        self._last_stop: float | None = None
        self._known: tuple[int, Spans, CarState] | None = None

    def state(self, rows: Sequence[Lap], gone: Container[int], spans: Spans) -> CarState:
        """The state after `rows`, of which the first have been counted before; worked out once for the same spans."""
        for row in rows[self.laps :]:
            self._add(row, gone)
        if self._known is None or self._known[0] != self.laps or self._known[1] is not spans:
            self._known = (self.laps, spans, self._state(spans))
        return self._known[2]

    def _add(self, row: Lap, gone: Container[int]) -> None:
        before = self._last
        lane_s = row.pit_time_s or 0.0
        out = before is not None and before.in_pit
        waits = lane_s if before is not None else 0.0  # at the end of the pit lane, for a start from there
        begin = min(max(row.elapsed_s - row.lap_time_s + waits, 0.0), row.elapsed_s)
        done = before.lap if before is not None else 0
        if before is None:
            self._stint_from = begin
        else:
            self.backwards |= row.elapsed_s <= before.elapsed_s
        if out:
            self._fresh, self._stint_from, self._last_stop = done, begin, row.pit_time_s
            self._visits_s.append(row.pit_time_s)
        missing = [lap for lap in range(done + 1, row.lap) if lap not in gone]
        self._holes += missing
        self._aboard(row, begin, lane_s, out=out)
        insort(self._sorted, row.lap_time_s)
        self._ends.append(row.elapsed_s)
        self._times.append(row.lap_time_s)
        self._counts.append(
            float(row.lap - done)
        )  # a lap that has not come, or was taken back, was driven for its number
        self._longest_stop = max(self._longest_stop, lane_s)
        if row.in_pit:
            self._came_in.append(self.laps)
        self._last = row
        self.laps += 1

    def _aboard(self, row: Lap, begin: float, lane_s: float, *, out: bool) -> None:
        """Who drove the lap: a spell goes on until the next visit to the pits or the next driver."""
        last = self._spells[-1] if self._spells else None
        key = person_key(row.driver) if row.driver is not None else None
        same = last is not None and key == (person_key(last.driver) if last.driver is not None else None)
        if last is None or out or not same:
            self._spells.append(Spell(row.driver, begin, row.elapsed_s))
        else:
            self._spells[-1] = Spell(last.driver, last.start_s, row.elapsed_s)
        if key is not None and row.driver is not None:
            name, before = self._driven.get(key, (row.driver, 0.0))
            self._driven[key] = (name, before + max(row.lap_time_s - lane_s, 0.0))

    def _state(self, spans: Spans) -> CarState:
        last = self._last
        assert last is not None
        half = len(self._sorted) // 2
        usual = self._sorted[half] if len(self._sorted) % 2 else (self._sorted[half - 1] + self._sorted[half]) / 2.0
        stopped = [k for k in self._came_in if k < self.laps - 1]
        driven = stretches(self._ends, self._times, self._counts, self._came_in, self._visits_s, usual, spans)
        return CarState(
            car=last.car, car_class=last.car_class, team=last.team or "", rows=self.laps, laps=last.lap,
            crossed_s=last.elapsed_s, driver=last.driver, in_pit=last.in_pit, finished=last.flag == "finish",
            last_lap_s=last.lap_time_s, best_lap_s=self._sorted[0], usual_lap_s=usual,
            stint_laps=last.lap - self._fresh, stint_from_s=self._stint_from, stretches=driven,
            stops_s=tuple(self._ends[k] for k in stopped), last_stop_s=self._last_stop,
            longest_stop_s=self._longest_stop, spells=tuple(self._spells),
            driven_s=tuple(self._driven.values()), holes=tuple(self._holes), backwards=self.backwards,
        )  # fmt: skip
