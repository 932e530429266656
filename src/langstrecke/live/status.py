"""Who runs, stands in the pits, is overdue or gone: by the time since the last crossing, and by what is usual now."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass
from statistics import median
from typing import Literal

from langstrecke.live.cars import NEUTRAL_FLAGS, CarFacts
from langstrecke.live.crew import Crew
from langstrecke.live.state import RaceState
from langstrecke.racecard.schema import RaceCard
from langstrecke.racestate.from_laps import LATE, LATE_S, STOP_SPARE_S

Status = Literal["not started", "running", "in the pits", "overdue", "retired?", "finished"]

LAP_RATIO = 1.9
"""A neutralised lap over a green one where there is no card: the card's own default."""
RECENT_S = 300.0
"""The pace of the moment is read off the cars that crossed the line within this time (default) ..."""
RECENT_CARS = 3
"""... if there are this many."""
SLOWEST = 4.0
"""No neutralised lap takes longer than this many green ones (default)."""
STOP_S = 90.0
"""A routine stop where there is no card (default; the stops of the store's races last 60 to 80 s)."""
GONE_S = 1800.0
"""A car this long overdue is probably out for good (default)."""


@dataclass(frozen=True)
class Watch:
    """What all cars share at one moment."""

    now_s: float
    ratio: float
    """Lap at the speed of the moment over a green one."""
    lap_s: dict[str, float]
    """Usual lap by class."""
    still: tuple[tuple[float, float], ...]
    """Stretches in which no car crossed the line."""
    cars: int
    finish_s: float | None
    """When the race ended, for a race that has."""

    def status(self, crew: Crew, fact: CarFacts | None) -> tuple[Status, float]:
        """What a car is doing, and for how long it has been overdue."""
        usual = self.lap_s.get(crew.car_class, 0.0)
        if fact is None:
            since = 1.5 * (crew.grid or self.cars) + crew.start_s
            allowed = LATE * self.ratio * usual + LATE_S
        else:
            since = fact.crossed_s
            allowed = LATE * self.ratio * (usual or fact.best_lap_s) + LATE_S
            if fact.in_pit:
                allowed += (crew.stop_s if crew.stop_s is not None else STOP_S) + STOP_SPARE_S
            if fact.finished:
                return "finished", 0.0
            if self.finish_s is not None and fact.crossed_s >= self.finish_s:
                return "finished", 0.0
        late = self._racing_s(since) - allowed if usual or fact is not None else 0.0
        if late > GONE_S:
            return "retired?", late
        if late > 0.0:
            return "overdue", late
        if fact is None:
            return "not started", 0.0
        return ("in the pits" if fact.in_pit else "running"), 0.0

    def _racing_s(self, since: float) -> float:
        return self.now_s - since - sum(max(0.0, min(b, self.now_s) - max(a, since)) for a, b in self.still)


def watch(
    state: RaceState, card: RaceCard | None, cars: dict[str, tuple[str, CarFacts | None]], now_s: float
) -> Watch:
    """The watch at `now_s` for cars given as (class, facts)."""
    neutral = state.flag_at(now_s) in NEUTRAL_FLAGS
    ratio = (card.neutralisation.lap_ratio if card is not None else LAP_RATIO) if neutral else 1.0
    ratio = max(ratio, _pace(cars, now_s))
    laps: dict[str, list[float]] = {}
    for name, fact in cars.values():
        if fact is not None:
            insort(laps.setdefault(name, []), fact.usual_lap_s)
    usual = {name: median(values) for name, values in laps.items()}
    if card is not None:
        usual = {name: figures.lap_s for name, figures in card.classes.items()} | usual
    return Watch(
        now_s=now_s,
        ratio=ratio,
        lap_s=usual,
        still=state.silences(now_s),
        cars=len(cars),
        finish_s=state.duration_s if state.finished and now_s >= state.race_s else None,
    )


def _pace(cars: dict[str, tuple[str, CarFacts | None]], now_s: float) -> float:
    """Laps of the moment over usual ones, for feeds that do not tell flags; 1 for a field at its usual pace."""
    recent = [
        fact.last_lap_s / fact.usual_lap_s
        for _, fact in cars.values()
        if fact is not None and not fact.in_pit and fact.stint_laps > 1 and fact.crossed_s > now_s - RECENT_S
    ]
    return min(max(median(recent), 1.0), SLOWEST) if len(recent) >= RECENT_CARS else 1.0
