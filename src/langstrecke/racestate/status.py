"""Who runs, stands in the pits, is overdue or gone: by the time since the last crossing, and by what is usual now."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from langstrecke.racecard.schema import ClassFigures, Entry, RaceCard
from langstrecke.racestate.model import CarState, Status
from langstrecke.racestate.neutral import Spans

LATE = 1.35
"""A car is overdue when it has not crossed for this many laps of its own (at the speed of the moment; default)."""
LATE_S = 25.0
"""... and this many seconds more (default)."""
STOP_SPARE_S = 45.0
"""Seconds a routine stop may take beyond the card's figures before the car counts as overdue (default)."""
GONE_S = 1800.0
"""A car this long overdue is probably out for good (default)."""
STOP_S = 90.0
"""A routine stop where there is no card (default; the stops of the store's races last 60 to 80 s)."""
LAP_RATIO = 1.9
"""A neutralised lap over a green one where there is no card: the card's own default."""
GRID_S = 1.5
"""From row to row as the field crosses the line for the first time: when a car without a lap should have started
(default)."""
FEW_LAPS = 3
"""Below this many laps a car the card's lap is the usual one of a class (default)."""
RECENT_S = 300.0
"""The pace of the moment is read off the cars that crossed the line within this time (default) ..."""
RECENT_CARS = 3
"""... if there are this many."""
SLOW_FIELD = 1.15
"""From this pace over its usual one on the whole field is slow (default; below it are tyres, traffic and night)."""
SLOWEST = 4.0
"""No neutralised lap takes longer than this many green ones (default)."""
UNSEEN = {"overdue": "overdue", "retired?": "probably out of the race"}
"""States of a car that should have come round and has not, in words."""
STOPPED = frozenset({"retired?", "finished"})
"""A car of this status does not close its lap any more: it is behind by all the laps the others have done."""


@dataclass(frozen=True)
class Expected:
    """What is expected of one car: where it started, what a stop takes it."""

    car_class: str
    start_s: float
    """When it set off from the grid at the latest."""
    stop_s: float


def expected(entry: Entry, card: RaceCard) -> Expected:
    """By the card."""
    stop = routine_stop_s(card.classes[entry.car_class], entry)
    return Expected(entry.car_class, GRID_S * (entry.grid or len(card.entries)) + entry.start_s, stop)


def routine_stop_s(figures: ClassFigures, entry: Entry) -> float:
    """What a routine stop costs, pit lane and standing."""
    return figures.lane_s + max(figures.refuel_s, figures.driver_change_s, figures.tyres_s) + entry.stop_s


@dataclass(frozen=True)
class Watch:
    """What all cars share at one moment."""

    now_s: float
    ratio: float
    """Lap at the speed of the moment over a green one."""
    lap_s: Mapping[str, float]
    """Usual lap by class."""
    still: Spans
    """Stretches in which no car crossed the line."""
    finish_s: float | None = None
    """When the race ended, for a race that has."""

    def status(self, own: Expected, car: CarState | None) -> tuple[Status, float]:
        """What a car is doing, and for how many seconds it has been overdue."""
        usual = self.lap_s.get(own.car_class, 0.0)
        if car is None:
            late = self.racing_s(own.start_s) - LATE * self.ratio * usual - LATE_S if usual else 0.0
        else:
            if car.finished or (self.finish_s is not None and car.crossed_s >= self.finish_s):
                return "finished", 0.0
            allowed = LATE * self.ratio * (usual or car.best_lap_s) + LATE_S
            if car.in_pit:
                allowed += own.stop_s + STOP_SPARE_S
            if self.still_since_s is not None:  # the field came to a stand somewhere on its lap
                allowed += self.ratio * usual
            late = self.racing_s(car.crossed_s) - allowed
        if late > 0.0:
            return ("retired?" if late > GONE_S else "overdue"), late
        if car is None:
            return "not started", 0.0
        return ("in the pits" if car.in_pit else "running"), 0.0

    @property
    def still_since_s(self) -> float | None:
        """Since when the race has stood still; None where it runs. A queue behind a safety car on a long circuit is
        silent too, for a lap.
        """
        lap_s = min(self.lap_s.values(), default=0.0)
        if not self.still or self.still[-1][1] < self.now_s:
            return None
        since = self.still[-1][0]
        return since if self.now_s - since > LATE * self.ratio * lap_s + LATE_S else None

    def racing_s(self, since: float) -> float:
        """Seconds from `since` until now in which the race did not stand still."""
        return self.now_s - since - sum(max(0.0, min(b, self.now_s) - max(a, since)) for a, b in self.still)


def usual_laps(cars: Iterable[CarState], card: RaceCard | None) -> dict[str, float]:
    """Lap of each class by its laps so far (the middle of its cars' medians); the card's while there are few."""
    laps: dict[str, list[float]] = {}
    rows: dict[str, int] = {}
    for car in cars:
        insort(laps.setdefault(car.car_class, []), car.usual_lap_s)
        rows[car.car_class] = rows.get(car.car_class, 0) + car.rows
    usual = {name: median(values) for name, values in laps.items()}
    for name, figures in card.classes.items() if card is not None else ():
        if rows.get(name, 0) < FEW_LAPS * max(len(laps.get(name, ())), 1):
            usual[name] = figures.lap_s
    return usual


def lap_ratio(cars: Iterable[CarState], card: RaceCard | None, now_s: float, *, neutral: bool, flags: bool) -> float:
    """Lap at the speed of the moment over a green one: the card's under a neutralisation. Where the timing tells no
    `flags`, a field that is slow tells of itself what the laps have not told yet.
    """
    told = (card.neutralisation.lap_ratio if card is not None else LAP_RATIO) if neutral else 1.0
    if flags:
        return told
    recent = [
        car.last_lap_s / car.usual_lap_s
        for car in cars
        if not car.in_pit and car.stint_laps > 1 and car.crossed_s > now_s - RECENT_S
    ]
    pace = min(median(recent), SLOWEST) if len(recent) >= RECENT_CARS else 1.0
    return max(told, pace) if pace >= SLOW_FIELD else told
