"""The laps of one car as the feed has told them so far, and what follows from them alone."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right, insort
from dataclasses import dataclass
from sys import intern
from typing import NamedTuple

from langstrecke.live.feed import LapMessage
from langstrecke.timing.schema import LAPS

NEUTRAL_FLAGS = frozenset({"fcy", "safety_car", "red"})
NEUTRAL_BURN = 0.5
"""Fuel burnt on a neutralised lap over a green one: the simulation's figure (forecast.live_state has it too)."""


class Crossing(NamedTuple):
    """One row of the lap table in the order of `timing.schema.LAPS`, and where in the feed it came from."""

    race_id: str
    car: str
    car_class: str
    lap: int
    driver: str | None
    lap_time_s: float
    elapsed_s: float
    s1_s: float | None
    s2_s: float | None
    s3_s: float | None
    in_pit: bool
    pit_time_s: float | None
    flag: str | None
    kph: float | None
    team: str | None
    manufacturer: str | None
    clock_time: dt.time | None
    seq: int
    revision: int
    withdrawn: bool
    first_seq: int
    """Of the oldest message about this lap, as far as they have come: when the car crossed, in the feed's order."""


COLUMNS = len(LAPS)
assert Crossing._fields[:COLUMNS] == tuple(LAPS.names())


@dataclass(frozen=True)
class Spell:
    """One driver between two visits to the pits, in race seconds; the last one ends at the last crossing."""

    driver: str | None
    start_s: float
    end_s: float


@dataclass(frozen=True)
class CarFacts:
    """What the laps of one car say at its last crossing."""

    car_class: str
    team: str
    laps: int
    crossed_s: float
    seq: int
    """Of the message that first told of the newest lap."""
    driver: str | None
    in_pit: bool
    """The last crossing was in the pit lane."""
    finished: bool
    last_lap_s: float
    best_lap_s: float
    usual_lap_s: float
    """The middle of all laps."""
    stint_laps: int
    stint_from_s: float
    """When the car last left the pits (the start, before the first stop)."""
    fuel_laps: float
    """Green laps' worth of fuel burnt since the last stop."""
    longest_stint: float
    """Green laps' worth of fuel burnt in the longest stint so far, the one under way included."""
    stops: int
    last_stop_s: float | None
    """Time in the pit lane at the last stop that is over."""
    spells: tuple[Spell, ...]
    driven_s: dict[str, float]
    """Seconds at the wheel up to the last crossing, by the name in the feed."""
    holes: tuple[int, ...]
    """Lap numbers that must exist and have not come."""
    backwards: bool
    """Times of crossing do not rise from lap to lap: one of them is wrong."""


class CarLaps:
    """All laps of one car: the highest revision of each."""

    def __init__(self, car: str) -> None:
        self.car = car
        self.by_lap: dict[int, Crossing] = {}
        self._rows: list[Crossing] | None = []
        self._facts: CarFacts | None = None
        self._fold = _Fold()
        self._newest_s: float | None = None

    def apply(self, message: LapMessage) -> Crossing | None:
        """Take the message in: the row that holds from now on; None where it is no news."""
        old = self.by_lap.get(message.lap)
        first_seq = message.seq if old is None else min(old.first_seq, message.seq)
        if old is not None and (old.revision, old.seq) >= (message.revision, message.seq):
            if first_seq < old.first_seq:
                self._put(old._replace(first_seq=first_seq), extends=False)
            return None
        row = _crossing(message, first_seq)
        self._put(row, extends=old is None and not row.withdrawn)
        return row

    def _put(self, row: Crossing, *, extends: bool) -> None:
        self.by_lap[row.lap] = row
        self._facts = self._newest_s = None
        if extends and self._rows is not None and (not self._rows or self._rows[-1].lap < row.lap):
            self._rows.append(row)
        else:
            self._rows = None
            self._fold = _Fold()

    @property
    def rows(self) -> list[Crossing]:
        """The laps that hold, by lap number."""
        if self._rows is None:
            self._rows = [self.by_lap[lap] for lap in sorted(self.by_lap) if not self.by_lap[lap].withdrawn]
        return self._rows

    @property
    def newest_s(self) -> float:
        """The latest time of crossing; 0 without any."""
        if self._newest_s is None:
            self._newest_s = max((row.elapsed_s for row in self.rows), default=0.0)
        return self._newest_s

    def facts(self, at_s: float | None = None) -> CarFacts | None:
        """What the laps say, at a race time or with all that has come; None before the first crossing."""
        rows = self.rows
        if not rows:
            return None
        if at_s is None or rows[-1].elapsed_s <= at_s:
            if self._facts is None:
                self._facts = self._folded(self._fold, len(rows))
            return self._facts
        upto = bisect_right(rows, at_s, key=lambda row: row.elapsed_s)
        return self._folded(_Fold(), upto) if upto else None

    def _folded(self, fold: _Fold, upto: int) -> CarFacts:
        for row in self.rows[fold.count : upto]:
            fold.add(row, self.by_lap)
        return fold.facts()

    def crossings_until(self, at_s: float) -> int:
        """How many laps the car had done at this race time."""
        rows = self.rows
        upto = bisect_right(rows, at_s, key=lambda row: row.elapsed_s)
        return rows[upto - 1].lap if upto else 0

    def crossing_of(self, lap: int) -> float | None:
        """When the car ended this lap; None where that lap has not come."""
        row = self.by_lap.get(lap)
        return row.elapsed_s if row is not None and not row.withdrawn else None


def _crossing(m: LapMessage, first_seq: int) -> Crossing:
    """The row of a message; names are kept once, not once a lap, or a day's race would fill the memory with them."""
    return Crossing(
        intern(m.race_id), intern(m.car), intern(m.car_class), m.lap, _once(m.driver), m.lap_time_s, m.elapsed_s,
        m.s1_s, m.s2_s, m.s3_s, m.in_pit, m.pit_time_s, _once(m.flag), m.kph, _once(m.team), _once(m.manufacturer),
        m.clock_time, m.seq, m.revision, m.withdrawn, first_seq,
    )  # fmt: skip


def _once(text: str | None) -> str | None:
    return intern(text) if text is not None else None


class _Fold:
    """The facts of a car, one lap after the other."""

    def __init__(self) -> None:
        self.count = 0
        self._last: Crossing | None = None
        self._spells: list[Spell] = []
        self._driven: dict[str, float] = {}
        self._holes: list[int] = []
        self._sorted: list[float] = []
        self._longest = self._fuel = 0.0
        self._fresh = self._stops = 0
        self._stint_from = 0.0
        self._last_stop: float | None = None
        self._backwards = False

    def add(self, row: Crossing, known: dict[int, Crossing]) -> None:
        """The next lap by number; `known` also holds the laps taken back, which are no holes."""
        before = self._last
        lane_s = row.pit_time_s or 0.0
        begin = min(max(row.elapsed_s - row.lap_time_s + lane_s, 0.0), row.elapsed_s)
        out = before is not None and before.in_pit
        if before is None:
            self._stint_from = begin
        else:
            self._backwards |= row.elapsed_s <= before.elapsed_s
        done = before.lap if before is not None else 0
        if out:
            self._stops, self._fresh, self._fuel = self._stops + 1, done, 0.0
            self._stint_from = begin
            self._last_stop = row.pit_time_s
        self._holes += [lap for lap in range(done + 1, row.lap) if lap not in known]
        if out or not self._spells or self._spells[-1].driver != row.driver:
            self._spells.append(Spell(row.driver, begin, row.elapsed_s))
        else:
            self._spells[-1] = Spell(row.driver, self._spells[-1].start_s, row.elapsed_s)
        if row.driver is not None:
            self._driven[row.driver] = self._driven.get(row.driver, 0.0) + max(row.lap_time_s - lane_s, 0.0)
        self._fuel += NEUTRAL_BURN if row.flag in NEUTRAL_FLAGS else 1.0
        self._longest = max(self._longest, self._fuel)
        insort(self._sorted, row.lap_time_s)
        self._last = row
        self.count += 1

    def facts(self) -> CarFacts:
        """The facts so far, of at least one lap."""
        last = self._last
        assert last is not None
        return CarFacts(
            car_class=last.car_class, team=last.team or "", laps=last.lap, crossed_s=last.elapsed_s,
            seq=last.first_seq, driver=last.driver, in_pit=last.in_pit, finished=last.flag == "finish",
            last_lap_s=last.lap_time_s, best_lap_s=self._sorted[0],
            usual_lap_s=self._sorted[len(self._sorted) // 2], stint_laps=last.lap - self._fresh,
            stint_from_s=self._stint_from, fuel_laps=self._fuel, longest_stint=self._longest, stops=self._stops,
            last_stop_s=self._last_stop, spells=tuple(self._spells), driven_s=dict(self._driven),
            holes=tuple(self._holes), backwards=self._backwards,
        )  # fmt: skip
