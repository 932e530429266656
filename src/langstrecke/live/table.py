"""The timing table of a pit wall: one row a car, from the state of the race and, where there is one, its card.

    table = timing_table(state, card)
    for row in table.rows: print(row.position, row.car, row.gap_s, row.driver)

The order is that of laps completed and then of the time of crossing, as `timing.derive.classification` has it. Rows
whose figures hang on messages that have not come are marked `uncertain`, with the reason in `why`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langstrecke.live.cars import CarFacts
from langstrecke.live.crew import Crew, crews
from langstrecke.live.doubt import doubts
from langstrecke.live.driver_time import DriverTime
from langstrecke.live.state import RaceState
from langstrecke.live.status import Status, Watch, watch
from langstrecke.racecard.schema import RaceCard


@dataclass(frozen=True)
class TimingRow:
    """One car. Seconds throughout; None is: not known, or does not apply."""

    car: str
    car_class: str
    team: str
    position: int | None
    """Overall; None before the first crossing."""
    position_in_class: int | None
    status: Status
    driver: str | None
    """On board when the car last crossed the line."""
    laps: int
    crossed_s: float
    """Race time of the last crossing; 0 before the first."""
    gap_laps: int
    """Whole laps behind the leader of the class, counted when this car last crossed the line; for one that does not
    run any more, now."""
    gap_s: float | None
    """Behind the leader of the class at the end of this car's last lap, also for cars laps down."""
    overall_gap_laps: int
    overall_gap_s: float | None
    interval_laps: int
    """... and to the car ahead in the class."""
    interval_s: float | None
    last_lap_s: float | None
    best_lap_s: float | None
    stint_laps: int
    stint_s: float
    """Since the car left the pits, up to now."""
    stops: int
    last_stop_s: float | None
    """Time in the pit lane at the last stop that is over."""
    in_pit: bool
    fuel_left_laps: float | None
    """Green laps until the tank is empty: the card's tank, else the longest stint so far, less the laps since the
    last stop (a neutralised lap burns half). None while neither says more than has been driven."""
    fuel_by: str | None
    """Where the tank comes from: "card" or "longest stint"."""
    drivers: tuple[DriverTime, ...]
    """The crew in the card's order, then those the card does not know."""
    overdue_s: float
    """Since the car should have crossed the line at the latest."""
    uncertain: bool
    why: str


@dataclass(frozen=True)
class TimingTable:
    """The table at one moment."""

    race_id: str
    race_s: float
    duration_s: float | None
    left_s: float | None
    flag: str | None
    finished: bool
    lost: int
    """Messages known to be missing: nought means that the table says all the feed has told."""
    rows: tuple[TimingRow, ...]
    """In race order; cars that have not crossed the line yet at the end."""
    seq: int
    """The newest message known of."""

    def row(self, car: str) -> TimingRow:
        """The row of a car. KeyError if it is not in the table."""
        for row in self.rows:
            if row.car == car:
                return row
        raise KeyError(car)

    def of_class(self, car_class: str) -> tuple[TimingRow, ...]:
        """The rows of one class, in order."""
        return tuple(row for row in self.rows if row.car_class == car_class)

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        rows = [{**vars(row), "drivers": [dict(vars(driver)) for driver in row.drivers]} for row in self.rows]
        return {**vars(self), "rows": rows}


def timing_table(state: RaceState, card: RaceCard | None = None, at_s: float | None = None) -> TimingTable:
    """The table now, or as it was at race time `at_s` by what has come since.

    With a card it also holds cars that have not crossed yet, tanks, licences and driver time left; without one, what
    can be known without. Laps are worked out once a car and lap, so a new message costs one car.
    """
    now_s = state.race_s if at_s is None else at_s
    crew = crews(state, card)
    facts = {car: state.cars[car].facts(now_s) if car in state.cars else None for car in crew}
    doubt = doubts(state, facts, now_s)
    ran = [car for car in crew if facts[car] is not None]
    ran.sort(key=lambda car: _order(facts[car], car))
    clock = watch(state, card, {car: (crew[car].car_class, facts[car]) for car in crew}, now_s)
    ahead: dict[str, str] = {}
    leads: dict[str, str] = {}
    places: dict[str, int] = {}
    rows = []
    for position, car in enumerate(ran, start=1):
        name = crew[car].car_class
        leads.setdefault(name, car)
        places[name] = places.get(name, 0) + 1
        fact = facts[car]
        assert fact is not None
        status, late = clock.status(crew[car], fact)
        others = (leads[name], ran[0], ahead.get(name, car))
        gaps = [_gap(state, fact, other, facts[other] if status in STOPPED else None) for other in others]
        ahead[name] = car
        rows.append(_row(crew[car], fact, (status, late), doubt, (position, places[name]), gaps, now_s))
    rows += [_waiting(crew[car], clock, doubt, now_s) for car in crew if facts[car] is None]
    duration = card.race.duration_s if card is not None else state.hello.duration_s if state.hello else None
    return TimingTable(
        race_id=state.hello.race_id if state.hello else card.race.id if card else "",
        race_s=now_s,
        duration_s=duration,
        left_s=max(0.0, duration - now_s) if duration is not None else None,
        flag=state.flag_at(now_s),
        finished=state.finished and now_s >= state.race_s,
        lost=sum(last - first + 1 for first, last in state.gaps),
        rows=tuple(rows),
        seq=state.last_seq,
    )


def _order(fact: CarFacts | None, car: str) -> tuple[int, float, str]:
    assert fact is not None
    return -fact.laps, fact.crossed_s, car


Gap = tuple[int, float | None]
STOPPED = frozenset({"overdue", "retired?", "finished"})
"""A car of this status does not close its lap now: it is behind by all the laps the others have done."""


def _gap(state: RaceState, fact: CarFacts, other: str, now: CarFacts | None) -> Gap:
    """(whole laps, seconds) a car was behind another when it last crossed the line; the laps of `now` count where
    the car will not cross again.
    """
    log = state.cars[other]
    then = log.crossing_of(fact.laps)
    done = now.laps if now is not None else log.crossings_until(fact.crossed_s)
    laps = max(0, done - fact.laps)
    return laps, max(0.0, fact.crossed_s - then) if then is not None else None


def _row(
    crew: Crew,
    fact: CarFacts,
    doing: tuple[Status, float],
    doubt: dict[str, str],
    places: tuple[int, int],
    gaps: list[Gap],
    now_s: float,
) -> TimingRow:
    status, overdue_s = doing
    gap, overall, interval = gaps
    tank, by = crew.tank_laps, "card"
    if tank is None:
        tank, by = fact.longest_stint, "longest stint"
    left = tank - fact.fuel_laps
    told = by == "card" or fact.longest_stint > fact.fuel_laps
    on_track = status == "running"
    return TimingRow(
        car=crew.car, car_class=crew.car_class, team=crew.team or fact.team, position=places[0],
        position_in_class=places[1], status=status, driver=crew.name_of(fact.driver), laps=fact.laps,
        crossed_s=fact.crossed_s, gap_laps=gap[0], gap_s=gap[1], overall_gap_laps=overall[0],
        overall_gap_s=overall[1], interval_laps=interval[0], interval_s=interval[1], last_lap_s=fact.last_lap_s,
        best_lap_s=fact.best_lap_s, stint_laps=fact.stint_laps,
        stint_s=(now_s if on_track else fact.crossed_s) - fact.stint_from_s, stops=fact.stops,
        last_stop_s=fact.last_stop_s, in_pit=fact.in_pit, fuel_left_laps=max(0.0, left) if told else None,
        fuel_by=by if told else None, drivers=crew.times(fact, now_s, on_track=on_track), overdue_s=overdue_s,
        uncertain=crew.car in doubt, why=doubt.get(crew.car, ""),
    )  # fmt: skip


def _waiting(crew: Crew, clock: Watch, doubt: dict[str, str], now_s: float) -> TimingRow:
    status, overdue_s = clock.status(crew, None)
    return TimingRow(
        car=crew.car, car_class=crew.car_class, team=crew.team, position=None, position_in_class=None, status=status,
        driver=None, laps=0, crossed_s=0.0, gap_laps=0, gap_s=None, overall_gap_laps=0, overall_gap_s=None,
        interval_laps=0, interval_s=None, last_lap_s=None, best_lap_s=None, stint_laps=0, stint_s=0.0, stops=0,
        last_stop_s=None, in_pit=False, fuel_left_laps=crew.tank_laps, fuel_by="card" if crew.tank_laps else None,
        drivers=crew.times(None, now_s, on_track=False), overdue_s=overdue_s, uncertain=crew.car in doubt,
        why=doubt.get(crew.car, ""),
    )  # fmt: skip
