"""The laps of a race, car by car, as they come or all at once: everything that tells of its state reads them here.

    fold = RaceFold(); fold.put(lap); fold.withdraw("01", 17)     # from a feed
    fold = fold_of(laps)                                          # from a lap table

Both give the same state, whatever the order in which the laps came.
"""

from __future__ import annotations

import math

import polars as pl

from langstrecke.racestate.car import CarLaps
from langstrecke.racestate.lap import Lap, laps_in
from langstrecke.racestate.neutral import Spans, neutral_spans
from langstrecke.racestate.standstill import FieldTimes
from langstrecke.timing.schema import LAPS

COMPACT_AFTER = 64
"""Additions to the lap table after which its texts are laid out anew (default)."""
LOOK_S = 60.0
"""Neutralised stretches are read off the laps once in this much of the race; in between flags tell (default)."""
LOOKS = 8
"""Readings that are kept."""


class RaceFold:
    """The laps of one race so far."""

    def __init__(self) -> None:
        self.cars: dict[str, CarLaps] = {}
        self.newest_s = 0.0
        """The latest crossing."""
        self._times = FieldTimes()
        self._frame = pl.DataFrame(schema=LAPS)
        self._added = 0
        self._stale: set[tuple[str, int]] = set()  # rows of the frame that do not hold any more
        self._fresh: dict[tuple[str, int], Lap] = {}
        self._looks: dict[float, Spans] = {}

    def put(self, lap: Lap) -> None:
        """A lap, or another version of one."""
        car = self.cars.get(lap.car)
        if car is None:
            car = self.cars[lap.car] = CarLaps(lap.car)
        self._replaced((lap.car, lap.lap), car.put(lap), lap)

    def withdraw(self, car: str, lap: int) -> None:
        """There was no such lap, and none is missing."""
        laps = self.cars.get(car)
        if laps is None:
            laps = self.cars[car] = CarLaps(car)
        self._replaced((car, lap), laps.withdraw(lap), None)

    def _replaced(self, key: tuple[str, int], old: Lap | None, new: Lap | None) -> None:
        if old is not None:
            self._times.remove(old.elapsed_s)
            if self._fresh.pop(key, None) is None:
                self._stale.add(key)
            self._unlook(old.elapsed_s)
        if new is not None:
            self._times.add(new.elapsed_s)
            self._fresh[key] = new
            self._unlook(new.elapsed_s)
        if old is not None:  # a correction may also bring the newest crossing down
            self.newest_s = max((c.newest_s for c in self.cars.values()), default=0.0)
        elif new is not None:
            self.newest_s = max(self.newest_s, new.elapsed_s)

    def _unlook(self, at_s: float) -> None:
        for look in [look for look in self._looks if look >= at_s]:
            del self._looks[look]

    def silences(self, now_s: float) -> Spans:
        """Stretches in which no car crossed the line for long, as they showed at `now_s`."""
        return self._times.silences(now_s)

    def laps(self) -> pl.DataFrame:
        """The laps as `timing.schema.LAPS`, by (car, lap): kept from call to call and added to."""
        if self._fresh or self._stale:
            if self._stale:
                gone = pl.DataFrame(list(self._stale), schema={"car": pl.String, "lap": pl.Int32}, orient="row")
                self._frame = self._frame.join(gone, on=["car", "lap"], how="anti", maintain_order="left")
            fresh = pl.DataFrame(list(self._fresh.values()), schema=LAPS, orient="row")
            self._frame = pl.concat([self._frame, fresh]).sort("car", "lap")
            self._added += 1
            if self._added >= COMPACT_AFTER:
                self._frame, self._added = _compact(self._frame), 0
            self._fresh.clear()
            self._stale.clear()
        return self._frame

    def laps_until(self, t: float) -> pl.DataFrame:
        """The laps known at race time t."""
        return laps_until(self.laps(), t)

    def spans(self, now_s: float) -> tuple[float, Spans]:
        """(read at, the neutralised stretches by the laps until then), the last full `LOOK_S`: kept, so that a table
        every half second need not read the whole race.
        """
        look = LOOK_S * math.floor(now_s / LOOK_S)
        if look not in self._looks:
            while len(self._looks) >= LOOKS:
                del self._looks[next(iter(self._looks))]
            self._looks[look] = neutral_spans(self.laps_until(look))
        return look, self._looks[look]


def fold_of(laps: pl.DataFrame) -> RaceFold:
    """The fold of a canonical lap table."""
    fold = RaceFold()
    ordered = laps.select(LAPS.names()).cast(LAPS).sort("car", "lap")
    for lap in laps_in(ordered):
        car = fold.cars.get(lap.car)
        if car is None:
            car = fold.cars[lap.car] = CarLaps(lap.car)
        car.put(lap)
    fold._frame = ordered
    fold._times = FieldTimes(ordered["elapsed_s"].to_list())
    fold.newest_s = float(ordered["elapsed_s"].max() or 0.0)  # type: ignore[arg-type]
    return fold


def laps_until(laps: pl.DataFrame, t: float) -> pl.DataFrame:
    """The rows known at race time t, ordered by (car, lap): nothing else may enter a forecast."""
    return laps.filter(pl.col("elapsed_s") <= t).sort("car", "lap")


def _compact(frame: pl.DataFrame) -> pl.DataFrame:
    """The same table with its texts stored once: else it holds on to those of every table it was added up from, and
    grows by a hundred bytes and more a lap.
    """
    return frame.with_columns(pl.col(pl.String).cast(pl.Categorical).cast(pl.String))
