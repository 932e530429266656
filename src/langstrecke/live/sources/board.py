"""Laps out of a board: services that show the race as it stands (a row a car), look after look.

    board = Board(ledger, slack_s=5.0)
    board.look(clock_s, rows)          # whenever the service has sent its table

A car that shows one lap more has crossed the line. When it did is, best first: the race time the service prints; the
end of its lap before and its lap time, where that fits the clock of the look; the clock itself, and then the lap says
so (`estimated`). In a race joined in its middle the first lap told of a car may have no time: its mean lap stands
there, and the lap says so too. A lap that was over and gone between two looks is not made up: it stays a hole, and
the table marks the car.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from langstrecke.live.messages import FeedEntry
from langstrecke.live.sources.car_numbers import CarNumbers
from langstrecke.live.sources.ledger import Ledger

HOLD_S = 5.0
"""A lap time like the one before may be the old one still shown: so long it is waited for another (default)."""
SHORTEST_LAP_S = 5.0
"""Nothing shorter is a lap time: services print 0 for a lap that has none."""


@dataclass(frozen=True)
class BoardRow:
    """One car as the service shows it. None: not shown."""

    car: str
    laps: int
    car_class: str = ""
    driver: str | None = None
    team: str | None = None
    vehicle: str | None = None
    last_lap_s: float | None = None
    sectors: tuple[float | None, float | None, float | None] = (None, None, None)
    in_pit: bool = False
    total_s: float | None = None
    """Race time of the last crossing, where the service prints it."""
    energy: float | None = None


@dataclass
class _Seen:
    """What is remembered of a car."""

    row: BoardRow
    pending_s: float | None = None
    """A crossing seen then waits for its lap time."""
    crossed: dict[int, tuple[float, bool]] = field(default_factory=dict)
    """When laps ended, and whether that is the clock's word."""
    fewer: int | None = None
    """A lap count lower than the one before, seen once."""
    pit_in_s: float | None = None
    stopped: bool = False
    """Came into the lane during this lap."""
    stop_s: float | None = None
    """Time in the lane, to be told with the lap after."""


class Board:
    """Looks at a service's table. `slack_s` is how late a look may be, delays of the service included."""

    def __init__(self, ledger: Ledger, *, slack_s: float, whole: bool = True) -> None:
        """`whole`: every look holds every car, so a car that is gone may have come back under another number."""
        self.ledger = ledger
        self.slack_s = slack_s
        self._whole = whole
        self._numbers = CarNumbers()
        self._cars: dict[str, _Seen] = {}
        self.clock_ends_s: float | None = None
        """Where the clock counts down to the end of the race and stands then: sums beyond it fit."""
        self.order: tuple[str, ...] = ()
        """The cars of the newest look as the service has them in order."""

    def look(self, clock_s: float, rows: Iterable[BoardRow], flag: str | None = None) -> None:
        """One look. Rows without a car number are left aside; of two rows of a car that with more laps counts."""
        shown = list(rows)
        numbers = self._numbers.read([(row.car, row.team or "") for row in shown], whole=self._whole)
        best: dict[str, BoardRow] = {}
        for row, car in zip(shown, numbers, strict=True):
            if car and (car not in best or best[car].laps < row.laps):
                best[car] = row if row.car == car else replace(row, car=car)
        self.order = tuple(best)
        for row in best.values():
            self._car(max(clock_s, 0.0), row, flag)

    def _car(self, clock_s: float, row: BoardRow, flag: str | None) -> None:
        seen = self._cars.get(row.car)
        if seen is not None and seen.row is row and seen.pending_s is None and seen.fewer is None:
            return
        if seen is None or _who(seen.row) != _who(row):
            drivers = (row.driver,) if row.driver else ()
            self.ledger.enter(FeedEntry(car=row.car, car_class=row.car_class, team=row.team or "", drivers=drivers))
        if seen is None:
            seen = self._cars[row.car] = self._first(clock_s, row)
        if row.laps < seen.row.laps and seen.fewer != row.laps:
            seen.fewer = row.laps  # one old page among newer ones, or the truth: the next look tells
            return
        self._lane(seen, clock_s, row)
        if row.laps < seen.row.laps:
            self._take_back(seen, row)
        elif row.laps > seen.row.laps:
            if seen.pending_s is not None:
                self._cross(seen, seen.row, seen.pending_s, flag)
            seen.pending_s = clock_s
            if row.laps > seen.row.laps + 1:
                seen.stopped = False
            if row.total_s is not None or row.last_lap_s != seen.row.last_lap_s or row.laps == 1:
                self._cross(seen, row, clock_s, flag)
        elif seen.pending_s is not None:
            if row.last_lap_s != seen.row.last_lap_s or clock_s - seen.pending_s > HOLD_S:
                self._cross(seen, row, seen.pending_s, flag)
        elif row.last_lap_s != seen.row.last_lap_s or row.total_s != seen.row.total_s:
            self._correct(seen, row)
        seen.row, seen.fewer = row, None

    def _first(self, clock_s: float, row: BoardRow) -> _Seen:
        seen = _Seen(replace(row, in_pit=False))
        seen.crossed.update(self.ledger.crossings(row.car))
        since = self.ledger.in_lane_since(row.car)
        if since is not None:  # told before a restart: the in-lap may be told already
            newest = self.ledger.row(row.car, max(seen.crossed, default=0))
            seen.pit_in_s = since
            seen.stopped = newest is None or not newest["in_pit"] or newest["elapsed_s"] < since
        if row.laps and row.laps not in seen.crossed and row.total_s is not None:
            self._cross(seen, row, row.total_s, None)
        return seen

    def _lane(self, seen: _Seen, clock_s: float, row: BoardRow) -> None:
        if row.in_pit and seen.pit_in_s is None:
            seen.pit_in_s, seen.stopped = clock_s, clock_s > 0.0  # before the start a car in the lane is on no lap
            if clock_s > 0.0:
                self.ledger.pit(clock_s, row.car, entering=True)
        elif not row.in_pit and seen.pit_in_s is not None:
            seen.stop_s, seen.pit_in_s = clock_s - seen.pit_in_s, None
            self.ledger.pit(clock_s, row.car, entering=False)

    def _take_back(self, seen: _Seen, row: BoardRow) -> None:
        for lap in [lap for lap in seen.crossed if lap > row.laps]:
            del seen.crossed[lap]
            self.ledger.withdraw(row.car, lap)
        seen.pending_s = None

    def _cross(self, seen: _Seen, row: BoardRow, clock_s: float, flag: str | None) -> None:
        """The car has ended lap `row.laps`."""
        seen.pending_s = None
        last = row.last_lap_s if row.last_lap_s is not None and row.last_lap_s >= SHORTEST_LAP_S else None
        before = (0.0, False) if row.laps == 1 else seen.crossed.get(row.laps - 1)
        elapsed, estimated = self._when(row, last, before, clock_s)
        if before is not None and elapsed <= before[0]:
            return  # two looks at one crossing: the count ran ahead of the clock
        lap_s = last if last is not None else elapsed - before[0] if before is not None else None
        seen.crossed[row.laps] = (elapsed, estimated)
        if lap_s is None and row.total_s is not None:  # joined in the middle of the race
            lap_s, estimated = elapsed / row.laps, True
        if lap_s is None or lap_s < SHORTEST_LAP_S or elapsed <= 0.0:
            return  # neither a time nor a lap before it, or no time of a lap: it stays a hole
        in_lap = self.ledger.row(row.car, row.laps - 1)
        stop_s = seen.stop_s if in_lap is not None and in_lap["in_pit"] else None
        told = self._row(row, lap_s, elapsed, flag, in_pit=seen.stopped, pit_time_s=stop_s)
        self.ledger.lap(told, estimated=estimated)
        seen.stopped, seen.stop_s = False, None if stop_s is not None else seen.stop_s
        if row.energy is not None:
            self.ledger.energy(elapsed, row.car, row.energy)

    def _row(
        self, row: BoardRow, lap_s: float, elapsed: float, flag: str | None, *, in_pit: bool, pit_time_s: float | None
    ) -> dict[str, object]:
        entry = self.ledger.entry(row.car)
        car_class = row.car_class or (entry.car_class if entry is not None else "")
        return {
            "race_id": f"{self.ledger.race_id}/race", "car": row.car, "car_class": car_class, "lap": row.laps,
            "driver": row.driver, "lap_time_s": round(lap_s, 3), "elapsed_s": round(elapsed, 3),
            "s1_s": row.sectors[0], "s2_s": row.sectors[1], "s3_s": row.sectors[2], "in_pit": in_pit,
            "pit_time_s": round(pit_time_s, 3) if pit_time_s is not None else None, "flag": flag, "team": row.team,
            "manufacturer": row.vehicle,
        }  # fmt: skip

    def _when(
        self, row: BoardRow, last: float | None, before: tuple[float, bool] | None, clock_s: float
    ) -> tuple[float, bool]:
        """Race time of the crossing, and whether it is the clock's word."""
        if row.total_s is not None and row.total_s > 0.0:
            return row.total_s, False
        if last is not None and before is not None:
            summed = before[0] + last
            stands = self.clock_ends_s is not None and clock_s >= self.clock_ends_s - self.slack_s
            if abs(clock_s - summed) <= self.slack_s or (stands and summed > clock_s):
                return summed if stands or not before[1] else min(summed, clock_s), before[1]
        return clock_s, True

    def _correct(self, seen: _Seen, row: BoardRow) -> None:
        """The newest lap shows another time than before."""
        known = self.ledger.row(row.car, row.laps)
        if known is None:
            return
        elapsed, estimated = seen.crossed[row.laps]
        before = seen.crossed.get(row.laps - 1)
        last = row.last_lap_s
        if row.total_s is not None:
            if last is None and before is not None and row.total_s != elapsed:
                last = row.total_s - before[0]
            elapsed = row.total_s
        elif not estimated and last is not None:
            elapsed += last - known["lap_time_s"]
        if last is None or last < SHORTEST_LAP_S or elapsed <= (before[0] if before is not None else 0.0):
            return
        seen.crossed[row.laps] = (elapsed, estimated)
        self.ledger.lap(known | {"lap_time_s": round(last, 3), "elapsed_s": round(elapsed, 3)}, estimated=estimated)


def _who(row: BoardRow) -> tuple[str, str | None, str | None]:
    return row.car_class, row.team, row.driver
